/** What a request to /v2/keys asks for (etcdserver/api/v2http/client.go, parseKeyRequest): its form checked in etcd's order. */

import { v2Error, V2Code, type V2Error } from '#v2/error.ts';
import type { Form } from '#v2/form.ts';
import { cleanKey, segmentsOf } from '#v2/key-path.ts';

/** Deeper paths are refused, unlike in etcd: a listing's size grows with the square of the depth. */
const DEPTH_MAX = 1000;

export interface KeyRequest {
  readonly method: string;
  /** Clean, without a store's prefix. */
  readonly key: string;
  readonly value: string;
  readonly dir: boolean;
  readonly prevValue: string;
  readonly prevIndex: bigint;
  readonly prevExist: boolean | undefined;
  /** Seconds; undefined for none. */
  readonly ttl: bigint | undefined;
  readonly wait: boolean;
  readonly waitIndex: bigint;
  readonly recursive: boolean;
  readonly sorted: boolean;
  readonly quorum: boolean;
  readonly stream: boolean;
  readonly refresh: boolean | undefined;
  readonly noValueOnSuccess: boolean;
}

export type KeyRequestResult = { readonly ok: true; readonly request: KeyRequest } | { readonly ok: false; readonly error: V2Error };

const UINT64_MAX = 2n ** 64n - 1n;

/** As strconv.ParseUint of 64 bits; undefined for what it refuses. */
function parseUint(text: string): bigint | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const digits = text.replace(/^0+(?=\d)/, '');
  if (digits.length > 20) return undefined;
  const value = BigInt(digits);
  return value > UINT64_MAX ? undefined : value;
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);
/** As strconv.ParseBool. */
const parseBool = (text: string): boolean | undefined => (TRUE.has(text) ? true : FALSE.has(text) ? false : undefined);

class Fields {
  readonly #form: Form;
  /** The first thing that is wrong. */
  error: V2Error | undefined;

  constructor(form: Form) {
    this.#form = form;
  }

  has(name: string): boolean {
    return this.#form.has(name);
  }

  text(name: string): string {
    return this.#form.get(name)?.[0] ?? '';
  }

  fail(code: V2Code, cause: string): void {
    this.error ??= v2Error(code, cause);
  }

  index(name: string): bigint {
    const value = this.has(name) ? parseUint(this.text(name)) : 0n;
    if (value === undefined) this.fail(V2Code.IndexNotANumber, `invalid value for "${name}"`);
    return value ?? 0n;
  }

  flag(name: string): boolean {
    return this.optionalFlag(name, `"${name}"`) ?? false;
  }

  /** @param shown the name as the error says it */
  optionalFlag(name: string, shown: string): boolean | undefined {
    if (!this.has(name)) return undefined;
    const value = parseBool(this.text(name));
    if (value === undefined) this.fail(V2Code.InvalidField, `invalid value for ${shown}`);
    return value;
  }
}

/** Checks a form. @param path of the request, without escapes, from after `/v2/keys` on */
export function parseKeyRequest(method: string, path: string, form: Form): KeyRequestResult {
  const fields = new Fields(form);
  const key = cleanKey(path);
  if (segmentsOf(key).length > DEPTH_MAX) fields.fail(V2Code.InvalidForm, `the key is deeper than ${DEPTH_MAX} levels`);
  const prevIndex = fields.index('prevIndex');
  const waitIndex = fields.index('waitIndex');
  const recursive = fields.flag('recursive');
  const sorted = fields.flag('sorted');
  const wait = fields.flag('wait');
  const dir = fields.flag('dir');
  const quorum = fields.flag('quorum');
  const stream = fields.flag('stream');
  if (wait && method !== 'GET') fields.fail(V2Code.InvalidField, '"wait" can only be used with GET requests');
  const prevValue = fields.text('prevValue');
  if (fields.has('prevValue') && prevValue === '') fields.fail(V2Code.PrevValueRequired, '"prevValue" cannot be empty');
  const noValueOnSuccess = fields.flag('noValueOnSuccess');
  const ttl = fields.text('ttl') === '' ? undefined : parseUint(fields.text('ttl'));
  if (fields.text('ttl') !== '' && ttl === undefined) fields.fail(V2Code.TtlNotANumber, 'invalid value for "ttl"');
  const prevExist = fields.optionalFlag('prevExist', 'prevExist');
  const refresh = fields.optionalFlag('refresh', 'refresh');
  const value = fields.text('value');
  if (refresh === true && value !== '') fields.fail(V2Code.RefreshValue, 'A value was provided on a refresh');
  if (refresh === true && ttl === undefined) fields.fail(V2Code.RefreshTtlRequired, 'No TTL value set');
  if (fields.error !== undefined) return { ok: false, error: fields.error };
  const switches = { dir, wait, recursive, sorted, quorum, stream, refresh, noValueOnSuccess };
  return { ok: true, request: { method, key, value, prevValue, prevIndex, prevExist, ttl, waitIndex, ...switches } };
}
