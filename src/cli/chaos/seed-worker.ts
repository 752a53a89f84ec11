/** A process of `npm run chaos`: gets its arguments first, then seeds one at a time, and answers each with its report. */

import type { ChaosArguments } from '#cli/chaos/arguments.ts';
import { runSeed } from '#cli/chaos/seed-run.ts';

let args: ChaosArguments | undefined;

process.on('message', (message: ChaosArguments | number) => {
  if (typeof message !== 'number') args = message;
  else if (args !== undefined) process.send?.(runSeed(args, message));
});
// It ends with who started it.
process.on('disconnect', () => process.exit(0));
