/**
 * Seeds over processes, one for each core. Reports come in the order of the seeds, whichever process is quicker. (Threads would do as well, but
 * those of Node 20 do not load TypeScript; a forked process has the loader of this one.)
 */

import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

import type { ChaosArguments } from '#cli/chaos/arguments.ts';
import { runSeed, type SeedReport } from '#cli/chaos/seed-run.ts';

/**
 * Plays all seeds.
 * @param report called once for each, in the order of the seeds; false ends it early
 * @throws Error if a process dies
 */
export async function runSeeds(args: ChaosArguments, report: (seed: SeedReport) => boolean): Promise<void> {
  const jobs = Math.min(args.jobs ?? availableParallelism(), args.last - args.first + 1);
  if (jobs === 1) {
    for (let seed = args.first; seed <= args.last; seed++) if (!report(runSeed(args, seed))) return;
    return;
  }
  const entry = fileURLToPath(new URL('./seed-worker.ts', import.meta.url));
  const children = Array.from({ length: jobs }, () => fork(entry, { serialization: 'advanced' }));
  try {
    await deal(children, args, report);
  } finally {
    for (const child of children) child.kill();
  }
}

/** Gives each process a seed, and the next one when it has answered. */
function deal(children: readonly ChildProcess[], args: ChaosArguments, report: (seed: SeedReport) => boolean): Promise<void> {
  const waiting = new Map<number, SeedReport>();
  let nextSeed = args.first;
  let nextReport = args.first;
  const give = (child: ChildProcess): void => {
    if (nextSeed <= args.last) child.send(nextSeed++);
  };
  return new Promise((resolve, reject) => {
    for (const child of children) {
      child.on('error', reject);
      child.on('exit', (code, signal) => reject(new Error(`a process of the chaos runner ended: ${signal ?? code ?? ''}`)));
      child.on('message', (message) => {
        const done = message as SeedReport; // what seed-worker.ts sends
        waiting.set(done.seed, done);
        for (let one = waiting.get(nextReport); one !== undefined; one = waiting.get(++nextReport)) {
          waiting.delete(nextReport);
          if (!report(one)) {
            resolve();
            return;
          }
        }
        if (nextReport > args.last) resolve();
        else give(child);
      });
      child.send(args);
      give(child);
    }
  });
}
