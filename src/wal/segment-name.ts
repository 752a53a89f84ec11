/** Names of log segments and snapshot files, as etcd names them. */

const hex16 = (value: number): string => value.toString(16).padStart(16, '0');

/** A segment: its place in the sequence, and the index of the first entry that it may hold. */
export interface SegmentName {
  readonly name: string;
  readonly sequence: number;
  readonly index: number;
}

export const segmentName = (sequence: number, index: number): string => `wal/${hex16(sequence)}-${hex16(index)}.wal`;

/** Undefined for a name that is no segment's. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = /^wal\/([0-9a-f]{16})-([0-9a-f]{16})\.wal$/.exec(name);
  if (match === null) return undefined;
  return { name, sequence: Number.parseInt(match[1] ?? '', 16), index: Number.parseInt(match[2] ?? '', 16) };
}

export const snapshotName = (term: number, index: number): string => `snap/${hex16(term)}-${hex16(index)}.snap`;

/** Undefined for a name that is no snapshot's. */
export function parseSnapshotName(name: string): { readonly term: number; readonly index: number } | undefined {
  const match = /^snap\/([0-9a-f]{16})-([0-9a-f]{16})\.snap$/.exec(name);
  if (match === null) return undefined;
  return { term: Number.parseInt(match[1] ?? '', 16), index: Number.parseInt(match[2] ?? '', 16) };
}
