import { describe, expect, it } from 'vitest';

import { AssertionError } from '#kernel/assert.ts';
import { eventId, simTime } from '#kernel/brand.ts';
import { DecodeError } from '#kernel/codec.ts';
import { CrashPointReached } from '#etcd/crash-points.ts';
import { haltOf } from '#etcd/halt.ts';
import { LOG_LINES } from '#etcd/log-lines.ts';
import { Outbox } from '#etcd/outbox.ts';
import { StartError } from '#etcd/start-checks.ts';
import { decodeTrace } from '#trace/event.ts';
import { DiskError } from '#wal/disk.ts';

const CAUSE = eventId(0, 7);

function halted(error: unknown) {
  const out = new Outbox(1, 1, simTime(5));
  out.cause = CAUSE;
  const halt = haltOf(error, out);
  const lines = decodeTrace(out.take().trace).flatMap((e) => (e.type === 'log' ? [e] : []));
  return { halt, lines };
}

describe('the end of a member', () => {
  it('by a failed assertion: its log ends with it, and its trace leads back to what it was doing', () => {
    const { halt, lines } = halted(new AssertionError('entry 3 is applied after 5'));
    expect(lines).toMatchObject([{ message: 'entry 3 is applied after 5', cause: CAUSE, level: 4 }]);
    expect(halt).toEqual({ type: 'assertion', message: 'entry 3 is applied after 5', event: lines[0]?.id });
  });

  it.each([
    ['wal/0.wal', 'save-failed'],
    ['snap/1.snap', 'save-snapshot-failed'],
    ['', 'commit-failed'],
  ] as const)('by its disk, at %j, in the words of etcd', (file, line) => {
    const { halt, lines } = halted(new DiskError('full', 'write: no space left on device', file));
    expect(lines).toMatchObject([{ line: LOG_LINES[line].id, message: LOG_LINES[line].message, level: 4 }]);
    expect(halt).toMatchObject({ type: 'disk', event: lines[0]?.id });
  });

  it.each([new StartError('walpb: crc mismatch'), new DecodeError('short')])('by a refused start: %s', (error) => {
    const { halt, lines } = halted(error);
    expect(lines.map((l) => l.message)).toEqual(['failed to start etcd', 'discovery failed']);
    expect(halt.type).toBe('start');
  });

  it('at a crash point it says nothing more; a defect of the host is no end of a member', () => {
    const { halt, lines } = halted(new CrashPointReached('raftBeforeSave'));
    expect(lines).toEqual([]);
    expect(halt).toMatchObject({ type: 'crash-point', message: expect.stringContaining('raftBeforeSave') });
    expect(() => halted(new TypeError('x'))).toThrow('x');
  });
});
