import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromUtf8 } from '#kernel/bytes.ts';
import { NO_EVENT } from '#kernel/brand.ts';
import { MS, TestCluster } from '#etcd/testing/cluster.ts';

const FOLDER = new URL('./recorded/', import.meta.url);
/** Methods other than the gateway's POST are written out, with the whole path. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']);
/** The recorder waited so long for an answer, then took what had come. */
const PATIENCE_MICROS = 1500 * MS;

/** Plays one recorded request. `=name` keeps the token of the answer, `@name` sends it. */
function play(c: TestCluster, request: string, tokens: Map<string, string>): string {
  const [first = '', ...rest] = request.split(' ');
  const isPlain = METHODS.has(first);
  const isMarked = first.startsWith('@') || first.startsWith('=');
  const [path = '', ...body] = isPlain || isMarked ? rest : [first, ...rest];
  const token = first.startsWith('@') ? (tokens.get(first.slice(1)) ?? first.slice(1)) : undefined;
  const headers = token === undefined ? [] : [['Authorization', token] as const];
  const text = body.length === 0 && !isPlain ? '{}' : body.join(' ');
  const id = c.http(0, isPlain ? first : 'POST', isPlain ? path : `/v3/${path}`, text, headers);
  const record = c.record(id);
  const end = c.now + PATIENCE_MICROS;
  while (record.end === undefined && c.now < end) c.instant();
  if (record.end === undefined) c.item(0, { type: 'call-cancel', id, cause: NO_EVENT });
  c.run(5 * MS);
  const answer = fromUtf8(concatBytes(record.messages));
  const found = /"token":"([^"]*)"/.exec(answer);
  if (first.startsWith('=') && found !== null) tokens.set(first.slice(1), found[1] ?? '');
  const shown = first.startsWith('=') ? answer.replace(/"token":"[^"]*"/, '"token":"T"') : answer;
  return `${record.head?.status} ${shown.replace(/\n+$/, '')}`;
}

describe.skipIf(!existsSync(FOLDER))('one member alone answers as 3.4.23 was recorded', () => {
  it.each(readdirSync(FOLDER))('%s', (file) => {
    const c = new TestCluster({ nodes: 1, config: { profile: '3.4.23' } }).boot();
    const tokens = new Map<string, string>();
    const exchanges = readFileSync(new URL(file, FOLDER), 'utf8')
      .split(/\n(?=[A-Za-z@=])/)
      .filter((text) => text.trim() !== '' && !text.startsWith('#'));
    for (const exchange of exchanges) {
      const [request = '', ...answer] = exchange.replace(/\n+$/, '').split(' => ');
      expect(`${request} => ${play(c, request, tokens)}`).toBe(`${request} => ${answer.join(' => ')}`);
    }
  });
});
