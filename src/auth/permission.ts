/** Whether permissions cover an interval of keys (server/auth/range_perm_cache.go): several may cover it together. */

import { Permission_Type, type Permission } from '#api/gen/auth.ts';
import { compareBytes, type Bytes } from '#kernel/bytes.ts';

/** Keys from `start` up to but not `end`; no end: all from `start` on. */
interface Interval {
  readonly start: Bytes;
  readonly end: Bytes | undefined;
}

const isFromKey = (rangeEnd: Bytes): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

function intervalOf(key: Bytes, rangeEnd: Bytes): Interval {
  if (isFromKey(rangeEnd)) return { start: key, end: undefined };
  if (rangeEnd.length > 0) return { start: key, end: rangeEnd };
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return { start: key, end: next };
}

const allows = (granted: Permission_Type, wanted: 'read' | 'write'): boolean =>
  granted === Permission_Type.READWRITE || granted === (wanted === 'read' ? Permission_Type.READ : Permission_Type.WRITE);

/** @param rangeEnd empty: the key alone; one zero byte: all keys from it on */
export function isCovered(permissions: readonly Permission[], wanted: 'read' | 'write', key: Bytes, rangeEnd: Bytes): boolean {
  const asked = intervalOf(key, rangeEnd);
  const granted = permissions
    .filter((p) => allows(p.permType, wanted))
    .map((p) => intervalOf(p.key, p.rangeEnd))
    .sort((a, b) => compareBytes(a.start, b.start));
  let covered = asked.start;
  for (const { start, end } of granted) {
    if (compareBytes(start, covered) > 0) return false;
    if (end === undefined) return true;
    if (compareBytes(end, covered) > 0) covered = end;
    if (asked.end !== undefined && compareBytes(covered, asked.end) >= 0) return true;
  }
  return false;
}
