/** What `etcdctl get --prefix … -w json` said: keys that a majority confirmed. */

import type { Bytes } from '#kernel/bytes.ts';
import type { StoredKey } from '#view/data.ts';

export interface QuorumRead {
  readonly revision: number;
  readonly keys: readonly StoredKey[];
}

const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? { ...value } : {});
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function fromBase64(value: unknown): Bytes {
  try {
    return Uint8Array.from(atob(text(value)), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

/** JSON's numbers lose the last digits of a lease's id: shown is what they keep, in hex. */
const leaseOf = (value: unknown): string => (typeof value === 'number' && value !== 0 ? BigInt(value).toString(16) : '');

/** Undefined if it is not such an answer. */
export function parseQuorumRead(output: string): QuorumRead | undefined {
  try {
    const answer = record(JSON.parse(output));
    const kvs: readonly unknown[] = Array.isArray(answer['kvs']) ? answer['kvs'] : [];
    return {
      revision: number(record(answer['header'])['revision']),
      keys: kvs.map((each) => {
        const kv = record(each);
        const value = fromBase64(kv['value']);
        return {
          key: fromBase64(kv['key']),
          value,
          size: value.length,
          createRevision: number(kv['create_revision']),
          modRevision: number(kv['mod_revision']),
          version: number(kv['version']),
          lease: leaseOf(kv['lease']),
        };
      }),
    };
  } catch {
    return undefined;
  }
}
