/** Users and roles of the v2 API (etcdserver/api/v2auth): their JSON forms, permissions, and what grants and revocations make of them. */

import { goTextJson } from '#v2/go-text.ts';
import { scanJson, type JsonNode } from '#api/json/scan.ts';

/** What a role may do with keys: patterns, of which one that ends with `*` means all that begins so. */
export interface KeyPatterns {
  readonly read: readonly string[] | undefined;
  readonly write: readonly string[] | undefined;
}

export interface V2Role {
  readonly role: string;
  readonly permissions: KeyPatterns;
  readonly grant: KeyPatterns | undefined;
  readonly revoke: KeyPatterns | undefined;
}

export interface V2User {
  readonly user: string;
  /** A password in a request, its hash in the store; '' for none. */
  readonly password: string;
  readonly roles: readonly string[] | undefined;
  readonly grant: readonly string[];
  readonly revoke: readonly string[];
}

export const ROOT_NAME = 'root';
export const GUEST_NAME = 'guest';
const ALL: KeyPatterns = { read: ['/*'], write: ['/*'] };
/** Roles that nobody made: root, always; guest, when auth is enabled without one. */
export const roleOfAll = (role: string): V2Role => ({ role, permissions: ALL, grant: undefined, revoke: undefined });

const listJson = (list: readonly string[] | undefined): string => (list === undefined ? 'null' : `[${list.map(goTextJson).join(',')}]`);

export const roleJson = ({ role, permissions: { read, write } }: V2Role): string =>
  `{"role":${goTextJson(role)},"permissions":{"kv":{"read":${listJson(read)},"write":${listJson(write)}}}}`;

export const userJson = ({ user, password, roles }: V2User): string =>
  `{"user":${goTextJson(user)}${password === '' ? '' : `,"password":${goTextJson(password)}`},"roles":${listJson(roles)}}`;

/** A JSON value that is not what Go's structure wants. */
class Mismatch extends Error {}

const fieldOf = (node: JsonNode, name: string): JsonNode | undefined => {
  if (node.type === 'null') return undefined;
  if (node.type !== 'object') throw new Mismatch();
  const field = node.entries.findLast(([key]) => key.toLowerCase() === name)?.[1];
  return field?.type === 'null' ? undefined : field;
};

function textAt(node: JsonNode, name: string): string {
  const field = fieldOf(node, name);
  if (field !== undefined && field.type !== 'string') throw new Mismatch();
  return field?.text ?? '';
}

function textsAt(node: JsonNode, name: string): readonly string[] | undefined {
  const field = fieldOf(node, name);
  if (field === undefined) return undefined;
  if (field.type !== 'array') throw new Mismatch();
  return field.items.map((item) => {
    if (item.type !== 'string' && item.type !== 'null') throw new Mismatch();
    return item.type === 'string' ? item.text : '';
  });
}

function patternsAt(node: JsonNode, name: string): KeyPatterns | undefined {
  const field = fieldOf(node, name);
  if (field === undefined) return undefined;
  const kv = fieldOf(field, 'kv') ?? { type: 'null' };
  return { read: textsAt(kv, 'read'), write: textsAt(kv, 'write') };
}

/** Reads a text by a reader of its parts; undefined for what Go does not decode. */
function parse<T>(text: string, read: (node: JsonNode) => T): T | undefined {
  const scanned = scanJson(text);
  if (scanned.type === 'error') return undefined;
  try {
    return read(scanned.node);
  } catch (error) {
    if (error instanceof Mismatch) return undefined;
    throw error;
  }
}

export const parseRole = (text: string): V2Role | undefined =>
  parse(text, (node) => ({
    role: textAt(node, 'role'),
    permissions: patternsAt(node, 'permissions') ?? { read: undefined, write: undefined },
    grant: patternsAt(node, 'grant'),
    revoke: patternsAt(node, 'revoke'),
  }));

export const parseUser = (text: string): V2User | undefined =>
  parse(text, (node) => ({
    user: textAt(node, 'user'),
    password: textAt(node, 'password'),
    roles: textsAt(node, 'roles'),
    grant: textsAt(node, 'grant') ?? [],
    revoke: textsAt(node, 'revoke') ?? [],
  }));

export const isEmpty = (patterns: KeyPatterns | undefined): boolean => (patterns?.read ?? []).length + (patterns?.write ?? []).length === 0;

/** Whether a role covers a key, or with `recursive` all keys below it. */
export function covers({ role, permissions }: V2Role, key: string, writes: boolean, recursive: boolean): boolean {
  if (role === ROOT_NAME) return true;
  const patterns = (writes ? permissions.write : permissions.read) ?? [];
  return patterns.some((pattern) => (pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : !recursive && key === pattern));
}

/** A list after a grant and a revocation, or the one that was already granted. */
type Changed = { readonly ok: true; readonly list: readonly string[] } | { readonly ok: false; readonly duplicate: string };

/** What is granted must be new; what is revoked may be missing. */
export function changeList(list: readonly string[], grant: readonly string[], revoke: readonly string[]): Changed {
  const items = new Set(list);
  for (const item of grant) {
    if (items.has(item)) return { ok: false, duplicate: item };
    items.add(item);
  }
  for (const item of revoke) items.delete(item);
  return { ok: true, list: [...items].sort() };
}
