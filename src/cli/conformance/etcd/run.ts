/** `conformance etcd`: recorded sessions of real etcd, replayed against the simulated cluster. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canonical, withoutClientLog } from '#cli/conformance/etcd/canon.ts';
import { Lab, labOptions, type Outcome } from '#cli/conformance/etcd/lab.ts';
import { mismatch, substitute, type Bindings } from '#cli/conformance/etcd/placeholders.ts';
import { parseTranscript, type Expected, type Flag, type Step } from '#cli/conformance/etcd/transcript.ts';
import { diffLines } from '#cli/conformance/raft/diff.ts';
import type { ConformanceCount } from '#cli/conformance/raft/run.ts';
import { MICROS_PER_SECOND } from '#kernel/brand.ts';

/** Differences of one step that are shown; the rest of a file is only counted. */
const STEPS_SHOWN_MAX = 8;
const LINES_SHOWN_MAX = 40;
/** A background command settles this long, and a signal comes this long after the step before it, µs. */
const SETTLE_MICROS = 600_000;
const SIGNAL_MICROS = 400_000;

/** Files with an ending under a path: itself, or those of a folder, sorted. */
export function filesUnder(path: string, ending: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const inner = join(path, name);
      if (statSync(inner).isDirectory()) return filesUnder(inner, ending);
      return name.endsWith(ending) ? [inner] : [];
    });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Replays one transcript's text.
 * @returns what differs, as lines to print; none if it passes
 */
export function replayTranscript(text: string): readonly string[] {
  let lab: Lab | undefined;
  try {
    const transcript = parseTranscript(text);
    const options = labOptions(transcript.cluster, transcript.profile, transcript.args);
    if (typeof options === 'string') return [options];
    lab = new Lab(options);
    lab.begin(transcript.leader);
    return new Replay(lab).play(transcript.steps);
  } catch (error) {
    return [messageOf(error)];
  } finally {
    lab?.dispose();
  }
}

class Replay {
  readonly #lab: Lab;
  readonly #bindings: Bindings = new Map();
  readonly #background = new Map<string, string>();

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  play(steps: readonly Step[]): readonly string[] {
    const problems: string[] = [];
    let failed = 0;
    let checked = 0;
    for (const step of steps) {
      const found = this.#attempt(step);
      if (step.type !== 'sleep' && step.type !== 'op' && step.type !== 'background') checked += 1;
      if (found.length === 0) continue;
      failed += 1;
      if (failed <= STEPS_SHOWN_MAX) problems.push(`line ${step.line}: ${headOf(step)}`, ...found);
    }
    return failed === 0 ? [] : [...problems, `${failed} of ${checked} steps differ`];
  }

  #attempt(step: Step): readonly string[] {
    try {
      return this.#step(step);
    } catch (error) {
      return [`  ${messageOf(error)}`];
    }
  }

  #step(step: Step): readonly string[] {
    const lab = this.#lab;
    switch (step.type) {
      case 'command': {
        const command = substitute(step.command, this.#bindings);
        return this.#compare(step, lab.command(command, substitute(step.stdin ?? '', this.#bindings)));
      }
      case 'background': {
        const process = lab.background(substitute(step.command, this.#bindings), substitute(step.stdin, this.#bindings));
        this.#background.set(step.name, process);
        lab.pass(SETTLE_MICROS);
        return [];
      }
      case 'signal':
        lab.pass(SIGNAL_MICROS);
        return this.#compare(step, lab.finish(this.#processOf(step.name), step.signal === 'TERM' ? 'TERM' : 'INT'));
      case 'wait':
        return this.#compare(step, lab.finish(this.#processOf(step.name), undefined));
      case 'sleep':
        lab.pass(step.seconds * MICROS_PER_SECOND);
        return [];
      case 'op':
        lab.operate(step.words);
        return [];
    }
  }

  #processOf(name: string): string {
    const process = this.#background.get(name);
    if (process === undefined) throw new Error(`${name} was not started`);
    return process;
  }

  #compare(expected: Expected & { readonly flags: ReadonlySet<Flag> }, actual: Outcome): readonly string[] {
    const streams = [
      ['stdout', expected.stdout, canonical(actual.stdout, expected.flags)],
      ['stderr', expected.stderr, canonical(withoutClientLog(actual.stderr.replaceAll('\r', '')), expected.flags)],
      ['exit', expected.code ?? actual.code, actual.code],
    ] as const;
    return streams.flatMap(([what, wanted, got]) => {
      const why = mismatch(wanted, got, this.#bindings);
      if (why === undefined) return [];
      const lines = diffLines(wanted, got).map((line) => (line.length > 600 ? `${line.slice(0, 600)}…` : line));
      return [`  ${what}: ${why}`, ...lines.slice(0, LINES_SHOWN_MAX).map((line) => `    ${line}`)];
    });
  }
}

const headOf = (step: Step): string => ('command' in step ? step.command : 'name' in step ? step.name : step.type);

/**
 * Replays all transcripts of these files and folders.
 * @param out receives `FAIL path` and the differences of each that fails
 */
export function runEtcdConformance(paths: readonly string[], out: (line: string) => void): ConformanceCount {
  return countFiles(
    paths.flatMap((path) => filesUnder(path, '.txt')),
    replayTranscript,
    out,
  );
}

/** Runs each file's text and counts. */
export function countFiles(
  files: readonly string[],
  run: (text: string) => readonly string[],
  out: (line: string) => void,
): ConformanceCount {
  let passed = 0;
  for (const file of files) {
    const problems = run(readFileSync(file, 'utf8'));
    if (problems.length === 0) {
      passed += 1;
      continue;
    }
    out(`FAIL ${file}`);
    for (const line of problems) out(`  ${line}`);
  }
  return { passed, failed: files.length - passed };
}
