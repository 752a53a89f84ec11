/** What a visitor hears who does not see the stage: everything once, whatever run or instant is shown. */
import { describe, expect, it } from 'vitest';
import type { FeedItem } from '#view/feed.ts';
import { english } from '#words/english.ts';
import { narration, unheard } from '#ui/Narrator.tsx';

const item = (seq: number, fact: FeedItem['fact']): FeedItem => ({ seq, id: seq, cause: 0, at: seq, member: 'etcd-1', term: 2, fact });
const seqs = (items: readonly FeedItem[]): readonly number[] => items.map(({ seq }) => seq);
const feed = [1, 2, 3].map((seq) => item(seq, { type: 'healed' }));

describe('the narrator', () => {
  it('tells each fact once', () => {
    expect(seqs(unheard(feed, { generation: 1, seq: 3 }, { generation: 1, seq: 1 }))).toEqual([2, 3]);
    expect(unheard(feed, { generation: 1, seq: 3 }, { generation: 1, seq: 3 })).toEqual([]);
  });

  it('tells a new run from its beginning, though its facts are counted anew', () => {
    expect(seqs(unheard(feed, { generation: 2, seq: 3 }, { generation: 1, seq: 120 }))).toEqual([1, 2, 3]);
    expect(seqs(unheard(feed, { generation: 2, seq: 3 }, { generation: 1, seq: 2 }))).toEqual([1, 2, 3]);
  });

  it('tells what came before an instant of the past', () => {
    expect(seqs(unheard(feed, { generation: 1, seq: 3 }, { generation: 1, seq: 50 }))).toEqual([1, 2, 3]);
  });

  it('says a few sentences at most, and the last commit alone', () => {
    const busy = [4, 5, 6, 7, 8].map((seq) => item(seq, { type: 'healed' }));
    expect(narration([...feed, ...busy], english).split('. ')).toHaveLength(4);
  });
});
