/**
 * Holds the conformance runner against the written list of failures: `tools/known-failures.txt` names each case that is argued
 * out of scope, with its reason, and nothing else may fail; a case of the list that passes must leave it.
 *
 * The data is recorded from real etcd and lies beside the project where it is built, not in it. Without it there is nothing to check
 * here, and the project's own tests stand alone.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './setup.mjs';

const DATA = join(ROOT, '..', 'shared', 'conformance');
const LIST = join(ROOT, 'tools', 'known-failures.txt');

/** Each kind of data with the folder that holds it. */
const SUITES = [
  { kind: 'raft', path: join(DATA, 'raft') },
  { kind: 'etcd', path: join(DATA, 'etcd', 'transcripts') },
  { kind: 'gateway', path: join(DATA, 'etcd', 'random') },
];

/** The list: `KIND FILE  reason` a line; `#` begins a comment. */
function knownFailures() {
  if (!existsSync(LIST)) return new Set();
  const lines = readFileSync(LIST, 'utf8').split('\n');
  return new Set(
    lines
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
  );
}

/** Runs one suite; the runner prints `FAIL PATH` for each failing file and ends with `N passed, M failed`. */
function runSuite({ kind, path }) {
  const { stdout, stderr, status } = spawnSync('npm', ['run', '--silent', 'conformance', '--', kind, path], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
  });
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  const counts = /^(\d+) passed, (\d+) failed$/.exec(last);
  if (counts === null)
    return { kind, broken: `its last line is not a count (exit ${status}): ${last || stderr.trim().split('\n').at(-1)}` };
  const failing = [...stdout.matchAll(/^FAIL (\S+)/gm)].map((match) => `${kind} ${basename(match[1])}`);
  if (failing.length !== Number(counts[2])) return { kind, broken: `it counts ${counts[2]} failures and names ${failing.length}` };
  return { kind, passed: Number(counts[1]), failing };
}

const known = knownFailures();
const seen = new Set();
let problems = 0;
for (const suite of SUITES) {
  if (!existsSync(suite.path)) {
    console.log(`${suite.kind}: no recorded data here; nothing to check`);
    for (const name of known) if (name.startsWith(`${suite.kind} `)) seen.add(name);
    continue;
  }
  const result = runSuite(suite);
  if (result.broken !== undefined) {
    problems += 1;
    console.error(`${suite.kind}: ${result.broken}`);
    continue;
  }
  const unexpected = result.failing.filter((name) => !known.has(name));
  for (const name of result.failing) seen.add(name);
  for (const name of unexpected) console.error(`fails and is not on the list: ${name}`);
  problems += unexpected.length;
  console.log(
    `${suite.kind}: ${result.passed} passed, ${result.failing.length} failed, of which ${result.failing.length - unexpected.length} on the list`,
  );
}
for (const name of known) {
  if (!seen.has(name)) {
    problems += 1;
    console.error(`is on the list and passes: ${name}`);
  }
}
process.exitCode = problems === 0 ? 0 : 1;
