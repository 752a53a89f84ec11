/**
 * The rules of watches (check-watch.ts), held against each answer as it comes, as far as they can be seen from what clients know: filter, ordered, unique,
 * atomic, bookmarkable, resumable whole; reliable, previous values and creations where somebody has seen the change otherwise.
 */

import { isInRange } from '#mvcc/byte-key.ts';
import type { ClientChecks } from '#checker/client-checks.ts';
import type { Watch, WatchAnswer, WatchedEvent } from '#checker/history.ts';
import { rangeText, versionText } from '#checker/history-text.ts';
import { rememberIn } from '#checker/remember.ts';
import type { Scoreboard } from '#checker/scoreboard.ts';
import type { Property } from '#checker/violation.ts';

/** Watchers that are remembered; the oldest are forgotten. */
const WATCHES_MAX = 2000;

interface Progress {
  readonly name: string;
  /** Revision of the newest event. */
  last: number;
  /** Keys of that revision that came. */
  readonly lastKeys: Set<string>;
  /** The answer before was cut in a revision, and said so. */
  isFragment: boolean;
  /** Nothing up to this revision may come any more. */
  bookmark: number;
}

/** Mutable; one for each run. */
export class WatchChecks {
  readonly #board: Scoreboard;
  readonly #clients: ClientChecks;
  readonly #isOldRelease: boolean;
  readonly #progress = new Map<Watch, Progress>();

  /** @param isOldRelease see WatchRules of check-watch.ts */
  constructor(board: Scoreboard, clients: ClientChecks, isOldRelease: boolean) {
    this.#board = board;
    this.#clients = clients;
    this.#isOldRelease = isOldRelease;
  }

  watched(watch: Watch, answer: WatchAnswer | undefined): void {
    if (answer === undefined) return;
    const progress = this.#of(watch);
    const { at, revision, events, fragment } = answer;
    if (events.length === 0) {
      this.#board.checked('watch-bookmarkable', at);
      if (!this.#isOldRelease) progress.bookmark = Math.max(progress.bookmark, revision);
      return;
    }
    if (!progress.isFragment && events[0]?.kv.mod === progress.last)
      this.#report('watch-atomic', progress, at, `revision ${progress.last} was split over two answers`);
    for (const event of events) this.#checkEvent(watch, progress, event, at);
    for (const property of ALWAYS) this.#board.checked(property, at);
    progress.isFragment = fragment;
  }

  #of(watch: Watch): Progress {
    const known = this.#progress.get(watch);
    if (known !== undefined) return known;
    const name = `${watch.client}#${watch.call} watch ${watch.id} of ${rangeText(watch.range)} from ${watch.startRevision}`;
    const fresh: Progress = { name, last: 0, lastKeys: new Set(), isFragment: false, bookmark: 0 };
    rememberIn(this.#progress, watch, fresh, WATCHES_MAX);
    return fresh;
  }

  #report(property: Property, { name }: Progress, at: number, detail: string, ...events: readonly string[]): void {
    this.#clients.report(property, at, [name], detail, events);
  }

  #checkEvent(watch: Watch, progress: Progress, event: WatchedEvent, at: number): void {
    const { kv, type } = event;
    const text = `${type} ${JSON.stringify(kv.key)} of revision ${kv.mod}`;
    if (!isInRange(kv.key, watch.range)) this.#report('watch-filter', progress, at, `${text} lies outside of its range`);
    if (type === 'put' ? watch.noPut : watch.noDelete) this.#report('watch-filter', progress, at, `${text} was filtered out`);
    if (kv.mod < progress.last) this.#report('watch-ordered', progress, at, `${text} came after revision ${progress.last}`);
    if (kv.mod === progress.last && progress.lastKeys.has(kv.key)) this.#report('watch-unique', progress, at, `${text} came twice`);
    if (kv.mod < (watch.startRevision > 0 ? watch.startRevision : watch.createdRevision + 1))
      this.#report('watch-resumable', progress, at, `${text} lies before its start`);
    if (kv.mod <= progress.bookmark)
      this.#report('watch-bookmarkable', progress, at, `${text} came after a notice of revision ${progress.bookmark}`);
    this.#checkContent(watch, progress, event, at, text);
    if (kv.mod > progress.last) {
      progress.last = kv.mod;
      progress.lastKeys.clear();
    }
    progress.lastKeys.add(kv.key);
  }

  #checkContent(watch: Watch, progress: Progress, { kv, type, previous }: WatchedEvent, at: number, text: string): void {
    const { known } = this.#clients;
    const before = known.lastAt(kv.key, kv.mod - 1);
    // Of one key a watch tells each change: one that somebody knows of, after the last that was told, and that has not come, is missing.
    if (before !== undefined && before.revision > progress.last && before.revision >= (watch.startRevision || watch.createdRevision + 1)) {
      const isWanted = before.value === undefined ? !watch.noDelete : !watch.noPut;
      const isForgotten = this.#isOldRelease && before.value === undefined;
      if (isWanted && !isForgotten)
        this.#report(
          'watch-reliable',
          progress,
          at,
          `revision ${before.revision} of ${JSON.stringify(kv.key)} never came, though ${text} did`,
          before.by,
        );
    }
    if (type === 'put' && (kv.create === kv.mod) !== (kv.version === 1))
      this.#report('watch-is-create', progress, at, `${text} shows ${versionText(kv)}`);
    if (previous !== undefined && before !== undefined && previous.mod < before.revision)
      this.#report('watch-prev-kv', progress, at, `${text} shows ${versionText(previous)} before it`, before.by);
    const whole = type === 'put' ? kv : undefined;
    const other = known.learn({ key: kv.key, revision: kv.mod, value: whole?.value, whole, by: `${progress.name}: ${text}` });
    if (other !== undefined) this.#report('watch-reliable', progress, at, `${text} is told otherwise than it was seen before`, other.by);
  }
}

const ALWAYS = [
  'watch-filter',
  'watch-ordered',
  'watch-unique',
  'watch-atomic',
  'watch-resumable',
  'watch-reliable',
  'watch-prev-kv',
  'watch-is-create',
] as const;
