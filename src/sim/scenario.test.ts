import { describe, expect, it } from 'vitest';

import { fromUtf8 } from '#kernel/bytes.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import { TOY_KIND } from '#sim/testing/toy-member.ts';
import { TOY_PROGRAMS } from '#sim/testing/toy-program.ts';

function play(text: string) {
  let printed = '';
  const end = playScenarioSync(
    { text, programs: TOY_PROGRAMS, print: (t) => (printed += t), output: (_process, _stderr, data) => (printed += fromUtf8(data)) },
    new InProcessHost(TOY_KIND),
  );
  return { printed, failure: end.failure, now: end.world.now, hash: end.world.traceHash().hash };
}

describe('a scenario file (DESIGN §5)', () => {
  it('plays line by line: each command ends before the next begins', () => {
    const { printed, failure } = play(`# a comment
play new --nodes 3 --seed 7
ask 127.0.0.1:2379
expect answer etcd-1
expect-exit 0
play kill etcd-1
ask 127.0.0.1:2379
expect refused
expect-exit 2
`);
    expect(failure).toBeUndefined();
    expect(printed).toMatch(
      /^\$ play new --nodes 3 --seed 7\n\$ ask 127.0.0.1:2379\nanswer etcd-1 \d+\n\$ play kill etcd-1\n\$ ask 127.0.0.1:2379\nrefused\n$/,
    );
  });

  it('plays a line at its time, before what else happens then', () => {
    const { now, failure } = play('@1500ms play kill 2\nplay run 500ms\n@1s play status\n');
    expect(failure).toMatchObject({ line: 3, message: '1000 ms has passed: it is 2000 ms' });
    expect(now).toBe(2_000_000);
  });

  it('runs a command in the background, signals it and waits for it', () => {
    const { failure, printed } = play(`play freeze all
&w ask 127.0.0.1:2379
play until "outcome w = running"
signal w INT
wait w
expect interrupted
expect-exit 130
play until "outcome w = unknown"
&w ask 127.0.0.1:2379
`);
    expect(printed).toContain('interrupted');
    expect(failure).toMatchObject({ line: 9, message: 'there is a background command w already' });
  });

  it('gives a command the lines of input that follow it, then the end', () => {
    const { failure } = play('play freeze all\nask 127.0.0.1:2379 100\n< hello\nexpect in hello\nexpect timeout\nexpect-exit 1\n');
    expect(failure).toBeUndefined();
  });

  it('gives a background command its lines at once and the end at wait', () => {
    const { failure, printed } = play(
      'play freeze all\n&w ask 127.0.0.1:2379 9000\n< hello\nplay run 10ms\nexpect-exit 0\nsignal w INT\nwait w\nexpect in hello\nexpect-exit 130\n',
    );
    expect(failure?.message).toBeUndefined();
    expect(printed).toContain('in hello\n$ play run 10ms');
  });

  it('stops at the first failed expectation and says which', () => {
    const { failure } = play('ask 127.0.0.1:2379\nexpect nonsense\nplay run 1s\n');
    expect(failure).toMatchObject({ line: 2, text: 'expect nonsense' });
    expect(failure?.message).toMatch(/^expected "nonsense" in the output:\nanswer etcd-1/);
  });

  it('play until fails when its time is up', () => {
    const { printed, now } = play('play until "leader" --within 300ms\nexpect-exit 1\n');
    expect(printed).toContain('play: not within 300 ms of virtual time: leader');
    expect(now).toBe(300_000);
  });

  it.each([
    ['nonsense x', 127, 'nonsense: command not found'],
    ['vim x', 1, 'there is no editor here'],
    ['play kill etcd-7', 2, 'no member "etcd-7": there are etcd-1, etcd-2, etcd-3'],
    ['play thaw etcd-1', 1, 'play: etcd-1 is not frozen'],
    ['play until "term >"', 2, 'term is compared with a whole number'],
    ['ask a b > /none/file', 1, '/none/file: No such file or directory'],
    ['at leader: etcdctl get x', 127, 'etcdctl: command not found'],
    ['test 1 -eq x', 2, 'x: integer expression expected'],
  ])('says what is wrong with %s', (line, code, text) => {
    const { printed, failure } = play(`${line}\nexpect ${text}\nexpect-exit ${code}\n`);
    expect(failure?.message).toBeUndefined();
    expect(printed).toContain(text);
  });

  it('ends when the world does not do what a line says, unless that is expected', () => {
    expect(play('play thaw etcd-1\nplay status\n').failure).toMatchObject({ line: 1, message: 'play: etcd-1 is not frozen' });
    expect(play('play until "leader" --within 1s\n').failure).toMatchObject({ line: 1 });
    expect(play('play thaw etcd-1\n\n# as expected\nexpect-exit 1\n').failure).toBeUndefined();
  });

  it('runs one program in the background, under a name', () => {
    expect(play('ask 127.0.0.1:2379 &\n').failure).toMatchObject({
      message: 'a command in the background needs a name: &NAME LINE (at 1)',
    });
    expect(play('&w ask 127.0.0.1:2379; ask 127.0.0.1:2379\n').failure).toMatchObject({
      message: 'only one program runs in the background (at 4)',
    });
    expect(play('&w nonsense\nwait w\nexpect-exit 127\n').failure).toBeUndefined();
    expect(play('&w ask 127.0.0.1:2379\nplay new --nodes 1\nwait w\n').failure).toMatchObject({
      line: 3,
      message: 'no background command w',
    });
  });

  it.each(['wait nobody', 'signal nobody INT', 'expect x', '< input', 'etcdctl "unclosed', '@12 play status', '@99ms'])(
    'refuses %s',
    (line) => {
      expect(play(line).failure).toMatchObject({ line: 1 });
    },
  );

  it('pipes what one command says into the next', () => {
    const { failure } = play(
      'ask 127.0.0.1:2379 | tr a-z A-Z\nexpect ANSWER ETCD-1\necho hi | ask 127.0.0.1:2479\nexpect in hi\nexpect answer etcd-2\nask 10.0.0.1:1 || ask 127.0.0.1:2379\nexpect answer\nask 10.0.0.1:1 && ask 127.0.0.1:2379\nexpect-exit 2\n',
    );
    expect(failure?.message).toBeUndefined();
  });

  it('gives the same trace twice', () => {
    const text = 'play new --nodes 5 --seed 3\nask 127.0.0.1:2579\nplay kill 2 --power-loss\nplay run 2s\nplay restart 2\nplay run 1s\n';
    expect(play(text).hash).toBe(play(text).hash);
    expect(play(text).hash).not.toBe(play(text.replace('--seed 3', '--seed 4')).hash);
  });
});
