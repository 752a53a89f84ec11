/** Requests about users and roles, and what they may do elsewhere. */

import { b64, type Draw, type Fields } from '#cli/differential/draw.ts';
import { maintenanceOperation } from '#cli/differential/generate-cluster.ts';
import { deleteRequest, key, putRequest, rangeRequest, txnRequest } from '#cli/differential/generate-kv.ts';
import { anyLease, LOOK_MILLIS, ownLease, watchBody } from '#cli/differential/generate-services.ts';
import { post, type Operation, type RequestOperation } from '#cli/differential/operation.ts';

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
