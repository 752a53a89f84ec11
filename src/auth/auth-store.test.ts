import { describe, expect, it } from 'vitest';
import { Permission_Type, type Permission } from '#api/gen/auth.ts';
import { ERRORS } from '#api/errors.ts';
import { AuthStore, NOBODY, passwordHash, ROOT } from '#auth/auth-store.ts';
import { isCovered } from '#auth/permission.ts';
import { Tokens, TOKEN_TTL_MICROS } from '#auth/tokens.ts';
import { simTime } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';

const permission = (key: string, rangeEnd: string, permType: Permission_Type = Permission_Type.READ): Permission => ({
  permType,
  key: utf8(key),
  rangeEnd: utf8(rangeEnd),
});

describe('permissions', () => {
  it.each([
    ['one key', [permission('a', '')], 'a', '', true],
    ['another key', [permission('a', '')], 'b', '', false],
    ['a key in an interval', [permission('a', 'c')], 'b', '', true],
    ['the end is outside', [permission('a', 'c')], 'c', '', false],
    ['two intervals that touch', [permission('a', 'c'), permission('c', 'e')], 'b', 'd', true],
    ['a hole between two intervals', [permission('a', 'c'), permission('d', 'e')], 'b', 'e', false],
    ['everything from a key on', [permission('a', '\0')], 'b', '\0', true],
    ['more than an interval', [permission('a', 'c')], 'a', '\0', false],
    ['only writing', [permission('a', '', Permission_Type.WRITE)], 'a', '', false],
  ])('%s', (_name, granted, key, end, expected) => {
    expect(isCovered(granted, 'read', utf8(key), utf8(end))).toBe(expected);
  });

  it('from the empty key on give nothing: in etcd an empty end lies behind all keys, a beginning too', () => {
    const granted = [permission('', '\0')];
    expect(isCovered(granted, 'read', utf8('ab'), EMPTY_BYTES)).toBe(false);
    expect(isCovered(granted, 'read', utf8('a'), utf8('b'))).toBe(false);
    expect(isCovered([permission('\0', '\0')], 'read', utf8('ab'), EMPTY_BYTES)).toBe(true);
  });

  it.each([
    ['foo3', 'foo1', true],
    ['foo3', 'foo3', true],
    ['foo3', 'a', true],
    ['fop', 'foo', false],
    ['zoo', 'zoo', false],
  ])('reversed or empty, %j to %j, is compared by its ends (as 3.4.23 answers)', (key, end, expected) => {
    expect(isCovered([permission('foo', 'fop')], 'read', utf8(key), utf8(end))).toBe(expected);
  });
});

function enabled(): AuthStore {
  const store = new AuthStore();
  store.addUser(ROOT, passwordHash(ROOT, 'r'), false);
  store.addUser('alice', passwordHash('alice', 'a'), false);
  store.addRole('reader');
  store.grantPermission('reader', permission('foo', ''));
  store.grantRole('alice', 'reader');
  store.grantRole(ROOT, ROOT);
  store.enable();
  return store;
}

describe('the auth store', () => {
  it('is enabled only with a root user that has the root role', () => {
    const store = new AuthStore();
    expect(store.enable()).toBe(ERRORS.RootUserNotExist);
    store.addUser(ROOT, '', false);
    expect(store.enable()).toBe(ERRORS.RootRoleNotExist);
    store.grantRole(ROOT, ROOT);
    expect(store.enable()).toBeUndefined();
    expect(store.deleteUser(ROOT)).toBe(ERRORS.InvalidAuthMgmt);
    expect(store.revokeRole(ROOT, ROOT)).toBe(ERRORS.InvalidAuthMgmt);
  });

  it('lets users do what their roles allow, at the present revision', () => {
    const store = enabled();
    const alice = { username: 'alice', revision: store.revision };
    expect(store.refuse(alice, 'read', utf8('foo'), EMPTY_BYTES)).toBeUndefined();
    expect(store.refuse(alice, 'write', utf8('foo'), EMPTY_BYTES)).toBe(ERRORS.PermissionDenied);
    expect(store.refuse(NOBODY, 'read', utf8('foo'), EMPTY_BYTES)).toBe(ERRORS.UserEmpty);
    expect(store.refuseAdmin(alice)).toBe(ERRORS.PermissionDenied);
    store.addRole('other');
    expect(store.refuse(alice, 'read', utf8('foo'), EMPTY_BYTES)).toBe(ERRORS.AuthOldRevision);
  });

  it('forgets a deleted role everywhere, and refuses wrong passwords', () => {
    const store = enabled();
    store.deleteRole('reader');
    expect(store.rolesOf('alice')).toEqual([]);
    expect(store.checkPassword('alice', 'a')).toBeUndefined();
    expect(store.checkPassword('alice', 'b')).toBe(ERRORS.AuthFailed);
  });

  it('is the same after encoding and decoding', () => {
    const bytes = (store: AuthStore): Uint8Array => {
      const w = new Writer(256);
      store.save(w);
      return w.finish();
    };
    const before = bytes(enabled());
    expect(bytes(AuthStore.restore(new Reader(before)))).toEqual(before);
  });
});

describe('tokens', () => {
  it('live as long as they are used', () => {
    const tokens = new Tokens();
    tokens.issue('t.1', 'alice', simTime(0));
    expect(tokens.use('t.1', simTime(TOKEN_TTL_MICROS - 1))).toBe('alice');
    expect(tokens.use('t.1', simTime(2 * TOKEN_TTL_MICROS - 2))).toBe('alice');
    expect(tokens.use('t.1', simTime(4 * TOKEN_TTL_MICROS))).toBeUndefined();
    expect(tokens.use('x.1', simTime(0))).toBeUndefined();
  });
});

describe('a user without a password', () => {
  it('stays one when a password is given (3.4.23; differential seed 90478)', () => {
    const store = new AuthStore();
    store.addUser('bob', '', true);
    expect(store.changePassword('bob', passwordHash('bob', 'x'))).toBeUndefined();
    store.addUser(ROOT, passwordHash(ROOT, 'r'), false);
    store.addRole(ROOT);
    store.grantRole(ROOT, ROOT);
    expect(store.enable()).toBeUndefined();
    expect(store.checkPassword('bob', 'x')?.message).toContain('password was given for no password user');
  });
});
