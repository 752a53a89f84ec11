import { describe, expect, it } from 'vitest';
import { FakeDirectory } from '#host/testing/fake-directory.ts';
import { RunStore, type StoredRun } from '#host/run-store.ts';
import { SlotFiles } from '#host/slot-files.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';

const spec = newRunSpec(7, { ...defaultRunOptions(), nodes: 5 });
const commands: readonly TimedCommand[] = [
  { at: 10, command: { type: 'heal' } },
  { at: 20, command: { type: 'kill', nodes: ['leader'], powerLoss: true } },
];
const checkpoint = {
  world: Uint8Array.of(1, 2),
  members: [{ actor: 1, state: undefined, stateBlocks: [], diskBlocks: [], disk: Uint8Array.of(3) }],
};

const openFiles = (dir: FakeDirectory): Promise<SlotFiles> => SlotFiles.open((n) => dir.open(`slot-${n}`), dir.size);

async function stored(): Promise<{ readonly dir: FakeDirectory; readonly store: RunStore; readonly files: SlotFiles }> {
  const dir = new FakeDirectory();
  const files = await openFiles(dir);
  const store = new RunStore(files);
  store.begin(spec);
  return { dir, store, files };
}

async function reload(dir: FakeDirectory): Promise<StoredRun> {
  dir.revive();
  const result = new RunStore(await openFiles(dir)).load();
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  return result.run;
}

describe('the stored run', () => {
  it('comes back with its commands and the present instant', async () => {
    const { dir, store } = await stored();
    store.commands(commands, false);
    for (let now = 0; now <= 50; now++) store.present({ now, played: now - 1, begun: now, paused: false, moving: false });
    expect(await reload(dir)).toEqual({
      spec: { ...spec, commands },
      present: { now: 50, played: 49, begun: 50, paused: false, moving: false },
      checkpoint: undefined,
      branches: undefined,
    });
  });

  it('falls back to the cell before when the last present is torn', async () => {
    const { dir, store, files } = await stored();
    store.present({ now: 5, played: 5, begun: 5, paused: false, moving: false });
    store.present({ now: 6, played: 6, begun: 6, paused: false, moving: false });
    const cells = files.read('present');
    for (const at of [8, 64 + 8]) {
      const torn = cells.slice();
      torn[at] = (torn[at] ?? 0) ^ 0xff;
      files.replace('present', torn);
      const result = new RunStore(files).load();
      expect([5, 6]).toContain(result.type === 'run' ? result.run.present.now : result.type);
    }
    expect(dir.size).toBeGreaterThan(0);
  });

  it('takes the newest whole checkpoint that is not later than the present', async () => {
    const { dir, store, files } = await stored();
    store.present({ now: 100, played: 100, begun: 100, paused: false, moving: false });
    for (const at of [10, 60, 90]) {
      store.checkpoint({ at, checkpoint, view: { seq: at } });
      await files.reserve();
    }
    expect(files.list().filter((n) => n.startsWith('checkpoint'))).toHaveLength(2);
    expect((await reload(dir)).checkpoint).toEqual({ at: 90, checkpoint, view: { seq: 90 } });
  });

  it('says what is wrong and deletes nothing when it is damaged', async () => {
    const { dir, store, files } = await stored();
    store.commands(commands, false);
    const bytes = files.read('commands').slice();
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    files.replace('commands', bytes);
    const before = files.list();
    expect(new RunStore(files).load()).toMatchObject({ type: 'broken', detail: expect.stringContaining('stored command 1') as string });
    expect(files.list()).toEqual(before);
    expect(dir.size).toBeGreaterThan(0);
  });

  it('says so when the beginning of every file is destroyed', async () => {
    const { dir, store, files } = await stored();
    store.commands(commands, false);
    files.close();
    for (let slot = 0; slot < dir.size; slot++) if (dir.holds(`slot-${slot}`, '')) dir.flip(`slot-${slot}`, 5);
    dir.revive();
    const damaged = await openFiles(dir);
    expect(new RunStore(damaged).load()).toMatchObject({ type: 'broken' });
    damaged.close();
    dir.revive();
    expect(new RunStore(await openFiles(new FakeDirectory())).load()).toEqual({ type: 'none' });
  });

  it('leaves out a command whose record was cut short', async () => {
    const { dir, store, files } = await stored();
    store.commands(commands, false);
    files.truncate('commands', files.size('commands') - 3);
    expect((await reload(dir)).spec.commands).toEqual(commands.slice(0, 1));
  });

  it('writes the list anew when another branch begins', async () => {
    const { dir, store } = await stored();
    store.commands(commands, false);
    store.commands(commands.slice(0, 1), true);
    expect((await reload(dir)).spec.commands).toEqual(commands.slice(0, 1));
  });

  it('writes the list anew when the branch has as many commands as the one that was left', async () => {
    const { dir, store } = await stored();
    store.commands(commands, false);
    const other = commands.map(({ at, command }) => ({ at: at + 1, command }));
    store.commands(other, true);
    expect((await reload(dir)).spec.commands).toEqual(other);
  });

  it('keeps the branches, and does without them when they are damaged', async () => {
    const { dir, store, files } = await stored();
    const state = {
      current: 2,
      bookmarks: [],
      branches: [
        { id: 1, name: 'a', parent: undefined, forkedAt: 0, commands, head: 9 },
        { id: 2, name: '', parent: 1, forkedAt: 5, commands: [], head: 7 },
      ],
    };
    await files.reserve();
    store.branches(state);
    await files.reserve();
    expect((await reload(dir)).branches).toEqual(state);
    const bytes = files.read('branches').slice();
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    files.replace('branches', bytes);
    const again = new RunStore(files).load();
    expect(again.type === 'run' ? again.run.branches : again.type).toBeUndefined();
  });
});
