/**
 * A client of the load generator (`play traffic start`): sends requests at its share of the rate whether or not the earlier ones are answered, as real
 * load does, and measures in virtual time. Its measurements are its state, so they are part of a checkpoint. A signal makes it stop sending; it stays, with
 * what it measured, until the next load takes its place.
 */

import {
  Compare_CompareResult,
  Compare_CompareTarget,
  DeleteRangeRequest,
  LeaseGrantRequest,
  PutRequest,
  RangeRequest,
  TxnRequest,
  WatchCreateRequest,
  WatchRequest,
} from '#api/gen/rpc.ts';
import { KVService, LeaseService, WatchService } from '#api/rpc.ts';
import { argvFlag, LOAD_DEFAULTS, parseMix, type LoadKind, type LoadMix } from '#ctl/load-settings.ts';
import type { CallEvent, Program, ProgramEffect, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { createPrng, restorePrng, type Prng } from '#kernel/prng.ts';
import { ended, freshStats, rolled, underWay, type LoadStats, type Outcome } from '#sim/load-stats.ts';

interface Settings {
  readonly endpoints: readonly string[];
  readonly client: number;
  /** µs between two requests of this client, on average. */
  readonly intervalMicros: number;
  readonly mix: LoadMix;
  readonly keys: number;
  readonly size: number;
  readonly prefix: string;
  readonly line: string;
}

interface UnderWay {
  readonly call: number;
  readonly kind: LoadKind;
  readonly since: number;
}

/** Plain data. */
export interface LoadState {
  readonly settings: Settings;
  readonly random: readonly [number, number, number, number];
  readonly next: number;
  readonly endpoint: number;
  readonly sending: boolean;
  readonly underWay: readonly UnderWay[];
  readonly stats: LoadStats;
}

/** Requests of one client that may be under way; what is due beyond is skipped, and counted. */
const UNDER_WAY_MAX = 128;
/** etcdctl's --command-timeout. */
const TIMEOUT_MICROS = 5_000_000;
const LIST_MAX = 20n;
const LEASE_TTL = 60n;
const SEND_TIMER = 1;
/** Timers of calls are numbered from here. */
const TIMEOUTS_FROM = 10;
const WRITES: ReadonlySet<LoadKind> = new Set(['put', 'del', 'txn', 'lease']);

const asPlain = (state: LoadState): Plain => state as unknown as Plain; // made of plain values only

function begin({ argv, now }: ProgramStart): LoadState {
  const number = (name: string, fallback: number): number => Number(argvFlag(argv, name) ?? fallback);
  const client = number('client', 1);
  return {
    settings: {
      endpoints: (argvFlag(argv, 'endpoints') ?? '127.0.0.1:2379').split(','),
      client,
      intervalMicros: Math.max(1, Math.round((1_000_000 * number('clients', 1)) / number('rate', LOAD_DEFAULTS.rate))),
      mix: parseMix(argvFlag(argv, 'mix') ?? '') ?? LOAD_DEFAULTS.mix,
      keys: number('keys', LOAD_DEFAULTS.keys),
      size: number('size', LOAD_DEFAULTS.size),
      prefix: argvFlag(argv, 'prefix') ?? LOAD_DEFAULTS.prefix,
      line: argvFlag(argv, 'line') ?? '',
    },
    random: createPrng(number('seed', 1), `load/${client}`).save(),
    next: 1,
    endpoint: 0,
    sending: true,
    underWay: [],
    stats: freshStats(now),
  };
}

function pick(mix: LoadMix, random: Prng): LoadKind {
  let left = random.nextBelow(mix.reduce((sum, [, weight]) => sum + weight, 0));
  for (const [kind, weight] of mix) {
    left -= weight;
    if (left < 0) return kind;
  }
  return 'get';
}

function request(kind: LoadKind, state: LoadState, random: Prng): { readonly method: string; readonly body: Bytes } {
  const { prefix, keys, size, client } = state.settings;
  const key = utf8(`${prefix}${String(random.nextBelow(keys)).padStart(String(keys - 1).length, '0')}`);
  const value = utf8(`${client}.${state.next}`.padEnd(size, ' .').slice(0, size));
  const put = { type: 'requestPut' as const, value: PutRequest.create({ key, value }) };
  switch (kind) {
    case 'put':
      return { method: KVService.Put.path, body: PutRequest.encode(put.value).finish() };
    case 'get':
      return { method: KVService.Range.path, body: RangeRequest.encode(RangeRequest.create({ key })).finish() };
    case 'list': {
      const rangeEnd = utf8(`${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`);
      const range = RangeRequest.create({ key: utf8(prefix), rangeEnd, limit: LIST_MAX });
      return { method: KVService.Range.path, body: RangeRequest.encode(range).finish() };
    }
    case 'del':
      return { method: KVService.DeleteRange.path, body: DeleteRangeRequest.encode(DeleteRangeRequest.create({ key })).finish() };
    case 'txn': {
      const there = {
        key,
        rangeEnd: EMPTY_BYTES,
        target: Compare_CompareTarget.VERSION,
        result: Compare_CompareResult.GREATER,
        targetUnion: { type: 'version' as const, value: 0n },
      };
      const get = { type: 'requestRange' as const, value: RangeRequest.create({ key }) };
      const txn = TxnRequest.create({ compare: [there], success: [{ request: put }, { request: get }], failure: [{ request: put }] });
      return { method: KVService.Txn.path, body: TxnRequest.encode(txn).finish() };
    }
    case 'watch': {
      const create = { type: 'createRequest' as const, value: WatchCreateRequest.create({ key }) };
      return { method: WatchService.Watch.path, body: WatchRequest.encode(WatchRequest.create({ requestUnion: create })).finish() };
    }
    case 'lease':
      return {
        method: LeaseService.LeaseGrant.path,
        body: LeaseGrantRequest.encode(LeaseGrantRequest.create({ TTL: LEASE_TTL })).finish(),
      };
  }
}

/** The next request, and when the one after it is due: early or late by up to half of the time between, so that clients do not march in step. */
function send(state: LoadState, now: number): ProgramStep {
  const random = restorePrng(state.random);
  const { settings } = state;
  const due: ProgramEffect = {
    type: 'timer',
    timer: SEND_TIMER,
    afterMicros: Math.max(1, Math.floor(settings.intervalMicros / 2) + random.nextBelow(settings.intervalMicros)),
  };
  if (state.underWay.length >= UNDER_WAY_MAX) {
    const stats = rolled(state.stats, now);
    return { state: asPlain({ ...state, random: random.save(), stats: { ...stats, skipped: stats.skipped + 1 } }), effects: [due] };
  }
  const kind = pick(settings.mix, random);
  const { method, body } = request(kind, state, random);
  const call = state.next;
  const endpoint = settings.endpoints[state.endpoint % settings.endpoints.length] ?? '';
  const calls = [...state.underWay, { call, kind, since: now }];
  return {
    state: asPlain({
      ...state,
      random: random.save(),
      next: call + 1,
      underWay: calls,
      stats: underWay(state.stats, calls.length, now),
    }),
    effects: [
      { type: 'open', call, endpoint, method, body, token: '' },
      { type: 'timer', timer: TIMEOUTS_FROM + call, afterMicros: TIMEOUT_MICROS },
      due,
    ],
  };
}

/** A request is over. @param isMoving the next one goes to the next endpoint */
function finish(state: LoadState, call: UnderWay, outcome: Outcome, now: number, isMoving: boolean): ProgramStep {
  const effects: ProgramEffect[] = [{ type: 'cancel-timer', timer: TIMEOUTS_FROM + call.call }];
  if (call.kind === 'watch' && outcome === 'ok') effects.push({ type: 'cancel', call: call.call });
  return {
    state: asPlain({
      ...state,
      endpoint: state.endpoint + (isMoving ? 1 : 0),
      underWay: state.underWay.filter((one) => one !== call),
      stats: ended(state.stats, call.kind, outcome, now - call.since, now),
    }),
    effects,
  };
}

/** Whether a failed request may have taken effect all the same: a write that was sent and whose answer is lost. */
const doubted = (kind: LoadKind): Outcome => (WRITES.has(kind) ? 'unknown' : 'failed');
const UNAVAILABLE = 14;

function onCall(state: LoadState, call: UnderWay, event: CallEvent, now: number): ProgramStep {
  switch (event.type) {
    case 'message':
      return call.kind === 'watch' ? finish(state, call, 'ok', now, false) : { state: asPlain(state), effects: [] };
    case 'end':
      if (event.code === 0) return finish(state, call, 'ok', now, false);
      // Unavailable: a proposal may be in the log for all that.
      return finish(state, call, event.code === UNAVAILABLE ? doubted(call.kind) : 'failed', now, event.code === UNAVAILABLE);
    case 'refused':
      return finish(state, call, 'failed', now, true);
    case 'broken':
      return finish(state, call, doubted(call.kind), now, true);
    case 'http-head':
    case 'http-body':
      return { state: asPlain(state), effects: [] };
  }
}

export const loadProgram: Program = {
  start(start) {
    return send(begin(start), start.now);
  },

  step(plain, event, now) {
    const state = plain as unknown as LoadState; // what start and this function returned before
    switch (event.type) {
      case 'call': {
        const call = state.underWay.find((one) => one.call === event.call);
        return call === undefined ? { state: plain, effects: [] } : onCall(state, call, event.event, now);
      }
      case 'timer': {
        if (event.timer === SEND_TIMER) return state.sending ? send(state, now) : { state: plain, effects: [] };
        const call = state.underWay.find((one) => one.call === event.timer - TIMEOUTS_FROM);
        if (call === undefined) return { state: plain, effects: [] };
        const { state: after, effects } = finish(state, call, doubted(call.kind), now, true);
        return { state: after, effects: [...effects, { type: 'cancel', call: call.call }] };
      }
      case 'signal':
        return { state: asPlain({ ...state, sending: false }), effects: [{ type: 'cancel-timer', timer: SEND_TIMER }] };
      default:
        return { state: plain, effects: [] };
    }
  },
};
