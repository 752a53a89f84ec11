/**
 * Holds the conformance runner against the written list of failures: `tools/known-failures.txt` names each case that is argued
 * out of scope, with its reason, and nothing else may fail; a case of the list that passes must leave it.
 *
 * The data is recorded from real etcd and lies beside the project where it is built, not in it. Without it there is nothing to check
 * here, and the project's own tests stand alone.
 *
 * `npm run conformance-list -- --update` writes the list anew: reasons that stand there stay, a new case gets the runner's own first
 * line about it. Read what it wrote before you commit it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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

/** The list, case to reason: `KIND FILE  reason` a line; `#` begins a comment. */
function knownFailures() {
  const lines = existsSync(LIST) ? readFileSync(LIST, 'utf8').split('\n') : [];
  return new Map(
    lines
      .filter((line) => line.trim() !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name = line.trim(), reason = ''] = /^(\S+ \S+)\s*(.*)$/.exec(line.trim()) ?? [];
        return [name, reason];
      }),
  );
}

/** Writes the list of these cases. */
function writeList(failing) {
  const comments = readFileSync(LIST, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('#'));
  const lines = [...failing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, reason]) => `${name}  ${reason}`.trimEnd());
  writeFileSync(LIST, `${[...comments, ...lines].join('\n')}\n`);
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
  const failing = new Map();
  for (const [, path, about = ''] of stdout.matchAll(/^FAIL (\S+)[^\n]*\n?([^\n]*)/gm)) {
    failing.set(`${kind} ${basename(path)}`, /^(FAIL |\d+ passed)/.test(about) ? '' : about.trim().slice(0, 120));
  }
  if (failing.size !== Number(counts[2])) return { kind, broken: `it counts ${counts[2]} failures and names ${failing.size}` };
  return { kind, passed: Number(counts[1]), failing };
}

const known = knownFailures();
const failing = new Map();
let problems = 0;
for (const suite of SUITES) {
  if (!existsSync(suite.path)) {
    console.log(`${suite.kind}: no recorded data here; nothing to check`);
    for (const [name, reason] of known) if (name.startsWith(`${suite.kind} `)) failing.set(name, reason);
    continue;
  }
  const result = runSuite(suite);
  if (result.broken !== undefined) {
    problems += 1;
    console.error(`${suite.kind}: ${result.broken}`);
    continue;
  }
  for (const [name, about] of result.failing) failing.set(name, known.get(name) ?? about);
  const listed = [...result.failing.keys()].filter((name) => known.has(name)).length;
  console.log(`${suite.kind}: ${result.passed} passed, ${result.failing.size} failed, of which ${listed} on the list`);
}

if (process.argv.includes('--update') && problems === 0) {
  writeList(failing);
} else {
  for (const name of failing.keys()) {
    if (known.has(name)) continue;
    problems += 1;
    console.error(`fails and is not on the list: ${name}`);
  }
  for (const name of known.keys()) {
    if (failing.has(name)) continue;
    problems += 1;
    console.error(`is on the list and passes: ${name}`);
  }
}
process.exitCode = problems === 0 ? 0 : 1;
