/** Requests into the log: registered, proposed when there is a leader, given up after the request timeout. */

import { InternalRaftRequest, RequestHeader } from '#api/gen/raft-internal.ts';
import { ERRORS } from '#api/errors.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { BinaryWriter } from '#api/wire.ts';
import { NO_NODE, simTime, type EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { NOBODY, ROOT, type AuthInfo } from '#auth/auth-store.ts';
import { fail } from '#etcd/answer.ts';
import { bareAuthError, whoAsks } from '#etcd/auth-checks.ts';
import type { CallId } from '#etcd/contract.ts';
import { coreOf, requestTimeoutMicros, type Parts } from '#etcd/parts.ts';
import type { Proposal, Waiter } from '#etcd/proposals.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** Committed entries that may wait to be applied before writes are refused (etcd's maxGapBetweenApplyAndCommitIndex). */
export const APPLY_GAP_MAX = 5000;

interface NewProposal {
  readonly id: bigint;
  readonly waiter: Waiter;
  readonly data: Bytes;
  readonly entry?: Proposal['entry'];
}

/** Registers a proposal; {@link proposeQueued} hands it to the core. */
export function register(m: Parts, { id, waiter, data, entry = 'EntryNormal' }: NewProposal, cause: EventId): void {
  const { now } = m.out;
  m.proposals.add({ id, waiter, data, entry, startedAt: now, deadline: simTime(now + requestTimeoutMicros(m)), event: cause });
}

/** The request of a call on its way to the log, without its header. */
export type RequestBody = Partial<Omit<InternalRaftRequest, 'ID' | 'header'>>;

/** Proposes what a call asks for, or refuses it as etcd does (processInternalRaftRequestOnce). */
export function proposeCall(m: Parts, call: CallId, body: RequestBody, cause: EventId): void {
  proposeEncoded(m, call, (id, who) => encodeRequest(id, body, who), cause);
}

/** Tags of the requests in InternalRaftRequest whose bodies go into the log as the client sent them: field number times 8, plus 2. */
const BODY_TAGS = { put: 34, deleteRange: 42, txn: 50 } as const;
const HEADER_TAG = 802;

/** The same for the frequent requests, without encoding again what was checked: it is half of a leader's work for a put. */
export function proposeBody(m: Parts, call: CallId, type: keyof typeof BODY_TAGS, body: Bytes, cause: EventId): void {
  const encode = (id: bigint, who: AuthInfo): Bytes => {
    const w = new BinaryWriter().uint32(BODY_TAGS[type]).bytes(body).uint32(HEADER_TAG).fork();
    return RequestHeader.encode({ ID: id, username: who.username, authRevision: BigInt(who.revision) }, w)
      .join()
      .finish();
  };
  proposeEncoded(m, call, encode, cause);
}

function proposeEncoded(m: Parts, call: CallId, encode: (id: bigint, who: AuthInfo) => Bytes, cause: EventId): void {
  if (m.loop.knownCommit > m.machine.appliedIndex + APPLY_GAP_MAX) {
    fail(m, call, ERRORS.TooManyRequests, cause);
    return;
  }
  const open = m.calls.get(call);
  const who = open === undefined ? ({ ok: true, info: NOBODY } as const) : whoAsks(m, open);
  if (!who.ok) {
    // 3.4's alarm handler gives its errors as they are.
    const isBare = open?.method === MaintenanceService.Alarm.path && !versionRules(m.config).alarmErrorsHaveCodes;
    fail(m, call, isBare ? bareAuthError(who.error) : who.error, cause);
    return;
  }
  const id = m.ids.next();
  const data = encode(id, who.info);
  if (data.length > m.config.maxRequestBytes) {
    fail(m, call, ERRORS.RequestTooLarge, cause);
    return;
  }
  register(m, { id, waiter: { type: 'call', call }, data }, cause);
}

/** Proposes something of the member's own. @param waiter who is to hear of its end */
export function proposeOwn(m: Parts, body: RequestBody, cause: EventId, waiter: Waiter = { type: 'nobody' }): void {
  const id = m.ids.next();
  const who = { username: ROOT, revision: m.machine.auth.isEnabled ? m.machine.auth.revision : 0 };
  register(m, { id, waiter, data: encodeRequest(id, body, who.revision === 0 ? NOBODY : who) }, cause);
}

const encodeRequest = (id: bigint, body: RequestBody, { username, revision }: AuthInfo): Bytes =>
  InternalRaftRequest.encode(
    InternalRaftRequest.create({ ...body, header: { ID: id, username, authRevision: BigInt(revision) } }),
  ).finish();

/**
 * Hands what waits to the core, all together: one entry each, one message to each peer. Without a leader they go on waiting, as etcd's node
 * takes no proposal then.
 */
export function proposeQueued(m: Parts): void {
  if (!m.proposals.hasQueued) return;
  const { lead } = coreOf(m);
  if (lead === NO_NODE) return;
  const queued = m.proposals.takeQueued();
  if (queued.length === 0) return;
  const { cause } = m.out;
  m.out.cause = queued[0]?.event ?? cause; // what the core says of it comes from the request
  const error = m.raft.proposeBatch(queued.map(({ entry, data }) => ({ type: entry, data })));
  m.out.cause = cause;
  if (error !== undefined) {
    m.proposals.requeue(queued);
    return;
  }
  for (const proposal of queued) {
    const { waiter, id } = proposal;
    if (waiter.type !== 'call') continue;
    const { client, call } = waiter.call;
    const fields = { client, call, request: id, forwarded: lead !== m.self, to: lead };
    const event = m.out.emit('request-proposed', fields, proposal.event);
    m.proposals.retrace(id, event);
    // The core says nothing of what it hands on: the message that carries it comes from here.
    if (lead !== m.self) m.out.lastRaft = event;
  }
}
