import { describe, expect, it } from 'vitest';

import { playLines } from '#sim/testing/play-lines.ts';

const BOOT = ['play new --nodes 3 --seed 8', 'play until "leader = etcd-1 and voters = 3 on all"', 'play run 1s'];

describe('bandwidth', () => {
  it('makes each message wait for the one before it, and off ends it', () => {
    const run = playLines(
      ...BOOT,
      'play link etcd-1 > etcd-2 --bandwidth 100B/s',
      'etcdctl put a 1',
      'play run 6s',
      'play link etcd-1 > etcd-2 --bandwidth off',
      'play until "faults = 0"',
      'play run 20s',
      'play until "key \\"a\\" = \\"1\\" on all" --within 10s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    const sent = new Map(run.events.flatMap((e) => (e.type === 'message-sent' ? [[e.id, { at: e.at, bytes: e.bytes }] as const] : [])));
    const arrived = run.events.flatMap((e) =>
      e.type === 'message-delivered' && e.from === 1 && e.to === 2 && e.at > 4_000_000 && e.at < 8_000_000
        ? [{ ...sent.get(e.cause), got: e.at }]
        : [],
    );
    expect(arrived.length).toBeGreaterThan(3);
    for (const { at = 0, bytes = 0, got } of arrived) expect(got - at).toBeGreaterThanOrEqual((bytes / 100) * 1_000_000);
  });
});

describe('clocks', () => {
  it('a jump moves the time of day that a member tells and nothing that it times', () => {
    const lines = (jump: string): ReturnType<typeof playLines> => playLines(...BOOT, jump, 'etcdctl put a 1', 'play run 3s');
    const jumped = lines('play clock etcd-2 --jump=-5s');
    const rated = lines('play clock etcd-2 --rate 1');
    expect(jumped.failure).toBeUndefined();
    expect(jumped.world.core.seats[1]?.clock).toMatchObject({ rate: 1, offset: -5_000_000 });
    const member = (run: ReturnType<typeof playLines>) => run.events.filter((e) => e.type === 'raft').map((e) => e.at);
    expect(member(jumped)).toEqual(member(rated));
  });

  const V2 = ['play new --nodes 3 --seed 8 --enable-v2', 'play until "leader = etcd-1 and voters = 3 on all"', 'play run 1s'];
  const KEY = 'http://127.0.0.1:2479/v2/keys/a';

  it("what the v2 API is to forget goes by the leader's time of day, what a lease holds by its monotonic clock", () => {
    const run = playLines(
      ...V2,
      `curl ${KEY} -XPUT -d value=1 -d ttl=3600`,
      'expect "ttl":3600',
      'etcdctl lease grant 3600',
      // A follower's time of day says how long is left, and ends nothing.
      'play clock etcd-2 --jump 30m',
      `curl ${KEY}`,
      'expect "ttl":1800',
      'play clock etcd-3 --jump 5h',
      'play run 2s',
      `curl ${KEY}`,
      'expect "value":"1"',
      'play clock etcd-1 --jump 2h',
      'play run 2s',
      `curl ${KEY}`,
      'expect Key not found',
      'etcdctl lease list',
      'expect found 1 leases',
    );
    expect(run.failure).toBeUndefined();
  });

  it('whoever takes a request of the v2 API says when its key ends; the answers bear the date of whom is asked', () => {
    const run = playLines(
      ...V2,
      'play clock etcd-2 --jump=-2h',
      `curl -i ${KEY} -XPUT -d value=1 -d ttl=3600`,
      'expect Date: Sun, 31 Dec 2023 22:00:0',
      'play run 2s',
      `curl -i ${KEY}`,
      'expect Key not found',
      'curl -i http://127.0.0.1:2379/version',
      'expect Date: Mon, 01 Jan 2024 00:00:0',
      'play heal --all',
      'curl -i http://127.0.0.1:2479/version',
      'expect Date: Mon, 01 Jan 2024 00:00:0',
    );
    expect(run.failure).toBeUndefined();
  });

  it('a member that starts, or knows a leader, remembers when by its time of day then', () => {
    const run = playLines(
      ...V2,
      'play clock etcd-2 --jump 24h',
      'play kill 2',
      'play restart 2',
      'play run 2s',
      'play clock etcd-2 --jump=-24h',
      'curl http://127.0.0.1:2479/v2/stats/self',
      'expect "startTime":"2024-01-02T00:00:0',
      'curl http://127.0.0.1:2379/v2/stats/self',
      'expect "startTime":"2024-01-01T00:00:00',
    );
    expect(run.failure).toBeUndefined();
  });

  it('refuses a line that says nothing', () => {
    const run = playLines(...BOOT, 'play clock etcd-2', 'expect play clock needs --rate', 'expect-exit 2');
    expect(run.failure).toBeUndefined();
  });
});

describe('play crash', () => {
  it('makes an assertion fail: the log ends with it, the end names the command, and a restarted member goes on', () => {
    const run = playLines(
      ...BOOT,
      'etcdctl put a 1',
      'play crash leader',
      'play until "dead etcd-1" --within 10ms',
      'expect-exit 0',
      'play crash 1',
      'expect etcd-1 is not running',
      'expect-exit 1',
      'play restart 1',
      'play until "key \\"a\\" = \\"1\\" on all and alive etcd-1" --within 20s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    const [crashed] = run.events.flatMap((e) => (e.type === 'member-crashed' ? [e] : []));
    expect(crashed?.reason).toMatch(/^forced by play crash: applied \d+ of \d+ committed entries$/);
    const panic = run.events.find((e) => e.type === 'log' && e.id === crashed?.cause);
    expect(panic).toMatchObject({ message: crashed?.reason });
    expect(run.events.find((e) => e.id === panic?.cause)?.type).toBe('command');
  });
});

describe('election timers', () => {
  it.each([
    ['align', [10, 10]],
    ['spread', [10, 19]],
  ])('%s: those that do not lead begin anew', (mode, ticks) => {
    const run = playLines(...BOOT, `play timers ${mode}`, 'play step');
    expect(run.failure).toBeUndefined();
    expect(run.events.flatMap((e) => (e.type === 'timer-set' ? [e.ticks] : []))).toEqual(ticks);
    const [, second, third] = run.world.core.seats.map((s) => s.status?.electionTimeout);
    expect([second, third]).toEqual(ticks);
  });

  it('a leader has none', () => {
    const run = playLines(...BOOT, 'play timers align leader', 'expect etcd-1 has no election timer: it leads', 'expect-exit 1');
    expect(run.failure).toBeUndefined();
  });
});

describe('mending', () => {
  it('play heal mends the network, play heal --all everything that is in force', () => {
    const run = playLines(
      ...BOOT,
      'play disk 2 --latency spiky:1ms..9ms --full --tear 4',
      'play clock 3 --rate 1.5 --jump 1s',
      'play client shop --retry blind',
      'play link 1 > 2 --loss 3% --bandwidth 9KB',
      'play isolate 3',
      'play kill 1 --at defragBeforeCopy',
      'play status',
      'expect fault network partition etcd-1,etcd-2 / etcd-3',
      'expect fault network link etcd-1 > etcd-2 loss 3% bandwidth 9000B/s',
      'expect fault etcd-1 kill at defragBeforeCopy',
      'expect fault etcd-2 disk latency spiky:1ms..9ms',
      'expect fault etcd-2 disk full',
      'expect fault etcd-2 disk tear 4',
      'expect fault etcd-3 clock rate 1.5',
      'expect fault etcd-3 clock off by 1000ms',
      'expect client shop retry blind',
      'play heal',
      'play until "faults = 6" --within 1ms',
      'expect-exit 0',
      'play heal --all',
      'play until "faults = 0" --within 1ms',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
  });
});

describe('a client that retries blindly', () => {
  it('sends again only what it began so, and its program hears one answer', () => {
    const run = playLines(
      ...BOOT,
      'play client shop --retry blind',
      'play kill etcd-1 --at playAfterApply',
      'play exec buy --client shop -- etcdctl --command-timeout=30s put stock sold',
      'play until "dead etcd-1" --within 2s',
      'play restart etcd-1',
      'play until "outcome buy = ok" --within 20s',
      'expect-exit 0',
      'etcdctl get stock -w fields',
      'expect "Version" : 2',
    );
    expect(run.failure).toBeUndefined();
    expect(run.events.filter((e) => e.type === 'call-retried').length).toBeGreaterThan(0);
    expect(run.events.filter((e) => e.type === 'call-ended' && e.process === 'buy')).toHaveLength(1);
  });
});
