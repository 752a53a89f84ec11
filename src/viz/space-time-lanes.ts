/** The lanes of the space-time diagram: what each member was and when, what it wrote to its disk and what it applied. */

import type { MemberLife, MemberRole } from '#view/frame.ts';
import type { History } from '#view/history.ts';
import { round } from '#viz/point.ts';
import type { SpaceTimeScale, Stretch } from '#viz/space-time-scale.ts';

/** What a member was for a while, as a part of its lane. */
export interface LaneSpan {
  readonly x: number;
  readonly width: number;
  readonly role: MemberRole;
  readonly term: number;
  readonly life: MemberLife;
}

export interface Lane {
  readonly name: string;
  readonly isClient: boolean;
  readonly y: number;
  readonly spans: readonly LaneSpan[];
  /** Writes of the log. */
  readonly saves: readonly { readonly x: number; readonly width: number }[];
  /** Entries applied; `first` to `index` where several lie too close to be told apart. */
  readonly applied: readonly { readonly x: number; readonly first: number; readonly index: number }[];
}

/** Least width of a write, px: shorter ones would not be seen. */
const SAVE_MIN = 2;
/** Applied marks nearer than this are one, px. */
const APPLIED_ROOM = 9;
function spansOf(lane: string, history: History, x: (at: number) => number, domain: Stretch): readonly LaneSpan[] {
  const changes = [
    ...history.roles.filter((r) => r.lane === lane).map(({ at, role, term }) => ({ at, role, term, life: undefined })),
    ...history.lives.filter((l) => l.lane === lane).map(({ at, life }) => ({ at, role: undefined, term: undefined, life })),
  ].sort((a, b) => a.at - b.at);
  const spans: LaneSpan[] = [];
  let state: { role: MemberRole; term: number; life: MemberLife } = { role: 'follower', term: 0, life: 'up' };
  const close = (from: number, to: number): void => {
    const [start, end] = [Math.max(from, domain.from), Math.min(to, domain.to)];
    if (end <= start) return;
    const last = spans.at(-1);
    // A member that asks for votes once more is what it was: one span, with one word in it.
    const goesOn = last?.role === state.role && last.term === state.term && last.life === state.life;
    if (goesOn) spans.splice(-1, 1, { ...last, width: round(x(end) - last.x) });
    else spans.push({ x: x(start), width: round(x(end) - x(start)), ...state });
  };
  let since = 0;
  for (const change of changes) {
    close(since, change.at);
    since = Math.max(since, change.at);
    const reborn = change.life === 'up' && (state.life === 'dead' || state.life === 'crashed');
    state = {
      role: change.role ?? (reborn ? 'follower' : state.role),
      term: change.term ?? state.term,
      life: change.life ?? state.life,
    };
  }
  close(since, Infinity);
  return spans;
}

function appliedOf(lane: string, history: History, x: (at: number) => number, domain: Stretch): Lane['applied'] {
  const marks: { x: number; first: number; index: number }[] = [];
  for (const record of history.applied) {
    if (record.lane !== lane || record.at < domain.from || record.at > domain.to) continue;
    const place = x(record.at);
    const last = marks.at(-1);
    if (last !== undefined && place - last.x < APPLIED_ROOM) last.index = Math.max(last.index, record.index);
    else marks.push({ x: place, first: record.index, index: record.index });
  }
  return marks;
}

/** Writes of the log in sight, up to `now`. */
function savesOf(lane: string, { saves }: History, now: number, { x, domain }: SpaceTimeScale): Lane['saves'] {
  const left = x(domain.from);
  return saves
    .filter((save) => save.lane === lane && (save.to ?? now) >= domain.from && save.from <= domain.to)
    .map((save) => {
      const from = Math.max(left, x(save.from));
      return { x: from, width: round(Math.max(SAVE_MIN, x(Math.min(domain.to, save.to ?? now)) - from)) };
    });
}

/** The lane of a member or a client, up to `now`. */
export function laneOf(lane: Pick<Lane, 'name' | 'isClient' | 'y'>, history: History, now: number, scale: SpaceTimeScale): Lane {
  const { x, domain } = scale;
  const { name, isClient } = lane;
  return {
    ...lane,
    spans: isClient ? [] : spansOf(name, history, x, domain),
    saves: savesOf(name, history, now, scale),
    applied: isClient ? [] : appliedOf(name, history, x, domain),
  };
}
