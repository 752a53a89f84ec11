import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runRaftConformance, runScript } from '#cli/conformance/raft/run.ts';
import { parseScript } from '#cli/conformance/raft/script.ts';

const UPSTREAM = '../shared/conformance/raft';
const OWN = 'src/raft/testdata';

/** Every command of the language and its `key=value` arguments, from etcd-io/raft's description of it. */
const LANGUAGE: Readonly<Record<string, readonly string[]>> = {
  'add-nodes': [
    'voters',
    'learners',
    'index',
    'content',
    'inflight',
    'async-storage-writes',
    'prevote',
    'checkquorum',
    'max-committed-size-per-ready',
    'disable-conf-change-validation',
    'read-only',
    'step-down-on-removal',
  ],
  campaign: [],
  compact: [],
  'deliver-msgs': ['drop', 'type'],
  'process-ready': [],
  'process-append-thread': [],
  'process-apply-thread': [],
  'log-level': [],
  'raft-log': [],
  'raft-state': [],
  'set-randomized-election-timeout': ['timeout'],
  stabilize: ['log-level'],
  status: [],
  'tick-election': [],
  'tick-heartbeat': [],
  'transfer-leadership': ['from', 'to'],
  'forget-leader': [],
  'send-snapshot': [],
  propose: [],
  'propose-conf-change': ['v1', 'transition'],
  'report-unreachable': [],
  _breakpoint: [],
  committed: ['cfg', 'cfgj', 'idx'],
  vote: ['cfg', 'cfgj', 'votes'],
  simple: [],
  'enter-joint': ['autoleave'],
  'leave-joint': [],
};

const lines = (paths: readonly string[]): { readonly out: string[]; readonly passed: number; readonly failed: number } => {
  const out: string[] = [];
  return { out, ...runRaftConformance(paths, (line) => out.push(line)) };
};

describe('scripts of the core', () => {
  it('passes our own', () => {
    const { out, passed } = lines([OWN]);
    expect(out).toEqual([]);
    expect(passed).toBeGreaterThanOrEqual(9);
  });

  it('use every command of the language, with every argument, in our own', () => {
    const used = new Set<string>();
    for (const name of readdirSync(OWN)) {
      for (const { command, args } of parseScript(readFileSync(`${OWN}/${name}`, 'utf8'))) {
        used.add(command);
        for (const { key, hasValue } of args) if (hasValue) used.add(`${command} ${key}`);
      }
    }
    const language = Object.entries(LANGUAGE).flatMap(([command, keys]) => [command, ...keys.map((key) => `${command} ${key}`)]);
    expect(language.filter((word) => !used.has(word))).toEqual([]);
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
    ['the line of an unknown command', '\nfrobnicate 1\n----\nok\n', 'UnknownCommandError: line 2: unknown command frobnicate'],
    [
      'one about quorums',
      'vote cfg=(1) votes=(y)\n----\nVoteWon\n\nelect\n----\nok\n',
      'UnknownCommandError: line 5: unknown command elect',
    ],
    [
      'one about changes',
      'simple\nv1\n----\nvoters=(1)\n1: StateProbe match=0 next=1\n\nhard\n----\nok\n',
      'UnknownCommandError: line 7: unknown command hard',
    ],
    ['an unknown argument', 'add-nodes 1 voter=(1) index=3\n----\nok\n', '+ScriptError: line 1: add-nodes has no argument voter'],
    ['no flag', 'add-nodes 1 prevote=yes\n----\nok\n', '+ScriptError: add-nodes prevote: yes is neither true nor false'],
    ['two values for one', 'add-nodes 1 index=(1,2)\n----\nok\n', '+ScriptError: add-nodes: index needs one value'],
    ['a type that does not exist', 'deliver-msgs 1 type=MsgWhat\n----\nok\n', '+ScriptError: unknown message type MsgWhat'],
    ['a node that gets and loses', 'deliver-msgs 1 drop=(1)\n----\nok\n', '+ScriptError: a node cannot both get and lose messages'],
    ['half a parenthesis', 'add-nodes 1 voters=(1\n----\nok\n', 'ScriptError: unbalanced parentheses in: add-nodes 1 voters=(1'],
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
