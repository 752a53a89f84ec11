/** The pages that tell whether a member is well: /health, and in later 3.5 /livez and /readyz (server/etcdserver/api/etcdhttp/health.go). */

import { RangeRequest } from '#api/gen/rpc.ts';
import { AlarmType } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import { NO_NODE, simTime, type EventId } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { CallId } from '#etcd/contract.ts';
import type { HttpCall } from '#etcd/calls.ts';
import { sendHealth, sendProbe } from '#etcd/http-reply.ts';
import { alarmName } from '#etcd/maintenance.ts';
import { coreOf, type Parts } from '#etcd/parts.ts';
import { requestRead } from '#etcd/reads.ts';
import { proposeV2 } from '#etcd/v2-propose.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** A health probe of 3.4 waits this long for the log, µs. */
const HEALTH_MICROS = 1_000_000;

/** What a probe asks: any key, by a read as clients do. */
const PROBE = RangeRequest.encode(RangeRequest.create({ key: utf8('\0'), rangeEnd: utf8('\0'), keysOnly: true, limit: 1n })).finish();

/** The values of a parameter of a query. @param query with its `?`, or '' */
function valuesOf(query: string, name: string): readonly string[] {
  const values: string[] = [];
  for (const part of query.slice(1).split('&')) {
    const [key = '', ...value] = part.split('=');
    if (key === name) values.push(value.join('='));
  }
  return values;
}

/** Alarms and a missing leader answer at once; else 3.4 asks through the log, 3.5 by a read. */
export function serveHealth(m: Parts, id: CallId, query: string, event: EventId): void {
  const isOlder = !versionRules(m.config).healthIsRead;
  const excluded = new Set(valuesOf(query, 'exclude'));
  const alarm = m.machine.alarms.list().find(({ type }) => !excluded.has(alarmName(type)));
  if (alarm !== undefined) {
    const isKnown = alarm.type === AlarmType.NOSPACE || alarm.type === AlarmType.CORRUPT;
    return sendHealth(m, { id }, isKnown ? `ALARM ${alarmName(alarm.type)}` : 'ALARM UNKNOWN', event);
  }
  const isSerializable = !isOlder && valuesOf(query, 'serializable').at(0) === 'true';
  if (isSerializable) return sendHealth(m, { id }, undefined, event);
  if (coreOf(m).lead === NO_NODE) {
    m.out.log(isOlder ? 'health-no-leader-old' : 'health-no-leader', {}, event);
    return sendHealth(m, { id }, 'RAFT NO LEADER', event);
  }
  open(m, id, { kind: 'health', started: false }, event);
  if (!isOlder) return requestRead(m, id, PROBE, event);
  proposeV2(m, { type: 'call', call: id }, { Method: 'QGET', path: '' }, event);
  // It is given up earlier than other requests; those that wait are kept in the order of their deadlines.
  const deadline = simTime(m.out.now + HEALTH_MICROS);
  const later = m.forwarded.findIndex((waiting) => waiting.deadline > deadline);
  m.forwarded.splice(later < 0 ? m.forwarded.length : later, 0, { call: id, deadline });
}

const open = (m: Parts, id: CallId, http: HttpCall, event: EventId): void =>
  m.calls.open({ id, method: KVService.Range.path, token: '', event, http });

const LIVE = ['serializable_read'] as const;
const READY = ['data_corruption', 'serializable_read', 'linearizable_read'] as const;

/** The checks behind a path; undefined if it is no probe. A path below names one of them. */
export function probeChecks(path: string): readonly string[] | undefined {
  const match = /^\/(livez|readyz)(?:\/([a-z_]+))?$/.exec(path);
  if (match === null) return undefined;
  const checks: readonly string[] = match[1] === 'livez' ? LIVE : READY;
  const [, , one] = match;
  if (one === undefined) return checks;
  return checks.includes(one) ? [one] : undefined;
}

/** /livez and /readyz: a line for each check if asked with `verbose` or if one fails, then `ok`. */
export function serveProbe(m: Parts, id: CallId, checks: readonly string[], query: string, event: EventId): void {
  const excluded = new Set(valuesOf(query, 'exclude'));
  const wanted = checks.filter((check) => !excluded.has(check));
  const isCorrupt = m.machine.alarms.has(AlarmType.CORRUPT);
  const lines = wanted
    .filter((check) => check !== 'linearizable_read')
    .map((check) => (check === 'data_corruption' && isCorrupt ? '[-]data_corruption failed: alarm activated: CORRUPT' : `[+]${check} ok`));
  const http = { kind: 'probe', started: false, verbose: /[?&]verbose(?:[=&]|$)/.test(query), lines } as const;
  if (!wanted.includes('linearizable_read')) return sendProbe(m, { id }, http, event);
  open(m, id, http, event);
  requestRead(m, id, PROBE, event);
}
