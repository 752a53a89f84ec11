/** How the data views read and act: questions that follow the run, the member that is asked, the lines that clicks stand for. */

import { useEffect, useRef, useState } from 'react';
import { byteId } from '#view/byte-text.ts';
import type { AnswerTo, DataFlags, DataQuery } from '#view/data.ts';
import type { DataView } from '#view/data-view.ts';
import type { MemberView } from '#view/frame.ts';
import { selectedMember } from '#view/selection.ts';
import { chineseData } from '#words/chinese-data.ts';
import { englishData, type DataWords } from '#words/english-data.ts';
import { etcdctlLine } from '#store/command-lines.ts';
import { lastRun, type RunState } from '#store/data-state.ts';
import { useActions, usePage, useView } from '#ui/playground-context.ts';

/** Asks again at most this often, ms. */
const AGAIN_MS = 200;

export function useDataWords(): DataWords {
  return useView((state) => state.language) === 'zh' ? chineseData : englishData;
}

/** A query as text: two of the same text have the same answer. */
const queryId = (query: DataQuery | undefined): string =>
  query === undefined
    ? ''
    : Object.entries(query)
        .map(([name, value]) => `${name}=${value instanceof Uint8Array ? byteId(value) : String(value)}`)
        .join('\n');

/**
 * The newest answer to a query, undefined before the first; asked again as the run goes on, one question at a time.
 * @param follows `store`: when a member's store or life changes; `time`: as time passes
 */
export function useData<Q extends DataQuery>(query: Q | undefined, follows: 'store' | 'time' = 'store'): AnswerTo<Q> | undefined {
  const { source } = usePage().playground;
  const [answer, setAnswer] = useState<{ readonly id: string; readonly answer: AnswerTo<Q> }>();
  const id = queryId(query);
  const version = useView(({ frame }) => {
    if (frame === undefined) return '';
    const stores = frame.members.map((m) => `${m.revision}.${m.compactRevision}.${m.life}.${m.incarnation}.${m.role}`).join(' ');
    return `${frame.run.generation} ${frame.looking} ${stores} ${follows === 'time' ? frame.now : ''}`;
  });
  const latest = useRef({ query, wanted: '', busy: false, askedAt: 0 });
  useEffect(() => {
    latest.current.query = query;
  });
  useEffect(() => {
    const state = latest.current;
    const wanted = `${id} ${version}`;
    state.wanted = wanted;
    const ask = (): void => {
      const now = state.query;
      if (now === undefined || state.busy) return;
      const about = state.wanted;
      state.busy = true;
      state.askedAt = performance.now();
      source
        .ask(now)
        .then((found) => {
          setAnswer({ id: queryId(now), answer: found });
        })
        .catch(() => undefined) // The engine's failure has its own banner.
        .finally(() => {
          state.busy = false;
          if (state.wanted !== about) setTimeout(ask, Math.max(0, state.askedAt + AGAIN_MS - performance.now()));
        });
    };
    const timer = setTimeout(ask, Math.max(0, state.askedAt + AGAIN_MS - performance.now()));
    return () => {
      clearTimeout(timer);
    };
  }, [source, id, version]);
  return answer?.id === id ? answer.answer : undefined;
}

/** What the source of the views can do beyond etcd's own calls. */
export function useFlags(): DataFlags {
  return usePage().playground.source.flags;
}

/** The member whose answers are shown and to whom lines go; undefined before there is a frame. */
export function useDataMember(): MemberView | undefined {
  return useView(({ frame, data, selected }) => {
    const find = (name: string | undefined): MemberView | undefined => frame?.members.find((member) => member.name === name);
    const leader = frame?.headline.type === 'leader' ? frame.headline.leader : undefined;
    // A member that is selected because it died has nothing to say; one that was asked for is shown for all that.
    const chosen = find(selectedMember(selected));
    return find(data.member) ?? (chosen?.life === 'up' ? chosen : undefined) ?? find(leader) ?? frame?.members[0];
  });
}

export interface Lines {
  /** An etcdctl line through the member that is asked. */
  readonly etcdctl: (...words: readonly string[]) => string;
  /** Runs a line and echoes it. */
  readonly run: (line: string) => number;
  readonly last: RunState | undefined;
}

/** The lines of a view. */
export function useLines(view: DataView): Lines {
  const member = useDataMember();
  const { runLine } = useActions();
  const last = useView(({ data }) => lastRun(data, view));
  const url = member?.clientUrl ?? '';
  return { etcdctl: (...words) => etcdctlLine(url, words), run: (line) => runLine(view, line), last };
}
