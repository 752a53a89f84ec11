/**
 * Users, roles and permissions as the log says (server/auth/store.go), equal on all members. Every change but enabling adds one to the
 * auth revision; a request that was checked against an older one is refused.
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { Permission, type Permission as PermissionMessage } from '#api/gen/auth.ts';
import { ERRORS, unknownError, type ApiError } from '#api/errors.ts';
import { isCovered } from '#auth/permission.ts';
import { compareBytes, equalBytes, toHex, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';

/** The user and the role that may do everything. */
export const ROOT = 'root';

/** Why a change is refused; undefined if it was made, or changes nothing. */
export type AuthOutcome = ApiError | undefined;

/** Who asks, and what the auth revision was when the member found out; revision 0: nobody said. */
export interface AuthInfo {
  readonly username: string;
  readonly revision: number;
}

export const NOBODY: AuthInfo = { username: '', revision: 0 };

interface User {
  readonly hash: string;
  readonly noPassword: boolean;
  /** Sorted. */
  readonly roles: readonly string[];
}

/** What is stored instead of a password. */
export const passwordHash = (user: string, password: string): string => toHex(sha256(utf8(`${user}\n${password}`)));

const NO_PASSWORD_USER = unknownError('auth: authentication failed, password was given for no password user');

const sorted = (names: Iterable<string>): readonly string[] => [...names].sort();

/** Mutable; owned by the state machine. */
export class AuthStore {
  #isEnabled = false;
  #revision = 1;
  readonly #users = new Map<string, User>();
  /** Permissions by role, sorted by key. */
  readonly #roles = new Map<string, readonly PermissionMessage[]>();

  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  get revision(): number {
    return this.#revision;
  }

  #changed(): undefined {
    this.#revision++;
    return undefined;
  }

  enable(): AuthOutcome {
    if (this.#isEnabled) return undefined;
    const root = this.#users.get(ROOT);
    if (root === undefined) return ERRORS.RootUserNotExist;
    if (!root.roles.includes(ROOT)) return ERRORS.RootRoleNotExist;
    this.#isEnabled = true;
    return undefined;
  }

  disable(): AuthOutcome {
    if (!this.#isEnabled) return undefined;
    this.#isEnabled = false;
    return this.#changed();
  }

  users(): readonly string[] {
    return sorted(this.#users.keys());
  }

  roles(): readonly string[] {
    return sorted(this.#roles.keys());
  }

  hasUser(name: string): boolean {
    return this.#users.has(name);
  }

  rolesOf(name: string): readonly string[] | undefined {
    return this.#users.get(name)?.roles;
  }

  permissionsOf(role: string): readonly PermissionMessage[] | undefined {
    return this.#roles.get(role);
  }

  addUser(name: string, hash: string, noPassword: boolean): AuthOutcome {
    if (name === '') return ERRORS.UserEmpty;
    if (this.#users.has(name)) return ERRORS.UserAlreadyExist;
    this.#users.set(name, { hash: noPassword ? '' : hash, noPassword, roles: [] });
    return this.#changed();
  }

  deleteUser(name: string): AuthOutcome {
    if (this.#isEnabled && name === ROOT) return ERRORS.InvalidAuthMgmt;
    if (!this.#users.delete(name)) return ERRORS.UserNotFound;
    return this.#changed();
  }

  changePassword(name: string, hash: string): AuthOutcome {
    const user = this.#users.get(name);
    if (user === undefined) return ERRORS.UserNotFound;
    // A user without a password stays one, whatever is given (3.4.23, differential seed 90478).
    if (!user.noPassword) this.#users.set(name, { ...user, hash });
    return this.#changed();
  }

  grantRole(name: string, role: string): AuthOutcome {
    const user = this.#users.get(name);
    if (user === undefined) return ERRORS.UserNotFound;
    if (role !== ROOT && !this.#roles.has(role)) return ERRORS.RoleNotFound;
    if (user.roles.includes(role)) return undefined;
    this.#users.set(name, { ...user, roles: sorted([...user.roles, role]) });
    return this.#changed();
  }

  revokeRole(name: string, role: string): AuthOutcome {
    if (this.#isEnabled && name === ROOT && role === ROOT) return ERRORS.InvalidAuthMgmt;
    const user = this.#users.get(name);
    if (user === undefined) return ERRORS.UserNotFound;
    if (!user.roles.includes(role)) return ERRORS.RoleNotGranted;
    this.#users.set(name, { ...user, roles: user.roles.filter((r) => r !== role) });
    return this.#changed();
  }

  addRole(name: string): AuthOutcome {
    if (name === '') return ERRORS.RoleEmpty;
    if (this.#roles.has(name)) return ERRORS.RoleAlreadyExist;
    this.#roles.set(name, []);
    return this.#changed();
  }

  deleteRole(name: string): AuthOutcome {
    if (this.#isEnabled && name === ROOT) return ERRORS.InvalidAuthMgmt;
    if (!this.#roles.delete(name)) return ERRORS.RoleNotFound;
    for (const [user, held] of this.#users) {
      if (held.roles.includes(name)) this.#users.set(user, { ...held, roles: held.roles.filter((r) => r !== name) });
    }
    return this.#changed();
  }

  grantPermission(role: string, permission: PermissionMessage | undefined): AuthOutcome {
    if (permission === undefined) return ERRORS.PermissionNotGiven;
    const permissions = this.#roles.get(role);
    if (permissions === undefined) return ERRORS.RoleNotFound;
    const others = permissions.filter((p) => !isSameRange(p, permission));
    this.#roles.set(
      role,
      [...others, permission].sort((a, b) => compareBytes(a.key, b.key)),
    );
    return this.#changed();
  }

  revokePermission(role: string, range: Pick<PermissionMessage, 'key' | 'rangeEnd'>): AuthOutcome {
    const permissions = this.#roles.get(role);
    if (permissions === undefined) return ERRORS.RoleNotFound;
    const left = permissions.filter((p) => !isSameRange(p, range));
    if (left.length === permissions.length) return ERRORS.PermissionNotGranted;
    this.#roles.set(role, left);
    return this.#changed();
  }

  /** Why a name and a password do not let in. */
  checkPassword(name: string, password: string): AuthOutcome {
    if (!this.#isEnabled) return ERRORS.AuthNotEnabled;
    const user = this.#users.get(name);
    if (user === undefined) return ERRORS.AuthFailed;
    if (user.noPassword) return NO_PASSWORD_USER;
    return user.hash === passwordHash(name, password) ? undefined : ERRORS.AuthFailed;
  }

  /** Why someone may not manage; undefined if they may. */
  refuseAdmin({ username, revision }: AuthInfo): AuthOutcome {
    if (!this.#isEnabled) return undefined;
    if (username === '' && revision === 0) return ERRORS.UserEmpty;
    return this.#isRoot(username) ? undefined : ERRORS.PermissionDenied;
  }

  #isRoot(name: string): boolean {
    return this.#users.get(name)?.roles.includes(ROOT) ?? false;
  }

  /** Why someone may not read or write an interval of keys. @param rangeEnd empty: one key */
  refuse({ username, revision }: AuthInfo, wanted: 'read' | 'write', key: Bytes, rangeEnd: Bytes): AuthOutcome {
    if (!this.#isEnabled) return undefined;
    if (revision === 0) return ERRORS.UserEmpty;
    if (revision < this.#revision) return ERRORS.AuthOldRevision;
    const user = this.#users.get(username);
    if (user === undefined) return ERRORS.PermissionDenied;
    if (user.roles.includes(ROOT)) return undefined;
    const permissions = user.roles.flatMap((role) => this.#roles.get(role) ?? []);
    return isCovered(permissions, wanted, key, rangeEnd) ? undefined : ERRORS.PermissionDenied;
  }

  save(w: Writer): void {
    w.bool(this.#isEnabled).varint(this.#revision).varint(this.#users.size);
    for (const [name, user] of [...this.#users].sort(byName)) {
      w.text(name).text(user.hash).bool(user.noPassword).varint(user.roles.length);
      for (const role of user.roles) w.text(role);
    }
    w.varint(this.#roles.size);
    for (const [name, permissions] of [...this.#roles].sort(byName)) {
      w.text(name).varint(permissions.length);
      for (const permission of permissions) w.bytes(Permission.encode(permission).finish());
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader): AuthStore {
    const store = new AuthStore();
    store.#isEnabled = r.bool();
    store.#revision = r.varint();
    for (let n = r.varint(); n > 0; n--) {
      const name = r.text();
      const hash = r.text();
      const noPassword = r.bool();
      store.#users.set(name, { hash, noPassword, roles: Array.from({ length: r.varint() }, () => r.text()) });
    }
    for (let n = r.varint(); n > 0; n--) {
      const name = r.text();
      store.#roles.set(
        name,
        Array.from({ length: r.varint() }, () => Permission.decode(r.bytes().slice())),
      );
    }
    return store;
  }
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const isSameRange = (a: Pick<PermissionMessage, 'key' | 'rangeEnd'>, b: Pick<PermissionMessage, 'key' | 'rangeEnd'>): boolean =>
  equalBytes(a.key, b.key) && equalBytes(a.rangeEnd, b.rangeEnd);
