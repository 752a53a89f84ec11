import { describe, expect, it } from 'vitest';
import { completeLine, type CompletionFacts } from '#host/completion.ts';

const FACTS: CompletionFacts = {
  programs: ['etcdctl', 'curl'],
  members: ['etcd-1', 'etcd-2'],
  endpoints: ['127.0.0.1:2379', '127.0.0.1:2479'],
  profile: '3.5',
  keys: (prefix) => Promise.resolve(['foo', 'food', 'bar'].filter((key) => key.startsWith(prefix))),
  files: (folder) => (folder === '' ? ['backup.db', 'etcd-1.etcd/'] : folder === '/tmp/' ? ['x'] : []),
};

/** The line with `|` where the cursor is, and what comes of it. */
async function ways(marked: string): Promise<readonly string[]> {
  const cursor = marked.lastIndexOf('|');
  const line = marked.slice(0, cursor) + marked.slice(cursor + 1);
  const { from, words } = await completeLine(line, cursor, FACTS);
  return words.map((word) => line.slice(0, from) + word);
}

describe('completion', () => {
  it.each([
    ['etcdc|', ['etcdctl']],
    ['etcdctl memb|', ['etcdctl member']],
    ['etcdctl member ad|', ['etcdctl member add']],
    ['etcdctl get --pref|', ['etcdctl get --prefix']],
    ['etcdctl get fo|', ['etcdctl get foo', 'etcdctl get food']],
    ['etcdctl put b|', ['etcdctl put bar']],
    ['etcdctl --endpoints=127.0.0.1:24|', ['etcdctl --endpoints=127.0.0.1:2479']],
    ['etcdctl --endpoints=127.0.0.1:2379,127.0.0.1:24|', ['etcdctl --endpoints=127.0.0.1:2379,127.0.0.1:2479']],
    ['export ETCDCTL_ENDPOINTS=127.0.0.1:24|', ['export ETCDCTL_ENDPOINTS=127.0.0.1:2479']],
    ['play kil|', ['play kill']],
    ['play kill etcd-1,etcd-|', ['play kill etcd-1,etcd-1', 'play kill etcd-1,etcd-2']],
    ['play kill leader --at walB|', ['play kill leader --at walBeforeSync']],
    ['at lea|', ['at leader:']],
    ['at leader: etcdctl ver|', ['at leader: etcdctl version']],
    ['echo x | gre|', ['echo x | grep']],
    ['ETCDCTL_API=3 etcdctl vers|', ['ETCDCTL_API=3 etcdctl version']],
    ['cat back|', ['cat backup.db']],
    ['cat /tmp/|', ['cat /tmp/x']],
    ['nothing-like-this|', []],
  ] as const)('of %s', async (line, expected) => {
    expect(await ways(line)).toEqual(expected);
  });
});
