/** Requests to the other services: leases, watches, users and roles, members, maintenance, locks and elections. */

import { b64, type Draw, type Fields } from '#cli/differential/draw.ts';
import { deleteRequest, gateway, key, putRequest, rangeRequest, txnRequest } from '#cli/differential/generate-kv.ts';
import { post, type Operation, type RequestOperation } from '#cli/differential/operation.ts';

const LOOK_MILLIS = 400;
const LEASE_ID = String.raw`"ID":"(\d+)"`;

const ownLease = (d: Draw): string => d.of('77', '78', '79', '4000000000000000001');
const anyLease = (d: Draw): unknown =>
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
function watchBody(d: Draw): string {
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

const USERS = ['root', 'alice', 'bob', ''] as const;
const ROLES = ['root', 'reader', 'writer', ''] as const;
const user = (d: Draw): string =>
  d.weighted([
    [4, () => 'root'],
    [6, () => d.of('alice', 'bob')],
    [0.5, () => d.of(...USERS)],
  ]);
const role = (d: Draw): string =>
  d.weighted([
    [3, () => 'root'],
    [6, () => d.of('reader', 'writer')],
    [0.5, () => d.of(...ROLES)],
  ]);
const password = (d: Draw): string => d.of('pw', 'pw', 'pw', 'other', '');

const permission = (d: Draw): Fields => ({
  permType: d.of<unknown>('READ', 'WRITE', 'READWRITE', 2, 7),
  ...d.weighted<Fields>([
    [3, () => ({ key: key(d) })],
    [3, () => ({ key: b64('foo'), range_end: b64('fop') })],
    [1, () => ({ key: key(d), range_end: key(d) })],
    [1, () => ({ key: key(d), range_end: 'AA==' })],
    [0.5, () => ({ key: '', range_end: 'AA==' })],
  ]),
});

/** With the token of somebody, of nobody, or a bad one. */
function withToken(d: Draw, op: RequestOperation): RequestOperation {
  const token = d.weighted<string | undefined>([
    [4, () => '{{root}}'],
    [3, () => '{{alice}}'],
    [2, () => '{{bob}}'],
    [1, () => undefined],
    [0.3, () => 'no-such-token.5'],
  ]);
  return token === undefined ? op : { ...op, headers: [['Authorization', token]] };
}

const authenticate = (name: string, word: string): RequestOperation =>
  post(
    '/v3/auth/authenticate',
    { name, password: word },
    { capture: { name: name === '' ? 'nobody' : name, pattern: '"token":"([^"]+)"' } },
  );

/** What most sequences about users begin with; checking a password costs a real etcd 0.1 s. */
export function authBeginning(d: Draw): readonly Operation[] {
  const all: readonly Operation[] = [
    post('/v3/auth/user/add', { name: 'root', password: 'pw' }),
    post('/v3/auth/role/add', { name: 'root' }),
    post('/v3/auth/user/grant', { user: 'root', role: 'root' }),
    post('/v3/auth/user/add', { name: 'alice', password: 'pw' }),
    post('/v3/auth/user/add', { name: 'bob', options: { no_password: true } }),
    post('/v3/auth/role/add', { name: 'reader' }),
    post('/v3/auth/role/grant', { name: 'reader', perm: permission(d) }),
    post('/v3/auth/user/grant', { user: 'alice', role: 'reader' }),
    post('/v3/lease/grant', { ID: '77', TTL: 100_000 }),
    post('/v3/kv/put', { key: b64('foo/1'), value: b64('1'), lease: '77' }),
    post('/v3/auth/enable', {}),
    authenticate('root', 'pw'),
    authenticate('alice', 'pw'),
  ];
  return all.filter(() => d.chance(0.97));
}

export function authOperation(d: Draw): Operation {
  const plain = d.weighted<RequestOperation>([
    [
      1,
      () =>
        post('/v3/auth/user/add', {
          name: user(d),
          ...d.fields([0.9, 'password', () => password(d)], [0.15, 'options', () => ({ no_password: true })]),
        }),
    ],
    [2, () => post('/v3/auth/user/get', { name: user(d) })],
    [1, () => post('/v3/auth/user/list', {})],
    [0.7, () => post('/v3/auth/user/delete', { name: user(d) })],
    [0.5, () => post('/v3/auth/user/changepw', { name: user(d), password: password(d) })],
    [2, () => post('/v3/auth/user/grant', { user: user(d), role: role(d) })],
    [1, () => post('/v3/auth/user/revoke', { name: user(d), role: role(d) })],
    [1.5, () => post('/v3/auth/role/add', { name: role(d) })],
    [2, () => post('/v3/auth/role/get', { role: role(d) })],
    [1, () => post('/v3/auth/role/list', {})],
    [0.5, () => post('/v3/auth/role/delete', { role: role(d) })],
    [3, () => post('/v3/auth/role/grant', { name: role(d), perm: permission(d) })],
    [
      1,
      () => post('/v3/auth/role/revoke', { role: role(d), ...d.of<Fields>({ key: key(d) }, { key: b64('foo'), range_end: b64('fop') }) }),
    ],
    [0.5, () => post('/v3/auth/enable', {})],
    [0.15, () => post('/v3/auth/disable', {})],
    [0.2, () => post('/v3/auth/status', {})],
    [0.7, () => authenticate(user(d), password(d))],
    [3, () => post('/v3/kv/range', rangeRequest(d))],
    [3, () => post('/v3/kv/put', putRequest(d))],
    [2, () => post('/v3/kv/deleterange', deleteRequest(d))],
    [2, () => post('/v3/kv/txn', txnRequest(d))],
    [0.4, () => post('/v3/kv/compaction', { revision: 1 + d.below(10), physical: true })],
    [0.7, () => post('/v3/lease/grant', { ID: ownLease(d), TTL: 100_000 })],
    [0.7, () => post('/v3/lease/revoke', { ID: anyLease(d) })],
    [0.7, () => post('/v3/lease/timetolive', { ID: anyLease(d), keys: true })],
    [0.4, () => post('/v3/lease/leases', {})],
    [0.4, () => post('/v3/lease/keepalive', { ID: anyLease(d) }, { lookMillis: LOOK_MILLIS })],
    [0.7, () => post('/v3/watch', watchBody(d), { lookMillis: LOOK_MILLIS })],
    [0.5, () => maintenanceOperation(d)],
    [0.3, () => post('/v3/cluster/member/list', {})],
    [0.2, () => post('/v3/cluster/member/remove', { ID: '5' })],
  ]);
  return d.chance(0.9) ? withToken(d, plain) : plain;
}

/** What kills real 3.4.23 is left out: raising an alarm without its kind, an unknown action. */
export function maintenanceOperation(d: Draw): RequestOperation {
  const self = '10276657743932975437';
  return d.weighted<RequestOperation>([
    [3, () => post('/v3/maintenance/status', {})],
    [
      2,
      () =>
        post(
          '/v3/maintenance/alarm',
          d.fields(
            [0.6, 'action', () => d.of<unknown>('GET', 'DEACTIVATE', 2)],
            [0.9, 'alarm', () => d.of<unknown>('NOSPACE', 1)],
            [0.5, 'memberID', () => d.of<unknown>(self, 0, '5')],
          ),
        ),
    ],
    [
      0.3,
      () => post('/v3/maintenance/alarm', { action: d.of('ACTIVATE', 'DEACTIVATE'), alarm: d.of<unknown>('CORRUPT', 9), memberID: self }),
    ],
    [1, () => post('/v3/maintenance/alarm', { action: 'ACTIVATE', alarm: 'NOSPACE', memberID: d.of<unknown>(self, 0, '5') })],
    [1, () => post('/v3/maintenance/alarm', { action: 'DEACTIVATE', alarm: 'NOSPACE', memberID: self })],
    [1, () => post('/v3/maintenance/defragment', {})],
    [0.3, () => post('/v3/maintenance/hashkv', d.fields([0.5, 'revision', () => d.of<unknown>(0, 1, 2, 5, 100, -1)]))],
    [0.5, () => post('/v3/maintenance/snapshot', {}, { headOnly: true })],
    [1, () => post('/v3/maintenance/transfer-leadership', { targetID: d.of<unknown>(self, 5, 0, '{{member}}') })],
    [0.3, () => post('/v3/maintenance/downgrade', { action: 'VALIDATE', version: '3.3.0' })],
  ]);
}

/**
 * Members: learners only, since a second voter that nobody starts would cost the quorum. Updates have good URLs only: others kill real 3.4.23.
 */
export function clusterOperation(d: Draw): Operation {
  const url = (): string =>
    d.weighted([
      [6, () => `http://127.0.0.1:2599${d.below(3)}`],
      [1, () => 'http://localhost:2380'],
      [1, () => d.of('', 'ftp://x:1', 'http://nohost', '127.0.0.1:1', 'http://127.0.0.1:1/path', 'http://a b:1')],
    ]);
  const urls = (): unknown =>
    d.weighted<unknown>([
      [8, () => [url()]],
      [1, () => [url(), url()]],
      [0.5, () => []],
    ]);
  const id = (): unknown =>
    d.weighted<unknown>([
      [5, () => '{{member}}'],
      [1, () => '5'],
      [0.5, () => 0],
    ]);
  return d.weighted<Operation>([
    [
      3,
      () =>
        post(
          '/v3/cluster/member/add',
          { peerURLs: urls(), isLearner: true },
          { capture: { name: 'member', pattern: String.raw`"member":\{"ID":"(\d+)"` } },
        ),
    ],
    [3, () => post(gateway(d, '/cluster/member/list'), d.fields([0.3, 'linearizable', () => true]))],
    [1.5, () => post('/v3/cluster/member/remove', { ID: id() })],
    [1.5, () => post('/v3/cluster/member/update', { ID: id(), peerURLs: [`http://127.0.0.1:2599${d.below(3)}`] })],
    [1.5, () => post('/v3/cluster/member/promote', { ID: id() })],
    [3, () => maintenanceOperation(d)],
    [2, () => post('/v3/kv/put', putRequest(d))],
    [1, () => post('/v3/lease/grant', { ID: ownLease(d), TTL: 100_000 })],
    [0.5, () => ({ type: 'request', method: 'GET', path: '/health', headers: [], body: undefined })],
  ]);
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
