/**
 * `npm run scenario -- FILE [--hash] [--trace FILE] [--check] [--calm] [--break RULE]`: plays a scenario file headless, as fast as possible, and prints what
 * the terminal would. The first failed expectation ends the run with its line on standard error and exit code 1. With `--check` all checks of chaos runs
 * look on, and what they find is printed (exit code 1); `--calm` says that nothing but members that come back may disturb a leader. `--break` breaks a rule
 * on purpose. With `--hash` the last line is `trace sha256 HEX`.
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

import { playChecked } from '#checker/checked-scenario.ts';
import { violationText, type Violation } from '#checker/violation.ts';
import { BROKEN_RULES, type BrokenRule } from '#kernel/broken-rule.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { loadScenario, type LoadedScenario } from '#sim/load-scenario.ts';
import { PROGRAMS } from '#sim/programs.ts';
import type { OutputSink } from '#sim/scenario.ts';
import type { ScenarioFailure } from '#sim/scenario.ts';
import type { TraceSink } from '#sim/trace-log.ts';

const USAGE = 'usage: npm run scenario -- FILE [--hash] [--trace FILE] [--check] [--calm] [--break RULE]';

interface Arguments {
  readonly file: string;
  readonly hash: boolean;
  readonly trace: string | undefined;
  readonly check: boolean;
  readonly calm: boolean;
  readonly broken: readonly BrokenRule[];
}

/** The arguments, or what is wrong with them. */
export function readArguments(args: readonly string[]): Arguments | string {
  let file: string | undefined;
  let hash = false;
  let trace: string | undefined;
  let check = false;
  let calm = false;
  const broken: BrokenRule[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--hash') hash = true;
    else if (arg === '--check') check = true;
    else if (arg === '--calm') calm = true;
    else if (arg === '--break') {
      const name = args[++i];
      const rule = BROKEN_RULES.find((known) => known === name);
      if (rule === undefined) return `--break: one of ${BROKEN_RULES.join(', ')}`;
      broken.push(rule);
    } else if (arg === '--trace') {
      trace = args[++i];
      if (trace === undefined) return '--trace needs a file';
    } else if (arg.startsWith('-')) return `unknown flag ${arg}`;
    else if (file !== undefined) return `one file at a time, not ${arg} too`;
    else file = arg;
  }
  return file === undefined ? 'a file is missing' : { file, hash, trace, check, calm, broken };
}

function readScenario(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    console.error(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function main(args: readonly string[]): number {
  const read = readArguments(args);
  if (typeof read === 'string') {
    console.error(`${read}\n${USAGE}`);
    return 2;
  }
  const text = readScenario(read.file);
  if (text === undefined) return 1;
  const descriptor = read.trace === undefined ? undefined : openSync(read.trace, 'w');
  const sink = descriptor === undefined ? {} : { trace: { block: (bytes: Uint8Array) => void writeSync(descriptor, bytes) } };
  const end = play(read, text, sink);
  if (descriptor !== undefined) closeSync(descriptor);
  const { failure } = end;
  if (failure !== undefined) console.error(`${read.file}:${failure.line}: ${failure.text}\n  ${failure.message.replaceAll('\n', '\n  ')}`);
  for (const violation of end.violations) console.log(violationText(violation));
  if (read.check) console.log(`${end.violations.length} violations`);
  if (read.hash) console.log(`trace sha256 ${end.hash}`);
  return failure === undefined && end.violations.length === 0 ? 0 : 1;
}

interface PlayedScenario {
  readonly failure: ScenarioFailure | undefined;
  readonly hash: string;
  readonly violations: readonly Violation[];
}

function play({ check, calm, broken }: Arguments, text: string, sink: { readonly trace?: TraceSink }): PlayedScenario {
  const print = (said: string): void => void process.stdout.write(said);
  const output: OutputSink = (_process, _stderr, data) => void process.stdout.write(data);
  const load = (file: string, script: string): LoadedScenario => loadScenario(file, script, PROGRAMS);
  const setup = { text, broken, print, output, load, ...sink };
  if (check) {
    const { violations, failure, traceHash } = playChecked({ ...setup, disruption: calm, atEnd: 'if-level' }, createEtcdHost());
    return { violations, failure, hash: traceHash };
  }
  const { failure, world } = playScenarioSync({ ...setup, programs: PROGRAMS }, createEtcdHost());
  return { violations: [], failure, hash: world.traceHash().hash };
}

process.exitCode = main(process.argv.slice(2));
