/**
 * `npm run chaos -- --seeds A..B --nodes N --for 60s [--break RULE] [--mix NAME] [--profile 3.4.23|3.5] [--jobs N] [--shrink off]
 * [--write FOLDER]`: seeded whole-cluster runs under
 * faults with all checkers on, over all cores. Prints each violation with the command that replays it and a short scenario that shows it, and what the
 * runs brought about; the last line is `N seeds, M violations`, exit code 1 if M > 0. With a broken rule it ends at the first seed that shows it.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Coverage, COVERAGE_LISTED } from '#checker/coverage.ts';
import { readArguments, replayCommand, USAGE } from '#cli/chaos/arguments.ts';
import { runSeeds } from '#cli/chaos/seed-pool.ts';
import type { SeedReport } from '#cli/chaos/seed-run.ts';

function printCoverage(coverage: Coverage): void {
  for (const [group, names] of Object.entries(COVERAGE_LISTED))
    console.error(`${group}: ${names.map((name) => `${name} ${coverage.count(group, name)}`).join(', ')}`);
  const missing = coverage.missing();
  if (missing.length > 0) console.error(`never seen: ${missing.join(', ')}`);
}

async function main(args: readonly string[]): Promise<number> {
  const read = readArguments(args);
  if (typeof read === 'string') {
    console.error(`${read}\n${USAGE}`);
    return 2;
  }
  const coverage = new Coverage();
  if (read.folder !== undefined) mkdirSync(read.folder, { recursive: true });
  const sums = { seeds: 0, violations: 0, acknowledged: 0, operations: 0, transfers: 0, changes: 0, joins: 0, installs: 0 };
  await runSeeds(read, (report: SeedReport) => {
    sums.seeds++;
    sums.violations += report.violations.length;
    for (const name of ['acknowledged', 'operations', 'transfers', 'changes', 'joins', 'installs'] as const) sums[name] += report[name];
    coverage.merge(report.coverage);
    if (read.folder !== undefined && report.run !== undefined) writeFileSync(join(read.folder, `seed-${report.seed}.play`), report.run);
    for (const violation of report.violations) console.log(`seed ${report.seed}: ${violation}`);
    if (report.violations.length === 0) return true;
    console.log(`  replay: ${replayCommand(read, report.seed)}`);
    const rule = read.broken === undefined ? '' : ` --break ${read.broken}`;
    const flags = `--check${report.isCalm ? ' --calm' : ''}${rule}`;
    if (report.scenario !== undefined) console.log(`  scenario (npm run scenario -- FILE ${flags}):\n${report.scenario}`);
    return read.broken === undefined;
  });
  printCoverage(coverage);
  console.error(
    `${sums.acknowledged} acknowledged writes, ${sums.operations} operations of clients checked, ${sums.transfers} leadership transfers, ` +
      `${sums.changes} configuration changes, ${sums.joins} members joined, ${sums.installs} snapshots installed`,
  );
  console.log(`${sums.seeds} seeds, ${sums.violations} violations`);
  return sums.violations === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
