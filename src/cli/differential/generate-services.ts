/** Requests to the services for leases, watches, locks and elections. */

import { b64, type Draw, type Fields } from '#cli/differential/draw.ts';
import { deleteRequest, gateway, key, putRequest, rangeRequest, txnRequest } from '#cli/differential/generate-kv.ts';
import { post, type Operation } from '#cli/differential/operation.ts';

export const LOOK_MILLIS = 400;
const LEASE_ID = String.raw`"ID":"(\d+)"`;

export const ownLease = (d: Draw): string => d.of('77', '78', '79', '4000000000000000001');
export const anyLease = (d: Draw): unknown =>
  d.weighted<unknown>([
    [8, () => ownLease(d)],
    [3, () => `{{lease${d.below(2)}}}`],
    [1, () => d.of('0', '5', '-1')],
  ]);

export function leaseOperation(d: Draw): Operation {
  return d.weighted<Operation>([
    [
      5,
      () =>
        post(gateway(d, '/lease/grant'), { ID: ownLease(d), TTL: d.of<unknown>(100_000, '200000', 9_000_000_000, '9000000001', 50_000) }),
    ],
    [0.7, () => post('/v3/lease/grant', { TTL: 100_000 }, { capture: { name: `lease${d.below(2)}`, pattern: LEASE_ID } })],
    [
      0.5,
      () =>
        post(
          '/v3/lease/grant',
          { ID: d.of('-1', '0', '9223372036854775807'), TTL: d.of(60_000, 70_000) },
          { capture: { name: 'lease1', pattern: LEASE_ID } },
        ),
    ],
    [2, () => post(gateway(d, d.of('/lease/revoke', '/kv/lease/revoke')), { ID: anyLease(d) })],
    [
      3,
      () =>
        post(gateway(d, d.of('/lease/timetolive', '/kv/lease/timetolive')), { ID: anyLease(d), ...d.fields([0.7, 'keys', () => true]) }),
    ],
    [2, () => post(gateway(d, d.of('/lease/leases', '/kv/lease/leases')), {})],
    [2, () => post(gateway(d, '/lease/keepalive'), { ID: anyLease(d) }, { lookMillis: LOOK_MILLIS })],
    [4, () => post('/v3/kv/put', { key: key(d), value: b64('l'), lease: anyLease(d) })],
    [1, () => post('/v3/kv/range', rangeRequest(d))],
    [1, () => post('/v3/kv/deleterange', deleteRequest(d))],
    [1, () => post('/v3/kv/txn', txnRequest(d))],
  ]);
}

/** A lease with the least time to live runs out: the sequence waits for it. */
export function expiry(d: Draw): readonly Operation[] {
  return [
    post('/v3/lease/grant', { ID: '4242', TTL: d.of(-1, 0, 1, 2) }),
    ...d.list(1, 3, () => post('/v3/kv/put', { key: key(d), value: b64('short'), lease: '4242' })),
    { type: 'pass', millis: 4500 },
    post('/v3/lease/timetolive', { ID: '4242', keys: true }),
    post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' }),
    post('/v3/lease/leases', {}),
  ];
}

const createRequest = (d: Draw): Fields => ({
  ...d.weighted<Fields>([
    [5, () => ({ key: key(d) })],
    [3, () => ({ key: 'AA==', range_end: 'AA==' })],
    [3, () => ({ key: b64('foo'), range_end: b64('fop') })],
    [1, () => ({ key: key(d), range_end: key(d) })],
    [0.3, () => ({})],
  ]),
  ...d.fields(
    [0.5, 'start_revision', () => d.of<unknown>(1, 2, 3, 5, 8, 13, '20', 0, -1, 500)],
    [0.3, 'prev_kv', () => true],
    [0.2, 'filters', () => d.list(1, 2, () => d.of<unknown>('NOPUT', 'NODELETE', 0, 1))],
    [0.2, 'progress_notify', () => true],
    [0.2, 'watch_id', () => d.of<unknown>(0, 1, 7, '99', -1, -5)],
    [0.2, 'fragment', () => true],
  ),
});

/** What a client says on a watch stream: one request or several after each other. */
export function watchBody(d: Draw): string {
  const one = (): string =>
    JSON.stringify(
      d.weighted<Fields>([
        [8, () => ({ create_request: createRequest(d) })],
        [1, () => ({ cancel_request: { watch_id: d.of<unknown>(0, 1, 7, 5) } })],
        [0.5, () => ({ progress_request: {} })],
        [0.2, () => ({})],
      ]),
    );
  return [JSON.stringify({ create_request: createRequest(d) }), ...(d.chance(0.3) ? d.list(1, 2, one) : [])].join('');
}

/** A look at a watch, or a watch that stays open while other things happen. */
export function watchOperations(d: Draw, serial: number): readonly Operation[] {
  const path = gateway(d, '/watch');
  if (d.chance(0.3)) return [post(path, watchBody(d), { lookMillis: LOOK_MILLIS })];
  const name = `watch${serial}`;
  const during = d.list(1, 5, () =>
    d.weighted<Operation>([
      [6, () => post('/v3/kv/put', putRequest(d))],
      [3, () => post('/v3/kv/deleterange', deleteRequest(d))],
      [3, () => post('/v3/kv/txn', txnRequest(d))],
      [0.5, () => post('/v3/kv/compaction', { revision: 1 + d.below(12), physical: true })],
    ]),
  );
  return [{ type: 'open', name, path, body: watchBody(d) }, ...during, { type: 'close', name }];
}

/** Locks and elections of the server's own services. */
export function lockOperation(d: Draw): Operation {
  const name = (): string => b64(d.of('l', 'm'));
  const lease = (): unknown =>
    d.weighted<unknown>([
      [6, () => d.of('77', '78')],
      [0.5, () => '5'],
    ]);
  const leader = (n: number): Fields => ({
    name: b64(d.of('l', 'm')),
    key: `{{electionkey${n}}}`,
    rev: `{{electionrev${n}}}`,
    lease: d.of('77', '78'),
  });
  const n = d.below(2);
  return d.weighted<Operation>([
    [2, () => post('/v3/lease/grant', { ID: d.of('77', '78'), TTL: 100_000 })],
    [
      3,
      () =>
        post(
          '/v3/lock/lock',
          { name: name(), lease: lease() },
          { lookMillis: 700, capture: { name: 'lockkey', pattern: '"key":"([^"]+)"' } },
        ),
    ],
    [2, () => post('/v3/lock/unlock', { key: d.of('{{lockkey}}', b64('l/4d'), b64('m/4e')) })],
    [
      3,
      () =>
        post(
          '/v3/election/campaign',
          { name: name(), lease: lease(), value: b64('v') },
          { lookMillis: 700, capture: { name: `electionkey${n}`, pattern: '"key":"([^"]+)"' } },
        ),
    ],
    [2, () => post('/v3/election/leader', { name: name() })],
    [1, () => post('/v3/election/proclaim', { leader: leader(n), value: b64('w') })],
    [1, () => post('/v3/election/resign', { leader: leader(n) })],
    [0.7, () => post('/v3/election/observe', { name: name() }, { lookMillis: LOOK_MILLIS })],
    [1, () => post('/v3/lease/revoke', { ID: d.of('77', '78') })],
    [1, () => post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' })],
  ]);
}
