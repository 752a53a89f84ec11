/**
 * Whether permissions cover an interval of keys (server/auth/range_perm_cache.go, over the interval tree of pkg/adt): several may cover it
 * together. Reversed and empty intervals are compared as etcd does, by their ends alone.
 */

import { Permission_Type, type Permission } from '#api/gen/auth.ts';
import { compareBytes, type Bytes } from '#kernel/bytes.ts';

/** Keys from `start` up to but not `end`. An empty end of either kind lies behind all keys: a permission from the empty key on gives nothing. */
interface Interval {
  readonly start: Bytes;
  readonly end: Bytes;
}

const BEHIND_ALL: Bytes = new Uint8Array(0);

const isFromKey = (rangeEnd: Bytes): boolean => rangeEnd.length === 1 && rangeEnd[0] === 0;

function intervalOf(key: Bytes, rangeEnd: Bytes): Interval {
  if (isFromKey(rangeEnd)) return { start: key, end: BEHIND_ALL };
  if (rangeEnd.length > 0) return { start: key, end: rangeEnd };
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return { start: key, end: next };
}

/** Order of two ends of intervals. */
function compareEnds(a: Bytes, b: Bytes): number {
  if (a.length === 0 || b.length === 0) return (a.length === 0 ? 1 : 0) - (b.length === 0 ? 1 : 0);
  return compareBytes(a, b);
}

/** Whether etcd takes two intervals for overlapping: `a` is neither left nor right of `b`. */
function isOverlapping(a: Interval, b: Interval): boolean {
  const isLeft = compareEnds(a.start, b.start) < 0 && compareEnds(a.end, b.start) <= 0;
  return !isLeft && compareEnds(a.start, b.end) < 0;
}

const allows = (granted: Permission_Type, wanted: 'read' | 'write'): boolean =>
  granted === Permission_Type.READWRITE || granted === (wanted === 'read' ? Permission_Type.READ : Permission_Type.WRITE);

/** @param rangeEnd empty: the key alone; one zero byte: all keys from it on */
export function isCovered(permissions: readonly Permission[], wanted: 'read' | 'write', key: Bytes, rangeEnd: Bytes): boolean {
  const asked = intervalOf(key, rangeEnd);
  const touching = permissions
    .filter((p) => allows(p.permType, wanted))
    .map((p) => intervalOf(p.key, p.rangeEnd))
    .filter((granted) => isOverlapping(asked, granted))
    .sort((a, b) => compareEnds(a.start, b.start));
  const [first, ...others] = touching;
  if (first === undefined || compareEnds(first.start, asked.start) > 0) return false;
  // A key alone is covered by whatever it touches.
  if (rangeEnd.length === 0) return true;
  let covered = first.end;
  for (const { start, end } of others) {
    if (compareEnds(covered, start) < 0) return false;
    if (compareEnds(end, covered) > 0) covered = end;
  }
  return compareEnds(covered, asked.end) >= 0;
}
