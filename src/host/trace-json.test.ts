/** The trace as a file. */
import { describe, expect, it } from 'vitest';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { readGivenRun } from '#host/share.ts';
import { traceJson } from '#host/trace-json.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';

const SECOND = 1_000_000;

interface TraceFile {
  readonly run: { readonly seed: number; readonly commands: readonly unknown[] };
  readonly traceHash: string;
  readonly omitted: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

const read = async (at: number, commands: Parameters<typeof traceJson>[1]['commands'] = []): Promise<TraceFile> => {
  const { environment } = new TestTab(new FakeStorage());
  const spec = { ...newRunSpec(7, defaultRunOptions()), commands };
  return JSON.parse(await traceJson(environment, spec, at)) as TraceFile; // just written
};

describe('a trace as JSON', () => {
  it('tells each event with its cause, and what is encoded inside it', async () => {
    const file = await read(3 * SECOND);
    expect(file.omitted).toBe(0);
    const ids = new Set(file.events.map((event) => event['id']));
    const caused = file.events.filter((event) => event['cause'] !== 0);
    expect(caused.length).toBeGreaterThan(100);
    expect(caused.every((event) => ids.has(event['cause']))).toBe(true);
    const raft = file.events.filter((event) => event['type'] === 'raft').map((event) => event['event']);
    expect(raft).toContainEqual(expect.objectContaining({ type: 'became-leader' }));
  });

  it('is the same for the same run, and carries that run up to its instant', async () => {
    const kill = (at: number) => ({ at, command: { type: 'kill', nodes: ['leader'], powerLoss: false } }) as const;
    const [one, two] = await Promise.all([read(2 * SECOND, [kill(SECOND), kill(9 * SECOND)]), read(2 * SECOND, [kill(SECOND)])]);
    expect(one.traceHash).toBe(two.traceHash);
    expect(one.traceHash).toMatch(/^[0-9a-f]{64}$/);
    expect(one.run.commands).toHaveLength(1);
  });

  it('opens the run that made it', async () => {
    const { environment } = new TestTab(new FakeStorage());
    const spec = newRunSpec(7, defaultRunOptions());
    const read = readGivenRun(await traceJson(environment, spec, SECOND));
    expect(read).toMatchObject({ type: 'ok', run: { spec: { seed: 7, options: spec.options }, head: { at: SECOND } } });
    expect(readGivenRun('{"etcd-playground trace":1,"at":1,"traceHash":"0","run":{}}')).toMatchObject({
      type: 'error',
      where: 'head.trace (line 1)',
    });
  });
});
