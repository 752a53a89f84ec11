/**
 * `npm run mutation -- PATH…`: mutation testing (StrykerJS) of the given files or folders under src, each held to the tests of its own layer.
 *
 * Results of earlier runs are kept in reports/ per set of paths, and only what changed since is tried again. Without a path there is nothing to do:
 * a whole engine takes hours. Exit code 1 if the tests do not pass as they are.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** Characters of a report's name; file systems take 255 bytes with the ending. */
const NAME_MAX = 120;

const USAGE = 'usage: npm run mutation -- PATH…, such as src/raft/quorum.ts or src/raft';

/** The layer's folder of a path under src; undefined if there is no such path. */
function layerOf(path) {
  const [top, layer] = path.split('/');
  return top === 'src' && layer !== undefined && existsSync(join(ROOT, path)) ? `src/${layer}` : undefined;
}

/** Folders whose tests a layer is held to besides its own: the scripts of the Raft core are its tests too. */
const MORE_TESTS = { 'src/raft': ['src/cli/conformance/raft'] };

/** What Stryker is to change: never tests, nor what only tests use. */
function patternsOf(path) {
  if (!statSync(join(ROOT, path)).isDirectory()) return [path];
  return [`${path}/**/*.ts`, `!${path}/**/*.test.ts`, `!${path}/**/testing/**`];
}

/** The name of the set of paths, for its report: the paths themselves, or the first and a digest where that is too long for a file system. */
function reportName(paths) {
  const name = paths.join('+').replaceAll(/[^A-Za-z0-9+]+/g, '-');
  if (name.length <= NAME_MAX) return name;
  return `${name.slice(0, NAME_MAX)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

function main(args) {
  const paths = args.map((arg) => arg.replace(/\/+$/, ''));
  const wrong = paths.find((path) => layerOf(path) === undefined);
  if (paths.length === 0 || wrong !== undefined) {
    console.error(wrong === undefined ? USAGE : `nothing to change at ${wrong}\n${USAGE}`);
    return 2;
  }
  const name = reportName(paths);
  const env = {
    ...process.env,
    MUTATION_TESTS: [...new Set(paths.map(layerOf).flatMap((layer) => [layer, ...(MORE_TESTS[layer] ?? [])]))].join(','),
    MUTATION_REPORT: `reports/mutation/${name}`,
    NO_UPDATE_NOTIFIER: '1',
  };
  const stryker = join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
  const { status } = spawnSync(process.execPath, [stryker, 'run', '--mutate', paths.flatMap(patternsOf).join(',')], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  return status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
