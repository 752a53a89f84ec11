import { expect, test } from 'vitest';
import { utf8 } from '#kernel/bytes.ts';
import { MvccStore } from '#mvcc/store.ts';

test('the first put of a fresh store gives revision 2', () => {
  const store = new MvccStore({ profile: '3.4.23' });
  expect(store.currentRevision).toBe(1);
  expect(store.put(utf8('k'), utf8('v')).revision).toBe(2);
  expect(store.deleteRange(utf8('nothing')).revision).toBe(2);
  expect(store.get(utf8('k'))).toMatchObject({ createRevision: 2, modRevision: 2, version: 1 });
});

test('hashKv gives what 3.4.23 gave for the recorded compaction session', () => {
  const store = new MvccStore({ profile: '3.4.23' });
  const put = (k: string, v: string) => store.put(utf8(k), utf8(v));
  put('k', '1');
  put('k', '2');
  put('other', 'a');
  put('k', '3');
  store.deleteRange(utf8('other'));
  put('k', '4');
  for (const at of [4, 5, 7]) {
    expect(store.compact(at)).toMatchObject({ type: 'scheduled' });
    store.finishCompaction();
  }
  put('k', '5');
  expect(store.hashKv(0)).toMatchObject({ hash: 466443384, compactRevision: 7 });
  expect(store.hashKv(7)).toMatchObject({ type: 'compacted' });
  expect(store.hashKv(99)).toMatchObject({ type: 'future-revision' });
});
