/** The few commands that etcd's tutorials put around etcdctl and curl. None of them talks to a member. */

import { base64, fromBase64 } from '#api/json/base64.ts';
import { concatBytes, EMPTY_BYTES, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import { parseDuration } from '#ctl/duration.ts';
import type { Program, ProgramEffect, ProgramStart, ProgramStep } from '#ctl/program.ts';

interface Result {
  readonly stdout?: string | Bytes;
  readonly stderr?: string;
  readonly code: number;
}

function finish(r: Result): readonly ProgramEffect[] {
  const effects: ProgramEffect[] = [];
  if (r.stdout !== undefined && r.stdout.length > 0)
    effects.push({ type: 'stdout', data: typeof r.stdout === 'string' ? utf8(r.stdout) : r.stdout });
  if (r.stderr !== undefined && r.stderr !== '') effects.push({ type: 'stderr', data: utf8(r.stderr) });
  return [...effects, { type: 'exit', code: r.code }];
}

/** A program that answers at once. */
const atOnce = (run: (args: readonly string[], start: ProgramStart) => Result): Program => ({
  start: (s): ProgramStep => ({ state: null, effects: finish(run(s.argv.slice(1), s)) }),
  step: (state) => ({ state, effects: [] }),
});

/** A program that reads all of its input first. */
const overInput = (run: (args: readonly string[], input: Bytes) => Result): Program => ({
  start: (s): ProgramStep => ({ state: [s.argv.slice(1), EMPTY_BYTES], effects: [] }),
  step: (state, event): ProgramStep => {
    const [args, input] = state as [readonly string[], Bytes]; // as `start` made it
    if (event.type === 'stdin') return { state: [args, concatBytes([input, event.data])], effects: [] };
    if (event.type === 'stdin-end') return { state, effects: finish(run(args, input)) };
    return { state, effects: event.type === 'signal' ? [{ type: 'exit', code: event.signal === 'INT' ? 130 : 143 }] : [] };
  },
});

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '0': '\0',
};
const unescape = (text: string): string =>
  text.replace(/\\(x[0-9a-fA-F]{1,2}|[ntrabfv\\0])/g, (_, c: string) =>
    c.startsWith('x') ? String.fromCharCode(Number.parseInt(c.slice(1), 16)) : (ESCAPES[c] ?? c),
  );

const echo = atOnce((args) => {
  const flags = args.slice(
    0,
    args.findIndex((a) => !/^-[neE]+$/.test(a)) === -1 ? args.length : args.findIndex((a) => !/^-[neE]+$/.test(a)),
  );
  const text = args.slice(flags.length).join(' ');
  const letters = flags.join('');
  return { stdout: (letters.includes('e') ? unescape(text) : text) + (letters.includes('n') ? '' : '\n'), code: 0 };
});

const printf = atOnce(([format, ...args]) => {
  if (format === undefined) return { stderr: 'printf: usage: printf format [arguments]\n', code: 2 };
  let out = '';
  let at = 0;
  do {
    out += unescape(format.replace(/%([sd%])/g, (_, c: string) => (c === '%' ? '%' : (args[at++] ?? (c === 'd' ? '0' : '')))));
  } while (at > 0 && at < args.length);
  return { stdout: out, code: 0 };
});

const base64Program = overInput((args, input) => {
  if (!args.includes('-d') && !args.includes('--decode')) return { stdout: `${base64(input)}\n`, code: 0 };
  const decoded = fromBase64(fromUtf8(input).trim());
  return decoded.type === 'ok' ? { stdout: decoded.bytes, code: 0 } : { stderr: 'base64: invalid input\n', code: 1 };
});

const cat = overInput((args, input) =>
  args.length > 0 && args[0] !== '-' ? { stderr: `cat: ${args[0] ?? ''}: there are no files here\n`, code: 1 } : { stdout: input, code: 0 },
);

const release = (profile: string): string => (profile === '3.4.23' ? '3.4.23' : '3.5.16');

const etcd = atOnce((args, s) =>
  args.includes('--version')
    ? { stdout: `etcd Version: ${release(s.profile)}\nGit SHA: none\nGo Version: none\nGo OS/Arch: none\n`, code: 0 }
    : { stderr: 'etcd: members are started with `play new` and `play restart` here\n', code: 1 },
);

const etcdutl = atOnce((args, s) =>
  args[0] === 'version'
    ? { stdout: `etcdutl version: ${release(s.profile)}\nAPI version: ${release(s.profile).slice(0, 3)}\n`, code: 0 }
    : { stderr: 'etcdutl: only `etcdutl version` is there: there are no files to work on\n', code: 1 },
);

/** Lets virtual time pass. */
const sleep: Program = {
  start: (s): ProgramStep => {
    const text = s.argv[1] ?? '';
    const parsed = parseDuration(/^\d+(\.\d+)?$/.test(text) ? `${text}s` : text);
    if (parsed.type === 'error' || parsed.nanos < 0)
      return { state: null, effects: finish({ stderr: `sleep: invalid time interval '${text}'\n`, code: 1 }) };
    return { state: null, effects: [{ type: 'timer', timer: 1, afterMicros: Math.round(parsed.nanos / 1000) }] };
  },
  step: (state, event): ProgramStep => ({
    state,
    effects:
      event.type === 'timer'
        ? [{ type: 'exit', code: 0 }]
        : event.type === 'signal'
          ? [{ type: 'exit', code: event.signal === 'INT' ? 130 : 143 }]
          : [],
  }),
};

export const SMALL_PROGRAMS = { echo, printf, base64: base64Program, cat, sleep, etcd, etcdutl } satisfies Readonly<
  Record<string, Program>
>;
