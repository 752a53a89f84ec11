/**
 * One unary call of a Go etcd client, simplified: endpoints in order, fail over on a refused connection, retry what may be retried,
 * give up when the command's timeout passes. Plain data and pure functions; the runner carries out the actions.
 *
 * Which calls retry is the client's rule: those that change nothing are repeated on any Unavailable error, those that change something
 * never, since their effect is unknown.
 */

import { Code, errorFromStatus, ERRORS, type ApiError } from '#api/errors.ts';
import { AuthService, ClusterService, KVService, LeaseService, MaintenanceService } from '#api/rpc.ts';
import { EMPTY_BYTES, type Bytes } from '#kernel/bytes.ts';
import type { CallEvent } from '#ctl/program.ts';

/** A call in progress. */
export interface UnaryCall {
  /** Names the call among those in progress; its timers are derived from it. */
  readonly id: number;
  readonly method: string;
  readonly body: Bytes;
  readonly endpoints: readonly string[];
  /** Which endpoint is tried now. */
  readonly index: number;
  /** Endpoints that refused since the last pause. */
  readonly refused: number;
  /** 0: a command waits for just this call; otherwise its end comes through `next`, by this number. */
  readonly lane: number;
  /** Number of the open attempt; 0 while it waits to retry. */
  readonly attempt: number;
  readonly response: Bytes;
  readonly startedMicros: number;
}

/** What to do next with a call. */
export type CallStep =
  | { readonly type: 'wait'; readonly call: UnaryCall }
  | { readonly type: 'attempt'; readonly call: UnaryCall }
  | { readonly type: 'pause'; readonly call: UnaryCall; readonly afterMicros: number }
  | { readonly type: 'done'; readonly call: UnaryCall; readonly body: Bytes; readonly error: ApiError | undefined };

/** gRPC's first pause before it dials again, µs. */
export const REDIAL_MICROS = 1_000_000;
/** The client's pause before a repeated call, µs. */
const RETRY_MICROS = 25_000;

const REPEATABLE: ReadonlySet<string> = new Set([
  KVService.Range.path,
  LeaseService.LeaseTimeToLive.path,
  LeaseService.LeaseLeases.path,
  ClusterService.MemberList.path,
  MaintenanceService.Alarm.path,
  MaintenanceService.Status.path,
  MaintenanceService.Hash.path,
  MaintenanceService.HashKV.path,
  AuthService.AuthStatus.path,
  AuthService.UserGet.path,
  AuthService.UserList.path,
  AuthService.RoleGet.path,
  AuthService.RoleList.path,
]);

/** A connection that broke under a call. */
export const TRANSPORT_CLOSING: ApiError = { code: Code.Unavailable, message: 'transport is closing', effect: 'unknown' };

const next = (call: UnaryCall): UnaryCall => ({
  ...call,
  index: (call.index + 1) % call.endpoints.length,
  attempt: 0,
  response: EMPTY_BYTES,
});

function failed(call: UnaryCall, error: ApiError): CallStep {
  if (error.code === Code.Unavailable && REPEATABLE.has(call.method)) return { type: 'pause', call: next(call), afterMicros: RETRY_MICROS };
  return { type: 'done', call, body: EMPTY_BYTES, error };
}

/** What an event on the open attempt leads to. */
export function onCallEvent(call: UnaryCall, event: CallEvent): CallStep {
  switch (event.type) {
    case 'message':
      return { type: 'wait', call: { ...call, response: event.body } };
    case 'end': {
      const error = errorFromStatus(event.code, event.message);
      return error === undefined ? { type: 'done', call, body: call.response, error: undefined } : failed(call, error);
    }
    case 'refused': {
      const refused = call.refused + 1;
      if (refused < call.endpoints.length) return { type: 'attempt', call: { ...next(call), refused } };
      return { type: 'pause', call: { ...next(call), refused: 0 }, afterMicros: REDIAL_MICROS };
    }
    case 'broken':
      return failed(call, TRANSPORT_CLOSING);
    case 'http-head':
    case 'http-body':
      return { type: 'wait', call };
  }
}

/** The command's timeout passed. */
export const onDeadline = (call: UnaryCall): CallStep => ({ type: 'done', call, body: EMPTY_BYTES, error: ERRORS.DeadlineExceeded });

/** `http://host:port/` and `host:port` are the same endpoint. */
export const endpointAddress = (endpoint: string): string => endpoint.replace(/^[a-z]+:\/\//, '').replace(/\/+$/, '');
