/**
 * The nine rules of a watch (etcd's API guarantees W1 to W6, and how its robustness tests state them): filter, ordered, unique, atomic, bookmarkable,
 * resumable, reliable, previous values, creations. The last five are held against the replay. How late events come is promised nowhere.
 */

import { simTime } from '#kernel/brand.ts';
import type { CompactionBound } from '#checker/check-refusals.ts';
import { isInRange } from '#mvcc/byte-key.ts';
import type { Watch, WatchAnswer, WatchedEvent } from '#checker/history.ts';
import { rangeText, versionText } from '#checker/history-text.ts';
import { isSameVersion, type Change, type Replay } from '#checker/replay.ts';
import type { Property, Violation } from '#checker/violation.ts';

/** What differs between releases, or cannot be known of a history. */
export interface WatchRules {
  /**
   * 3.4.23 answers a request for progress at once, also for a watcher that has not caught up, and forgets a deletion of exactly the compacted revision:
   * both are known defects of that release, mended in 3.5.
   */
  readonly isOldRelease: boolean;
  readonly compactedBefore: CompactionBound;
}

interface Delivered {
  readonly event: WatchedEvent;
  readonly at: number;
}

type Report = (property: Property, at: number, detail: string, events?: readonly string[]) => void;

/** Checks one watcher. */
export function checkWatch(watch: Watch, replay: Replay, rules: WatchRules): readonly Violation[] {
  const violations: Violation[] = [];
  const name = `${watch.client}#${watch.call} watch ${watch.id} of ${rangeText(watch.range)} from ${watch.startRevision}`;
  const report: Report = (property, at, detail, events = []) =>
    void violations.push({ property, members: [name], index: 0, at: simTime(at), detail, events });
  const delivered = watch.answers.flatMap(({ at, events }): readonly Delivered[] => events.map((event) => ({ event, at })));
  checkFilter(watch, delivered, report);
  checkOrdered(delivered, report);
  checkUnique(delivered, report);
  checkAtomic(watch.answers, report);
  if (!rules.isOldRelease) checkBookmarks(watch, replay, report);
  checkComplete(watch, delivered, replay, rules, report);
  for (const one of delivered) checkContent(watch, one, replay, rules, report);
  return violations;
}

const eventText = ({ type, kv }: WatchedEvent): string => `${type} ${JSON.stringify(kv.key)} of revision ${kv.mod}`;

function checkFilter(watch: Watch, delivered: readonly Delivered[], report: Report): void {
  for (const { event, at } of delivered) {
    if (!isInRange(event.kv.key, watch.range)) report('watch-filter', at, `${eventText(event)} lies outside of its range`);
    if (event.type === 'put' ? watch.noPut : watch.noDelete) report('watch-filter', at, `${eventText(event)} was filtered out`);
  }
}

function checkOrdered(delivered: readonly Delivered[], report: Report): void {
  for (const [i, { event, at }] of delivered.entries()) {
    const before = delivered[i - 1];
    if (before !== undefined && before.event.kv.mod > event.kv.mod)
      report('watch-ordered', at, `${eventText(event)} came after revision ${before.event.kv.mod}`);
  }
}

function checkUnique(delivered: readonly Delivered[], report: Report): void {
  const seen = new Set<string>();
  for (const { event, at } of delivered) {
    const id = `${event.kv.mod} ${event.kv.key}`;
    if (seen.has(id)) report('watch-unique', at, `${eventText(event)} came twice`);
    seen.add(id);
  }
}

function checkAtomic(answers: readonly WatchAnswer[], report: Report): void {
  let open: WatchAnswer | undefined;
  for (const answer of answers) {
    if (answer.events.length === 0) continue;
    const last = open?.events.at(-1)?.kv.mod;
    if (open !== undefined && !open.fragment && last === answer.events[0]?.kv.mod)
      report('watch-atomic', answer.at, `revision ${last ?? 0} was split over two answers`);
    open = answer;
  }
}

/** The first revision that a watcher hears of. */
const firstRevision = ({ startRevision, createdRevision }: Watch): number => (startRevision > 0 ? startRevision : createdRevision + 1);

/** What a watcher must hear of. */
const wantedBy = (watch: Watch, changes: readonly Change[]): readonly Change[] =>
  changes.filter(({ after }) => (after === undefined ? !watch.noDelete : !watch.noPut));

/** After a notice of revision R everything up to R has been delivered, and nothing of it comes any more. */
function checkBookmarks(watch: Watch, replay: Replay, report: Report): void {
  let bookmark = 0;
  let delivered = firstRevision(watch) - 1;
  for (const { at, revision, events } of watch.answers) {
    for (const event of events) {
      delivered = Math.max(delivered, event.kv.mod);
      if (event.kv.mod <= bookmark) report('watch-bookmarkable', at, `${eventText(event)} came after a notice of revision ${bookmark}`);
    }
    if (events.length > 0) continue;
    bookmark = Math.max(bookmark, revision);
    const [missing] = wantedBy(watch, replay.changes(watch.range, delivered + 1, revision));
    if (missing !== undefined)
      report(
        'watch-bookmarkable',
        at,
        `a notice of revision ${revision} came before ${JSON.stringify(missing.key)} of revision ${missing.revision}`,
      );
  }
}

/** From the first revision of interest to the last delivered one, nothing is missing and nothing is there that did not happen. */
function checkComplete(watch: Watch, delivered: readonly Delivered[], replay: Replay, rules: WatchRules, report: Report): void {
  const last = delivered.at(-1);
  if (last === undefined) return;
  const got = new Set(delivered.map(({ event }) => `${event.kv.mod} ${event.kv.key}`));
  let isFirst = true;
  for (const change of wantedBy(watch, replay.changes(watch.range, firstRevision(watch), last.event.kv.mod))) {
    if (got.has(`${change.revision} ${change.key}`)) {
      isFirst = false;
      continue;
    }
    if (rules.isOldRelease && change.after === undefined && rules.compactedBefore(last.at) >= change.revision) continue;
    const what = `${change.after === undefined ? 'delete' : 'put'} ${JSON.stringify(change.key)} of revision ${change.revision} never came`;
    report(isFirst ? 'watch-resumable' : 'watch-reliable', last.at, `${what}, though revision ${last.event.kv.mod} did`);
    return;
  }
}

function checkContent(watch: Watch, { event, at }: Delivered, replay: Replay, rules: WatchRules, report: Report): void {
  const { kv, type, previous } = event;
  const change = replay.step(kv.mod)?.changes.find(({ key }) => key === kv.key);
  if (kv.mod < firstRevision(watch)) report('watch-resumable', at, `${eventText(event)} lies before its start`);
  if (change === undefined || (type === 'delete') !== (change.after === undefined)) {
    report('watch-reliable', at, `${eventText(event)} did not happen`);
    return;
  }
  if (type === 'put' && !isSameVersion(kv, change.after))
    report('watch-reliable', at, `${eventText(event)} shows ${versionText(kv)}, not ${versionText(change.after)}`);
  if (type === 'put' && (kv.create === kv.mod) !== (change.before === undefined))
    report(
      'watch-is-create',
      at,
      `${eventText(event)} says ${kv.create === kv.mod ? 'created' : 'changed'}; before it was ${versionText(change.before)}`,
    );
  const wanted = watch.prevKv ? change.before : undefined;
  // What was compacted cannot be shown any more.
  const isGone = previous === undefined && rules.compactedBefore(at) >= kv.mod - 1;
  if (!isSameVersion(previous, wanted) && !isGone)
    report('watch-prev-kv', at, `${eventText(event)} shows ${versionText(previous)} before it, not ${versionText(wanted)}`);
}
