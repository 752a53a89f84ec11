/**
 * `npm run conformance -- KIND PATH…`: holds the engine against recorded data. Prints `FAIL PATH` and a difference for each case that
 * fails, and last `N passed, M failed`; exits 1 if any failed.
 */

import { existsSync } from 'node:fs';
import { runGatewayConformance } from '#cli/conformance/etcd/gateway.ts';
import { runEtcdConformance } from '#cli/conformance/etcd/run.ts';
import { runRaftConformance, type ConformanceCount } from '#cli/conformance/raft/run.ts';

type Runner = (paths: readonly string[], out: (line: string) => void) => ConformanceCount;

/** The kinds of data. */
const RUNNERS: Readonly<Record<string, Runner>> = {
  raft: runRaftConformance,
  etcd: runEtcdConformance,
  gateway: runGatewayConformance,
};

function main(args: readonly string[]): number {
  const [kind = '', ...paths] = args;
  const run = Object.hasOwn(RUNNERS, kind) ? RUNNERS[kind] : undefined;
  if (run === undefined || paths.length === 0) {
    console.error(`usage: conformance ${Object.keys(RUNNERS).join('|')} PATH…`);
    return 1;
  }
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    console.error(`conformance ${kind}: no such file or folder: ${missing.join(', ')}`);
    return 1;
  }
  const { passed, failed } = run(paths, (line) => console.log(line));
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
