/** Runs data-driven scripts of etcd-io/raft against this core. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFCHANGE_COMMANDS, confChangeRunner } from '#cli/conformance/raft/confchange-script.ts';
import { diffLines } from '#cli/conformance/raft/diff.ts';
import { interactionRunner } from '#cli/conformance/raft/interaction-script.ts';
import { QUORUM_COMMANDS, quorumRunner } from '#cli/conformance/raft/quorum-script.ts';
import { parseScript, UnknownCommandError, type Directive } from '#cli/conformance/raft/script.ts';

/** How many files passed and failed. */
export interface ConformanceCount {
  readonly passed: number;
  readonly failed: number;
}

/** The scripts under a path: itself, or all `.txt` files of a folder, sorted, with its subfolders. */
function scriptsUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names.flatMap((name) => {
    const inner = join(path, name);
    if (statSync(inner).isDirectory()) return scriptsUnder(inner);
    return name.endsWith('.txt') ? [inner] : [];
  });
}

/** A script's kind follows from its commands. */
function runnerOf(directives: readonly Directive[]): (directive: Directive) => string {
  const uses = (commands: readonly string[]): boolean => directives.some(({ command }) => commands.includes(command));
  if (uses(QUORUM_COMMANDS)) return quorumRunner();
  return uses(CONFCHANGE_COMMANDS) ? confChangeRunner() : interactionRunner();
}

const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/**
 * Runs one script's text.
 * @returns the differences, as lines to print; none if it passes
 */
export function runScript(text: string): readonly string[] {
  const problems: string[] = [];
  try {
    const directives = parseScript(text);
    if (directives.length === 0) return ['no directive'];
    const run = runnerOf(directives);
    for (const directive of directives) {
      const result = attempt(run, directive);
      const actual = result.text.endsWith('\n') ? result.text : `${result.text}\n`;
      if (actual !== directive.expected)
        problems.push(result.error ?? `line ${directive.line}: ${directive.command}`, ...diffLines(directive.expected, actual));
      if (result.isBroken) break; // the world is in no state to go on with
    }
  } catch (error) {
    problems.push(textOf(error));
  }
  return problems;
}

/** What a directive came to. */
interface Result {
  readonly text: string;
  /** What to say of it, besides the difference. */
  readonly error?: string;
  /** Nothing that follows would mean anything. */
  readonly isBroken: boolean;
}

function attempt(run: (directive: Directive) => string, directive: Directive): Result {
  try {
    return { text: run(directive), isBroken: false };
  } catch (error) {
    // A script may expect etcd's words for it, and nothing has changed.
    if (error instanceof UnknownCommandError) return { text: 'unknown command', error: textOf(error), isBroken: false };
    return { text: textOf(error), isBroken: true };
  }
}

/**
 * Runs all scripts of these files and folders.
 * @param out receives a line for each failing file, `FAIL path`, and its differences
 */
export function runRaftConformance(paths: readonly string[], out: (line: string) => void): ConformanceCount {
  let passed = 0;
  let failed = 0;
  for (const path of paths.flatMap(scriptsUnder)) {
    const problems = runScript(readFileSync(path, 'utf8'));
    if (problems.length === 0) {
      passed += 1;
      continue;
    }
    failed += 1;
    out(`FAIL ${path}`);
    for (const line of problems) out(`  ${line}`);
  }
  return { passed, failed };
}
