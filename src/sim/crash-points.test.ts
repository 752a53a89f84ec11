import { describe, expect, it } from 'vitest';

import { CRASH_POINT_NAMES, type CrashPoint } from '#etcd/crash-points.ts';
import { playLines } from '#sim/testing/play-lines.ts';

const NEW = 'play new --nodes 3 --seed 8 --snapshot-count 20 --catch-up-entries 3';
const BOOT = [NEW, 'play until "leader and voters = 3 on all and revision >= 1 on all"', 'play run 2s'];
const ALL = '--endpoints=127.0.0.1:2379,127.0.0.1:2479,127.0.0.1:2579';
const puts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `at leader: etcdctl put k${from + i} v`);

/** A follower that missed more than the log holds: it gets a snapshot. */
const LAGGING = ['play isolate 3', ...puts(1, 40), 'play run 1s'];

/** How each point is reached: on whom it is armed, after which lines, by which lines. */
const WAYS: Readonly<Record<CrashPoint, { readonly before?: readonly string[]; readonly on: string; readonly by: readonly string[] }>> = {
  raftBeforeSave: { on: 'leader', by: ['&w etcdctl put a 1'] },
  walBeforeSync: { on: 'leader', by: ['&w etcdctl put a 1'] },
  walAfterSync: { on: 'leader', by: ['&w etcdctl put a 1'] },
  raftAfterSave: { on: 'leader', by: ['&w etcdctl put a 1'] },
  raftBeforeLeaderSend: { on: 'leader', by: [] },
  raftBeforeFollowerSend: { on: '3', by: [] },
  raftBeforeSaveSnap: { before: LAGGING, on: '3', by: ['play heal'] },
  raftAfterSaveSnap: { before: LAGGING, on: '3', by: ['play heal'] },
  raftBeforeApplySnap: { before: LAGGING, on: '3', by: ['play heal'] },
  raftAfterApplySnap: { before: LAGGING, on: '3', by: ['play heal'] },
  applyBeforeOpenSnapshot: { before: LAGGING, on: '3', by: ['play heal'] },
  raftAfterWALRelease: { before: LAGGING, on: '3', by: ['play heal'] },
  playBeforeApply: { on: 'leader', by: ['&w etcdctl put a 1'] },
  playAfterApply: { on: 'leader', by: ['&w etcdctl put a 1'] },
  beforeApplyOneConfChange: { before: ['play run 6s'], on: '3', by: ['&w etcdctl member add etcd-4 --peer-urls=http://127.0.0.1:2680'] },
  playAfterApplyOneConfChange: { before: ['play run 6s'], on: '3', by: ['&w etcdctl member add etcd-4 --peer-urls=http://127.0.0.1:2680'] },
  beforeCommit: { on: '3', by: ['&w etcdctl put a 1'] },
  afterCommit: { on: '3', by: ['&w etcdctl put a 1'] },
  compactBeforeCommitScheduledCompact: { before: puts(1, 5), on: '3', by: ['&w etcdctl compact 4'] },
  compactBeforeCommitBatch: { before: puts(1, 5), on: '3', by: ['&w etcdctl compact 4'] },
  compactAfterCommitBatch: { before: puts(1, 5), on: '3', by: ['&w etcdctl compact 4'] },
  compactBeforeSetFinishedCompact: { before: puts(1, 5), on: '3', by: ['&w etcdctl compact 4'] },
  compactAfterSetFinishedCompact: { before: puts(1, 5), on: '3', by: ['&w etcdctl compact 4'] },
  defragBeforeCopy: { on: '3', by: ['&w etcdctl --endpoints=127.0.0.1:2579 defrag'] },
  defragBeforeRename: { on: '3', by: ['&w etcdctl --endpoints=127.0.0.1:2579 defrag'] },
};

describe('a crash point (etcd: gofail)', () => {
  it.each(CRASH_POINT_NAMES)('%s: the member dies there, comes back, and nothing acknowledged is lost', (point) => {
    const { before = [], on, by } = WAYS[point];
    const lines = [...BOOT, `etcdctl put survives yes`, ...before];
    const run = playLines(
      ...lines,
      `play kill ${on} --at ${point}`,
      ...by,
      'play run 3s',
      'play restart all',
      `play until "leader and key \\"survives\\" = \\"yes\\" on all" --within 30s`,
      'expect-exit 0',
      `etcdctl ${ALL} put again yes --command-timeout=20s`,
      'expect OK',
      'play until "applied >= 1 on all and faults = 0"',
    );
    expect(run.failure).toBeUndefined();
    const reached = run.events.filter((e) => e.type === 'crash-point-reached');
    expect(reached).toMatchObject([{ point, powerLoss: false }]);
    expect(run.world.core.seats.map((s) => s.life)).toEqual(['up', 'up', 'up']);
  });

  it('lets stand what was sent before, and nothing after it happens: a leader that dies between send and flush has its entry on the followers', () => {
    const run = playLines(
      ...BOOT,
      'play kill leader --at walBeforeSync --power-loss',
      '&w etcdctl put sent yes',
      'play until "leader and term >= 3" --within 20s',
      'play until "key \\"sent\\" = \\"yes\\"" --within 20s',
    );
    expect(run.failure).toBeUndefined();
    const died = run.events.find((e) => e.type === 'crash-point-reached');
    const member = died?.type === 'crash-point-reached' ? died.member : 0;
    expect(run.events.filter((e) => e.id > 0 && e.at > (died?.at ?? 0) && 'member' in e && e.member === member)).toEqual([]);
  });

  it('refuses a name that is none, with the names that there are, and a member that does not run', () => {
    const run = playLines(
      NEW,
      'play kill 1 --at nowhere',
      'expect no crash point "nowhere": there are raftBeforeSave',
      'expect-exit 1',
      'play kill 1',
      'play kill 1 --at beforeCommit',
      'expect etcd-1 is not running',
    );
    expect(run.failure).toBeUndefined();
  });

  it('is told by play status and taken back by play heal --all', () => {
    const run = playLines(
      ...BOOT,
      'play kill 2 --at beforeCommit --power-loss',
      'play status',
      'expect fault etcd-2 kill at beforeCommit power-loss',
      'play until "faults = 1 on etcd-2"',
      'play heal --all',
      'etcdctl put a b',
      'play run 2s',
      'play until "alive etcd-2 and faults = 0" --within 1s',
      'expect-exit 0',
    );
    expect(run.failure).toBeUndefined();
  });
});
