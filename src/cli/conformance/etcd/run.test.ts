import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonical } from '#cli/conformance/etcd/canon.ts';
import { difference, runGatewayConformance } from '#cli/conformance/etcd/gateway.ts';
import { mismatch, substitute, type Bindings } from '#cli/conformance/etcd/placeholders.ts';
import { replayTranscript, runEtcdConformance } from '#cli/conformance/etcd/run.ts';

const TRANSCRIPTS = '../shared/conformance/etcd/transcripts';
const RANDOM = '../shared/conformance/etcd/random';

/** Files of one kind on the list of known failures. */
const knownFailures = (kind: string): readonly string[] =>
  readFileSync('tools/known-failures.txt', 'utf8')
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter(([first]) => first === kind)
    .map(([, file = '']) => file);

const failing = (run: typeof runEtcdConformance, path: string): readonly string[] => {
  const names: string[] = [];
  run([path], (line) => {
    if (line.startsWith('FAIL ')) names.push(basename(line.slice(5)));
  });
  return names;
};

describe('recorded sessions of real etcd', () => {
  it.runIf(existsSync(TRANSCRIPTS))('fail exactly where the list says so', () => {
    expect(failing(runEtcdConformance, TRANSCRIPTS)).toEqual(knownFailures('etcd'));
  });

  it.runIf(existsSync(RANDOM))('of random gateway requests are answered alike', () => {
    expect(failing(runGatewayConformance, RANDOM)).toEqual(knownFailures('gateway'));
  });
});

describe('a replayed session', () => {
  it('passes when all is as recorded, whoever wrote it', () => {
    const session = [
      '@etcd 3.4.23',
      '@cluster single',
      '$ curl -s http://127.0.0.1:2379/v3/lease/grant -d \'{"TTL":100}\'',
      '1! {"header":{"cluster_id":"14841639068965178418","member_id":"10276657743932975437","revision":"1","raft_term":"2"},"ID":"{{decid L}}","TTL":"100"}',
      '= 0',
      '&w etcdctl watch foo',
      '$ etcdctl put foo --lease={{hexid L}}',
      '<! bar',
      '1 OK',
      '= 0',
      '^w INT',
      '1 PUT',
      '1 foo',
      '1 bar',
      '= signal INT',
    ];
    expect(replayTranscript(`${session.join('\n')}\n`)).toEqual([]);
  });

  it('shows what differs: output, error, exit status', () => {
    const problems = replayTranscript('@cluster single\n$ etcdctl put foo bar\n1 ok\n= 3\n').join('\n');
    expect(problems).toContain('-ok');
    expect(problems).toContain('+OK');
    expect(problems).toContain('exit');
    expect(problems).toContain('1 of 1 steps differ');
  });

  it.each([
    ['a program that is not there', '$ nosuch\n= 0\n', 'command not found'],
    ['a line before any step', '1 text\n', 'before the first step'],
    ['a flag that is not modelled', '@args --no-such-flag\n$ etcdctl version\n', 'not modelled'],
    ['a name that is not bound', '$ etcdctl get {{hexid X}}\n', 'X is not bound'],
  ])('names %s', (_name, text, problem) => {
    expect(replayTranscript(text).join('\n')).toContain(problem);
  });
});

describe('placeholders', () => {
  it('bind a number once, in two notations', () => {
    const bindings: Bindings = new Map();
    expect(mismatch('id {{hexid A}}', 'id ff', bindings)).toBeUndefined();
    expect(mismatch('{{decid A}}', '255', bindings)).toBeUndefined();
    expect(mismatch('{{decid A}}', '256', bindings)).toBe('the text differs');
    expect(substitute('get {{hexid A}} {{decid A}}', bindings)).toBe('get ff 255');
  });

  it('hold a range, and one value for one name', () => {
    expect(mismatch('{{int:1-5}}', '6', new Map())).toBe('6 is not in 1-5');
    expect(mismatch('{{int A}} {{int A}}', '1 2', new Map())).toBe('A is 1 and 2');
    expect(mismatch('a.c', 'abc', new Map())).toBe('the text differs');
  });
});

describe('what comes in any order', () => {
  it('is sorted without touching numbers that no double holds', () => {
    const text = '{"members":[{"ID":10276657743932975437,"peerURLs":["b"]},{"ID":2,"peerURLs":["a"]}]}';
    expect(canonical(text, new Set(['sortmembers']))).toBe(
      '{"members":[{"ID":2,"peerURLs":["a"]},{"ID":10276657743932975437,"peerURLs":["b"]}]}',
    );
    expect(canonical('b\na\n', new Set(['sortlines']))).toBe('a\nb\n');
    expect(canonical('attached keys([b a])', new Set(['sortkeys']))).toBe('attached keys([a b])');
  });

  it('and a gateway answer is compared field by field', () => {
    expect(difference({ header: { revision: '1' } }, { header: { revision: '1', member_id: '5' } })).toBeUndefined();
    expect(difference({ header: { revision: '1' } }, { header: { revision: '2' } })).toBe('.header.revision: "1", not "2"');
    expect(difference({ TTL: '100' }, { TTL: '97' })).toBeUndefined();
    expect(difference([1], [1, 2])).toBe(': 1 items, not 2');
  });
});
