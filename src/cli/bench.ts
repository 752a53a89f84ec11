/**
 * `npm run bench [-- NAME…] [--json]`: runs the benchmarks of src/cli/bench whose name contains one of the NAMEs (all without one) and
 * prints a table, or JSON with `--json`. A benchmark is a file of that folder that exports `rows`; a further one needs no registration.
 */
import { readdirSync } from 'node:fs';
import { cpus, platform, release } from 'node:os';
import type { BenchModule, Row } from '#cli/bench-row.ts';

const FOLDER = new URL('./bench/', import.meta.url);

/** The benchmarks that exist, by name, sorted. */
function benchNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
}

function isBenchModule(module: unknown): module is BenchModule {
  return typeof module === 'object' && module !== null && 'rows' in module && typeof module.rows === 'function';
}

/** Loads and runs one benchmark. @throws Error if the file exports no `rows`, and whatever the benchmark throws */
async function runBench(name: string): Promise<readonly Row[]> {
  const module: unknown = await import(new URL(`${name}.ts`, FOLDER).href);
  if (!isBenchModule(module)) throw new Error(`src/cli/bench/${name}.ts exports no rows()`);
  return module.rows();
}

function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2);
}

/** The rows as a text table with aligned columns. */
function table(rows: readonly Row[]): string {
  const cells = [
    ['benchmark', 'median', 'low', 'high', 'unit', 'note'],
    ...rows.map((row) => [row.name, figure(row.median), figure(row.low), figure(row.high), row.unit, row.note ?? '']),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => column >= 1 && column <= 3;
  const text = (cell: string, column: number): string =>
    isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return cells.map((line) => line.map(text).join('  ').trimEnd()).join('\n');
}

/** Runs what the arguments choose; returns the exit code: 1 if nothing matches or a benchmark fails, 2 for an unknown option. */
async function main(args: readonly string[]): Promise<number> {
  const json = args.includes('--json');
  const wanted = args.filter((arg) => !arg.startsWith('-'));
  const names = benchNames();
  const unknown = args.find((arg) => arg.startsWith('-') && arg !== '--json');
  if (unknown !== undefined) {
    console.error(`no option ${unknown}; usage: npm run bench [-- NAME… --json], with NAMEs of: ${names.join(', ')}`);
    return 2;
  }
  const chosen = wanted.length === 0 ? names : names.filter((name) => wanted.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    console.error(`no benchmark ${wanted.join(', ')}; there are: ${names.join(', ') || 'none'}`);
    return 1;
  }
  const rows: Row[] = [];
  let failed = 0;
  for (const name of chosen) {
    if (!json) console.error(`running ${name} …`);
    try {
      rows.push(...(await runBench(name)));
    } catch (error) {
      failed += 1;
      console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${platform()} ${release()}, Node ${process.version}`;
  console.log(json ? JSON.stringify({ machine, rows }, null, 2) : `${table(rows)}\n${machine}`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
