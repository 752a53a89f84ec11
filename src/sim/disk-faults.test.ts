import { describe, expect, it } from 'vitest';

import { LOG_LINES } from '#etcd/log-lines.ts';
import { playLines, type PlayedLines } from '#sim/testing/play-lines.ts';

const BOOT = ['play new --nodes 3 --seed 8', 'play until "leader and voters = 3 on all"', 'play run 2s'];
const ALL = '--endpoints=127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579';
/** The leader of that run is etcd-1. */
const LEADER = 'play until "leader = etcd-1"';

const logged = (run: PlayedLines, line: keyof typeof LOG_LINES): number =>
  run.events.filter((e) => e.type === 'log' && e.line === LOG_LINES[line].id).length;
const crashes = (run: PlayedLines): readonly string[] => run.events.flatMap((e) => (e.type === 'member-crashed' ? [e.reason] : []));

describe('a full disk', () => {
  it('ends the member with the write that finds no space, in the words of etcd; freed and restarted it goes on', () => {
    const run = playLines(
      ...BOOT,
      'etcdctl put survives yes',
      'play disk 2 --full',
      'play status',
      'expect fault etcd-2 disk full',
      'etcdctl put a 1',
      'play until "dead etcd-2" --within 2s',
      'expect-exit 0',
      'play restart 2',
      'play run 2s',
      'play until "dead etcd-2" --within 1s',
      'expect-exit 0',
      'play disk 2 --full=false',
      'play restart 2',
      'play until "key \\"a\\" = \\"1\\" on all and faults = 0" --within 20s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    expect(crashes(run)[0]).toMatch(/^write wal\/.*: no space left on device$/);
    expect(logged(run, 'save-failed')).toBeGreaterThan(0);
  });

  it('keeps an installed snapshot and the backend from being written too', () => {
    const run = playLines(
      'play new --nodes 1 --seed 1',
      'play until "leader"',
      'play run 1s',
      'play disk 1 --full',
      'play run 20s',
      '&w etcdctl put a 1',
      'play run 1s',
      'play until "dead 1" --within 1s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
  });
});

describe('a failing fsync', () => {
  it('stops the member before it acknowledges anything: etcd never goes on after one', () => {
    const run = playLines(
      ...BOOT,
      'play disk followers --fail-fsync',
      'etcdctl put a 1 --command-timeout=2s',
      'expect-exit 1',
      'play until "dead etcd-2 and dead etcd-3"',
      'play disk all --fail-fsync=false',
      'play restart all',
      `play until "leader" --within 20s`,
      `etcdctl ${ALL} put b 1`,
      'expect OK',
    );
    expect(run.failure).toBeUndefined();
    expect(crashes(run)).toEqual([expect.stringMatching(/^sync wal\/.*: input\/output error$/), expect.stringMatching(/^sync wal/)]);
  });
});

describe('a torn write', () => {
  it('leaves as many bytes as were chosen when the power goes, and the log is repaired as etcd does', () => {
    const run = playLines(
      ...BOOT,
      LEADER,
      'play disk 1 --tear 20',
      'play kill 1 --at walBeforeSync --power-loss',
      '&w etcdctl put torn yes',
      'play until "dead etcd-1" --within 2s',
      'expect-exit 0',
      'play restart 1',
      'play until "leader and applied >= 1 on all and alive etcd-1" --within 20s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    const lines = run.events.flatMap((e) => (e.type === 'log' && [82, 83, 84].includes(e.line) ? [e.message] : []));
    expect(lines).toEqual(['repairing', 'repaired', 'repaired WAL']);
    expect(run.world.core.seats[0]?.disk.tear).toBeUndefined();
  });

  it('every byte at which it may be torn is recovered from', () => {
    for (let bytes = 0; bytes < 140; bytes += 7) {
      const run = playLines(
        ...BOOT,
        `play disk 1 --tear ${bytes}`,
        'play kill 1 --at walBeforeSync --power-loss',
        '&w etcdctl put torn yes',
        'play until "dead etcd-1" --within 2s',
        'play restart 1',
        'play until "leader" --within 20s',
        `etcdctl ${ALL} put b 1`,
        'expect OK',
        'play run 1s',
        'play until "key \\"b\\" = \\"1\\" on all" --within 9s',
      );
      expect(run.failure).toBeUndefined();
    }
  });
});

describe('a flipped bit', () => {
  it('is found by the checksum at the next start, which is refused; the member comes back by remove, wipe, add', () => {
    const run = playLines(
      ...BOOT,
      'etcdctl put survives yes',
      'etcdctl put more yes',
      'play disk 2 --corrupt',
      'play run 1s',
      'etcdctl put still fine',
      'expect OK',
      'play kill 2',
      'play restart 2',
      'play run 500ms',
      'play until "dead etcd-2" --within 1s',
      'expect-exit 0',
      'play status',
      'expect fault etcd-2 disk corrupt',
      'play run 6s',
      'etcdctl member remove 72ab37cc61e2023b',
      'expect removed',
      'play wipe 2',
      'etcdctl member add etcd-2 --peer-urls=http://127.0.0.1:2480',
      'expect added',
      'play start etcd-2',
      'play until "key \\"survives\\" = \\"yes\\" on all and faults = 0 and alive etcd-2" --within 20s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    expect(crashes(run)).toEqual([expect.stringMatching(/^walpb: crc mismatch/)]);
    expect(logged(run, 'start-failed')).toBe(1);
  });

  it('wherever it is drawn, no member starts with changed data', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const run = playLines(
        `play new --nodes 3 --seed ${seed}`,
        'play until "leader and voters = 3 on all"',
        'play run 1s',
        'etcdctl put a 1',
        'play disk 2 --corrupt',
        'play kill 2',
        'play restart 2',
        'play run 1s',
        'play until "dead etcd-2" --within 1s',
        'expect-exit 0',
      );
      expect(run.failure).toBeUndefined();
      expect(crashes(run)[0]).toMatch(/^walpb: crc mismatch/);
    }
  });
});

describe('a flipped bit elsewhere', () => {
  const FILLED = [
    'play new --nodes 3 --seed 8 --snapshot-count 10 --catch-up-entries 100',
    'play until "leader and voters = 3 on all"',
    'play run 1s',
    ...Array.from({ length: 12 }, (_, i) => `etcdctl put k${i} v`),
  ];
  const BACK = ['play kill 2', 'play restart 2', 'play run 1s'];

  it('in the newest snapshot: that is set aside, and the member starts from an older one or its whole log', () => {
    const run = playLines(
      ...FILLED,
      'play disk 2 --corrupt --file snap',
      'play until "faults = 0" --within 1ms',
      'expect-exit 0',
      ...BACK,
      'play until "key \\"k11\\" = \\"v\\" on all and alive etcd-2" --within 20s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    expect(logged(run, 'broken-snapshot')).toBe(1);
    expect(crashes(run)).toEqual([]);
  });

  it('in a file by its name', () => {
    const run = playLines(
      ...FILLED,
      'play disk 2 --corrupt=30 --file wal/0000000000000000-0000000000000000.wal',
      ...BACK,
      'play until "dead etcd-2" --within 1s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
  });

  it.each([
    ['play disk 2 --full --file snap', '--file says where --corrupt flips a bit'],
    ['play disk 2 --corrupt --file ../etc', '--file: wal, snap or a file such as'],
  ])('%s is refused', (line, why) => {
    expect(playLines(...BOOT, line, `expect ${why}`, 'expect-exit 2').failure).toBeUndefined();
  });
});

describe('a slow disk', () => {
  it('costs the leader its heartbeats and then the leadership, and its log says so as etcd does', () => {
    const run = playLines(
      ...BOOT,
      'play disk leader --latency 4s',
      '&w etcdctl put a 1',
      'play until "lead-changes >= 2 on all" --within 20s',
      'expect-exit 0',
      'play run 3s',
      'play heal --all',
      'play until "faults = 0"',
    );
    expect(run.failure).toBeUndefined();
    expect(logged(run, 'slow-fdatasync')).toBeGreaterThan(0);
  });

  it('makes heartbeats late without costing the leadership when it is only rather slow', () => {
    const run = playLines(
      ...BOOT,
      'play disk leader --latency 450ms',
      'etcdctl put a 1',
      'play run 2s',
      'play until "lead-changes = 1 on all" --within 1s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    expect(logged(run, 'heartbeat-late')).toBeGreaterThan(0);
    expect(logged(run, 'slow-fdatasync')).toBe(0);
  });

  it('a slow backend makes slow answers and no election', () => {
    const run = playLines(
      ...BOOT,
      'play disk all --backend-latency 1500ms',
      'etcdctl put a 1',
      'play run 1s',
      'etcdctl put b 1',
      'etcdctl get b',
      'play run 4s',
      'play until "lead-changes = 1 on all" --within 1s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
    expect(logged(run, 'slow-apply')).toBeGreaterThan(0);
  });

  it('spiky: flushes are mostly quick and seldom slow, and the same in every run', () => {
    const lines = [
      ...BOOT,
      'play disk all --latency spiky:1ms..2s',
      ...Array.from({ length: 60 }, (_, i) => `etcdctl ${ALL} put k${i} v --command-timeout=20s`),
    ];
    const run = playLines(...lines);
    expect(run.failure).toBeUndefined();
    const begun = new Map<string, number>();
    const took: number[] = [];
    for (const e of run.events) {
      if (e.type === 'save-submitted' && e.sync) begun.set(`${Math.floor(e.id / 2 ** 40)}/${e.op}`, e.at);
      if (e.type === 'disk-completed' && e.at > 2_600_000) took.push(e.at);
    }
    expect(took.length).toBeGreaterThan(100);
    expect(playLines(...lines).hash).toBe(run.hash);
  });
});
