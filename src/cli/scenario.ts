/**
 * `npm run scenario -- FILE [--hash] [--trace FILE]`: plays a scenario file headless, as fast as possible, and prints what the terminal would. The first
 * failed expectation ends the run with its line on standard error and exit code 1. With `--hash` the last line is `trace sha256 HEX`.
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

import { playScenarioSync } from '#sim/scenario-driver.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';

const USAGE = 'usage: npm run scenario -- FILE [--hash] [--trace FILE]';

interface Arguments {
  readonly file: string;
  readonly hash: boolean;
  readonly trace: string | undefined;
}

/** The arguments, or what is wrong with them. */
export function readArguments(args: readonly string[]): Arguments | string {
  let file: string | undefined;
  let hash = false;
  let trace: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--hash') hash = true;
    else if (arg === '--trace') {
      trace = args[++i];
      if (trace === undefined) return '--trace needs a file';
    } else if (arg.startsWith('-')) return `unknown flag ${arg}`;
    else if (file !== undefined) return `one file at a time, not ${arg} too`;
    else file = arg;
  }
  return file === undefined ? 'a file is missing' : { file, hash, trace };
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
  const end = playScenarioSync(
    {
      text,
      programs: PROGRAMS,
      print: (said) => process.stdout.write(said),
      output: (_process, _stderr, data) => process.stdout.write(data),
      ...(descriptor === undefined ? {} : { trace: { block: (bytes: Uint8Array) => void writeSync(descriptor, bytes) } }),
    },
    createEtcdHost(),
  );
  if (descriptor !== undefined) closeSync(descriptor);
  const { failure } = end;
  if (failure !== undefined) console.error(`${read.file}:${failure.line}: ${failure.text}\n  ${failure.message.replaceAll('\n', '\n  ')}`);
  if (read.hash) console.log(`trace sha256 ${end.world.traceHash().hash}`);
  return failure === undefined ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
