/** The revisions of a store as a track: which part compaction removed, where the slider stands, and a bar for what each revision changed. */

export interface RevisionMark {
  readonly revision: number;
  /** Keys that it changed. */
  readonly keys: number;
  /** Some of them it deleted. */
  readonly deletes: boolean;
}

interface RevisionBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
  readonly deletes: boolean;
  /** The revisions that this bar stands for. */
  readonly from: number;
  readonly to: number;
}

export interface RevisionTrack {
  readonly width: number;
  readonly height: number;
  /** Width of the part that cannot be read any more; 0 if there is none. */
  readonly compactedWidth: number;
  readonly bars: readonly RevisionBar[];
  /** Where the slider stands. */
  readonly x: number;
}

interface TrackInput {
  readonly newest: number;
  /** Revisions below it are gone; 0 or less if none are. */
  readonly compact: number;
  readonly shown: number;
  readonly marks: readonly RevisionMark[];
  readonly width: number;
  readonly height: number;
}

const BAR_MIN = 3;
const BAR_MAX = 14;

/** Pure geometry. Several revisions share a bar where there is no room for one each. */
export function revisionTrack({ newest, compact, shown, marks, width, height }: TrackInput): RevisionTrack {
  const span = Math.max(1, newest);
  const x = (revision: number): number => ((revision - 0.5) / span) * width;
  const perBar = Math.max(1, Math.ceil((span * BAR_MIN) / width));
  const groups = new Map<number, { keys: number; deletes: boolean; from: number; to: number }>();
  for (const { revision, keys, deletes } of marks) {
    const group = Math.floor((revision - 1) / perBar);
    const old = groups.get(group) ?? { keys: 0, deletes: false, from: revision, to: revision };
    groups.set(group, {
      keys: Math.max(old.keys, keys),
      deletes: old.deletes || deletes,
      from: Math.min(old.from, revision),
      to: Math.max(old.to, revision),
    });
  }
  const barWidth = Math.min(BAR_MAX, Math.max(BAR_MIN - 1, (width / span) * perBar - 1));
  const tallest = Math.max(1, ...[...groups.values()].map(({ keys }) => keys));
  return {
    width,
    height,
    compactedWidth: compact > 1 ? ((compact - 1) / span) * width : 0,
    bars: [...groups.values()].map(({ keys, deletes, from, to }) => {
      const middle = (x(from) + x(to)) / 2;
      return {
        x: Math.max(0, Math.min(width - barWidth, middle - barWidth / 2)),
        width: barWidth,
        height: Math.max(4, (Math.log2(1 + keys) / Math.log2(1 + tallest)) * (height - 4)),
        deletes,
        from,
        to,
      };
    }),
    x: x(Math.max(1, Math.min(span, shown))),
  };
}
