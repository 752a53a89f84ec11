/** Words that etcdctl cannot take, against what the real etcdctl 3.4.23 said with nobody at its endpoint. Help is in our own words. */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { etcdctl } from '#ctl/etcdctl/program.ts';
import { ScriptedRun } from '#ctl/testing/scripted-server.ts';

const Recorded = v.object({ argv: v.array(v.string()), stdout: v.string(), stderr: v.string(), code: v.number() });
const recorded = readFileSync(new URL('testdata/usage.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => v.parse(Recorded, JSON.parse(line)));
const GLOBALS = ['--endpoints', 'http://127.0.0.1:1', '--command-timeout', '120ms', '--dial-timeout', '100ms'];

test.each(recorded.map((c) => [c.argv.join(' '), c] as const))('etcdctl %s', (_, c) => {
  const run = new ScriptedRun(etcdctl, ['etcdctl', ...GLOBALS, ...c.argv], () => ({ type: 'refuse' }), { profile: '3.4.23', columns: 0 });
  run.settle().end().pass(3_900_000);
  expect([run.code, run.stdout.startsWith('NAME:') ? '{{help}}' : run.stdout, run.stderr]).toEqual([c.code, c.stdout, c.stderr]);
});
