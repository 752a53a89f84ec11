import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runRaftConformance, runScript } from '#cli/conformance/raft/run.ts';

const UPSTREAM = '../shared/conformance/raft';

const lines = (paths: readonly string[]): { readonly out: string[]; readonly passed: number; readonly failed: number } => {
  const out: string[] = [];
  return { out, ...runRaftConformance(paths, (line) => out.push(line)) };
};

describe('scripts of the core', () => {
  it('passes our own', () => {
    const { out, passed } = lines(['src/raft/testdata']);
    expect(out).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(5);
  });

  it.runIf(existsSync(UPSTREAM))("passes etcd-io/raft's byte for byte", () => {
    const { out, failed } = lines([UPSTREAM]);
    expect(out).toEqual([]);
    expect(failed).toBe(0);
  });
});

describe('a script that is wrong', () => {
  it('shows what differs, with the line of the command', () => {
    const script = '# comment\n\nadd-nodes 1 voters=(1) index=3\n----\nINFO 1 switched to configuration voters=(1)\nINFO nonsense\n';
    const problems = runScript(script);
    expect(problems[0]).toBe('line 3: add-nodes');
    expect(problems).toContain(' INFO 1 switched to configuration voters=(1)');
    expect(problems).toContain('-INFO nonsense');
    expect(problems).toContain('+INFO 1 became follower at term 0');
  });

  it.each([
    ['an unknown command', 'frobnicate 1\n----\nok\n', '+unknown command'],
    ['a node that does not exist', 'campaign 3\n----\nok\n', '+ScriptError: there is no node 3'],
    ['no number', 'campaign x\n----\nok\n', '+ScriptError: campaign: "x" is not a number'],
    ['bad bootstrap', 'add-nodes 1 voters=(1)\n----\nok\n', '+index must be specified as > 1 due to bootstrap'],
    ['a bad level', 'log-level loud\n----\nok\n', '+log levels must be either of [DEBUG INFO WARN ERROR FATAL NONE]'],
  ])('%s', (_name, script, line) => {
    expect(runScript(script)).toContain(line);
  });

  it('stops at an assertion of the core and says it', () => {
    const script = 'add-nodes 1 voters=(1) index=3\n----\n\ncompact 1 9\n----\nok\n\ncampaign 1\n----\nok\n';
    const problems = runScript(script);
    expect(problems).toContain('+AssertionError: compaction at 9, the log ends at 3');
    expect(problems.join('\n')).not.toContain('campaign');
  });

  it('names a script without a separator', () => {
    expect(runScript('campaign 1\n')).toEqual(['ScriptError: line 1: no ---- after campaign 1']);
  });
});
