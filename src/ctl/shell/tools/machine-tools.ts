/** Tools about the machine and time: sleep, date, clear, uname, sha256sum and the like. Time is the run's. */

import { sha256 } from '@noble/hashes/sha2.js';
import type { ShellCommand } from '#ctl/shell/command.ts';
import { CommandProblem, print } from '#ctl/shell/frame.ts';
import { readAll } from '#ctl/shell/streams.ts';
import { formatDate } from '#ctl/shell/tools/calendar.ts';
import { openInputs } from '#ctl/shell/tools/inputs.ts';
import { spanMicros } from '#ctl/shell/tools/span.ts';
import { toHex } from '#kernel/bytes.ts';

const sleep: ShellCommand = function* (frame, args) {
  if (args.length === 0) throw new CommandProblem('sleep: missing operand');
  let total = 0;
  for (const arg of args) {
    if (arg === 'infinity') total += 365 * 86_400_000_000;
    else {
      const micros = spanMicros(arg);
      if (micros === undefined) throw new CommandProblem(`sleep: invalid time interval '${arg}'`);
      total += micros;
    }
  }
  yield* frame.state.shared.host.sleep(total);
  return 0;
};

const date: ShellCommand = function* (frame, args) {
  const { host } = frame.state.shared;
  const micros = host.now();
  const format = args.find((a) => a.startsWith('+'))?.slice(1);
  const iso = args.some((a) => a.startsWith('-I') || a.startsWith('--iso'));
  const at = args.findIndex((a) => a === '-d' || a === '-s' || a.startsWith('--date') || a.startsWith('--set'));
  const wanted = at < 0 ? undefined : (/^--date=(.*)$/.exec(args[at] ?? '')?.[1] ?? args[at + 1] ?? '');
  const given = wanted === undefined ? undefined : /^@-?\d{1,11}$/.test(wanted) ? Number(wanted.slice(1)) * 1000 : NaN;
  if (Number.isNaN(given)) throw new CommandProblem(`date: only the run's own time and -d @SECONDS are known here`);
  const millis = given ?? host.epochMillis() + Math.floor(micros / 1000);
  yield* print(frame, `${formatDate(millis, micros, format ?? (iso ? '%F' : '%a %b %e %T UTC %Y'))}\n`);
  return 0;
};

const sha256sum: ShellCommand = function* (frame, args) {
  const { inputs, missing } = yield* openInputs(
    frame,
    'sha256sum',
    args.filter((a) => !a.startsWith('--')),
  );
  for (const { name, pipe } of inputs) yield* print(frame, `${toHex(sha256(yield* readAll(pipe)))}  ${name}\n`);
  return missing > 0 ? 1 : 0;
};

/** Says a fixed thing. */
const says = (text: string): ShellCommand =>
  function* (frame) {
    yield* print(frame, `${text}\n`);
    return 0;
  };

const basename: ShellCommand = function* (frame, [path = '', suffix = '']) {
  const name = path.replace(/\/+$/, '').replace(/.*\//, '');
  yield* print(frame, `${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
  return 0;
};

const dirname: ShellCommand = function* (frame, [path = '']) {
  const cut = path.replace(/\/+$/, '').lastIndexOf('/');
  yield* print(frame, `${cut < 0 ? '.' : path.slice(0, Math.max(1, cut))}\n`);
  return 0;
};

const uname: ShellCommand = function* (frame, args) {
  yield* print(
    frame,
    args.includes('-a')
      ? 'Linux playground 6.1.0 x86_64 GNU/Linux\n'
      : args.includes('-m')
        ? 'x86_64\n'
        : args.includes('-n')
          ? 'playground\n'
          : 'Linux\n',
  );
  return 0;
};

/** The page clears its terminal at this sequence, as terminals do. */
const CLEAR = '\u001b[H\u001b[2J';

export const MACHINE_TOOLS: Readonly<Record<string, ShellCommand>> = {
  sleep,
  date,
  sha256sum,
  basename,
  dirname,
  uname,
  hostname: says('playground'),
  whoami: says('you'),
  tty: says('/dev/pts/0'),
  nproc: says('1'),
  clear: function* (frame) {
    if (frame.streams.stdout.type === 'direct' && frame.streams.stdout.terminal) yield* print(frame, CLEAR);
    return 0;
  },
  sync: function* () {
    return 0;
  },
};
