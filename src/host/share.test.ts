import { describe, expect, it } from 'vitest';
import { fragmentToRun, runToFragment } from '#host/share.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec, type RunSpec } from '#sim/run-spec.ts';

const spec: RunSpec = {
  ...newRunSpec(42, { ...defaultRunOptions(), nodes: 5 }),
  commands: Array.from({ length: 50 }, (_, i) => ({
    at: i * 1000,
    command: {
      type: 'start',
      process: `main/${i + 1}`,
      client: 'you',
      argv: ['etcdctl', 'put', `k${i}`, 'v'],
      env: {},
      stdin: undefined,
      columns: 100,
    },
  })),
};

describe('a run as a link', () => {
  it('comes back from its fragment, also beside other parts', () => {
    expect(fragmentToRun(runToFragment(spec))).toEqual({ type: 'ok', run: { spec, head: undefined, view: {} } });
    expect(fragmentToRun(`#theme=dark&${runToFragment(spec)}`)).toEqual({ type: 'ok', run: { spec, head: undefined, view: {} } });
    expect(fragmentToRun('#theme=dark')).toBeUndefined();
  });

  it('is short', () => {
    expect(runToFragment(newRunSpec(1, defaultRunOptions())).length).toBeLessThan(64);
    expect(runToFragment(spec).length).toBeLessThan(1200);
  });

  it('is refused with a reason when it is damaged, for every way to cut it', () => {
    const whole = runToFragment(newRunSpec(42, { ...defaultRunOptions(), nodes: 5 }));
    for (let n = 'run='.length; n < whole.length; n++) {
      const result = fragmentToRun(whole.slice(0, n));
      expect(result?.type).toBe('error');
      expect(result?.type === 'error' && result.message.length > 5).toBe(true);
    }
    expect(fragmentToRun('run=ä§$')?.type).toBe('error');
  });

  it('is read whichever engine made it', () => {
    expect(fragmentToRun(runToFragment({ ...spec, engine: '999' }))).toEqual({
      type: 'ok',
      run: { spec: { ...spec, engine: '999' }, head: undefined, view: {} },
    });
  });
});
