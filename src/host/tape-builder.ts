/** The tape: terms as bands, what happened as marks. Bounded: the oldest marks and bands go first. */

import type { FeedFact, FeedItem, TapeItem } from '#view/feed.ts';

const MARKS_MAX = 400;
const TERMS_MAX = 200;

type Mark = Extract<TapeItem, { readonly type: 'mark' }>;
type Band = Extract<TapeItem, { readonly type: 'term' }>;

/** Plain, part of what is kept with a checkpoint. */
export interface TapeState {
  readonly marks: readonly Mark[];
  readonly bands: readonly Band[];
}

function markOf(fact: FeedFact, member: string): Pick<Mark, 'kind' | 'label'> | undefined {
  switch (fact.type) {
    case 'election-timeout':
      return { kind: 'election', label: member };
    case 'became-leader':
      return { kind: 'leader', label: member };
    case 'killed':
    case 'crash-point':
    case 'wiped':
    case 'crashed':
    case 'stopped':
      return { kind: 'crash', label: member };
    case 'started':
      return fact.incarnation > 1 ? { kind: 'restart', label: member } : undefined;
    case 'frozen':
      return { kind: 'freeze', label: member };
    case 'thawed':
      return { kind: 'thaw', label: member };
    case 'partitioned':
      return { kind: 'cut', label: fact.sides.map((side) => side.join(',')).join(' / ') };
    case 'healed':
      return { kind: 'heal', label: '' };
    case 'violated':
      return { kind: 'violation', label: fact.property };
    case 'command':
      return fact.line.startsWith('play ') ? undefined : { kind: 'command', label: fact.line };
    default:
      return undefined;
  }
}

/** Mutable; owned by the conductor. */
export class TapeBuilder {
  readonly #marks: Mark[];
  #bands: Band[];
  #changed = true;

  constructor(state: TapeState = { marks: [], bands: [] }) {
    this.#marks = [...state.marks];
    this.#bands = [...state.bands];
  }

  /** Takes a fact of the feed, in order. */
  add(item: FeedItem): void {
    const mark = markOf(item.fact, item.member ?? '');
    if (mark !== undefined) {
      this.#marks.push({ type: 'mark', at: item.at, ...mark });
      if (this.#marks.length > MARKS_MAX) this.#marks.splice(0, this.#marks.length - MARKS_MAX);
      this.#changed = true;
    }
    if (item.term !== undefined && item.term > (this.#bands.at(-1)?.term ?? 0)) {
      this.#bands.push({ type: 'term', term: item.term, from: item.at, leader: undefined, leaderFrom: undefined });
      if (this.#bands.length > TERMS_MAX) this.#bands.shift();
      this.#changed = true;
    }
    if (item.fact.type === 'became-leader') this.#lead(item);
  }

  #lead(item: FeedItem): void {
    this.#bands = this.#bands.map((band) => (band.term === item.term ? { ...band, leader: item.member, leaderFrom: item.at } : band));
    this.#changed = true;
  }

  /** The whole tape. */
  get items(): readonly TapeItem[] {
    return [...this.#bands, ...this.#marks];
  }

  /** The whole tape if it changed since the last call. */
  take(): readonly TapeItem[] | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.items;
  }

  save(): TapeState {
    return { marks: [...this.#marks], bands: [...this.#bands] };
  }
}
