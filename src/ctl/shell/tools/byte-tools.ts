/** Tools that make or show bytes: seq, base64, xxd. */

import { spend } from '#ctl/shell/loop.ts';
import { base64, fromBase64 } from '#kernel/base64.ts';
import { readOptions, type ShellCommand } from '#ctl/shell/command.ts';
import { complain, CommandProblem, print } from '#ctl/shell/frame.ts';
import { readAll } from '#ctl/shell/streams.ts';
import { openInputs } from '#ctl/shell/tools/inputs.ts';
import { fromUtf8, toHex, type Bytes } from '#kernel/bytes.ts';

const SEQUENCE_MAX = 1_000_000;
/** Lines that are said at a time. */
const SEQUENCE_PIECE = 1000;

const seq: ShellCommand = function* (frame, args) {
  const width = args.includes('-w');
  const separatorAt = args.findIndex((a) => a === '-s' || a.startsWith('-s'));
  const glued = separatorAt >= 0 && args[separatorAt] !== '-s';
  const separator = separatorAt < 0 ? '\n' : glued ? (args[separatorAt] ?? '').slice(2) : (args[separatorAt + 1] ?? '\n');
  const words = args.filter((a, i) => a !== '-w' && i !== separatorAt && !(separatorAt >= 0 && !glued && i === separatorAt + 1));
  const numbers = words.map(Number);
  if (words.length === 0 || words.length > 3 || numbers.some((n) => !Number.isFinite(n)))
    throw new CommandProblem(
      words.length === 0
        ? 'seq: missing operand'
        : `seq: invalid floating point argument: '${words.find((w) => !Number.isFinite(Number(w))) ?? words[3] ?? ''}'`,
    );
  const [first = 1, step = 1, last = 1] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  if (step === 0) throw new CommandProblem("seq: invalid Zero increment value: '0'");
  const count = Math.floor((last - first) / step + 1e-9) + 1;
  if (count > SEQUENCE_MAX) throw new CommandProblem(`seq: at most ${SEQUENCE_MAX} numbers here`);
  const digits = Math.max(0, ...words.map((w) => (w.split('.')[1] ?? '').length));
  const text = (i: number): string => (first + i * step).toFixed(digits);
  const longest = width && count > 0 ? Math.max(text(0).length, text(count - 1).length) : 0;
  for (let from = 0; from < count; from += SEQUENCE_PIECE) {
    const until = Math.min(count, from + SEQUENCE_PIECE);
    const texts = Array.from({ length: until - from }, (_, i) => text(from + i).padStart(longest, '0'));
    yield* print(frame, texts.join(separator) + (until < count ? separator : '\n'));
  }
  return 0;
};

/** Says a word again and again, until nobody listens. */
const yes: ShellCommand = function* (frame, args) {
  const line = `${args.length === 0 ? 'y' : args.join(' ')}\n`;
  for (;;) {
    yield* print(frame, line.repeat(SEQUENCE_PIECE));
    yield* spend(frame);
  }
};

const base64Tool: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'dDiw:', { decode: 'd', wrap: 'w', 'ignore-garbage': 'i' });
  const { inputs, missing } = yield* openInputs(frame, 'base64', rest);
  for (const { pipe } of inputs) {
    const data: Bytes = yield* readAll(pipe);
    if (flags.has('d') || flags.has('D')) {
      const decoded = fromBase64(fromUtf8(data).replace(/\s/g, ''));
      if (decoded.type !== 'ok') {
        yield* complain(frame, 'base64: invalid input\n');
        return 1;
      }
      yield* print(frame, decoded.bytes);
      continue;
    }
    const width = Number(flags.get('w') ?? '76');
    const text = base64(data);
    const lines = width > 0 ? (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []) : [text];
    yield* print(frame, width > 0 ? lines.map((l) => `${l}\n`).join('') : text);
  }
  return missing > 0 ? 1 : 0;
};

const PRINTABLE = /[ -~]/;

/** `xxd`, and `hexdump -C` and `od -c`'s neighbours in xxd's form. */
const xxd: ShellCommand = function* (frame, args, name) {
  const { flags, rest } = readOptions(args, 'pCcxAt:n:l:v', {});
  const { inputs, missing } = yield* openInputs(frame, name, rest);
  for (const { pipe } of inputs) {
    const data: Bytes = yield* readAll(pipe);
    if (flags.has('p')) {
      yield* print(frame, `${toHex(data)}\n`);
      continue;
    }
    for (let at = 0; at < data.length; at += 16) {
      const row = data.subarray(at, at + 16);
      const hex = (toHex(row).match(/.{1,4}/g) ?? []).join(' ');
      const text = Array.from(row, (b) => (PRINTABLE.test(String.fromCharCode(b)) ? String.fromCharCode(b) : '.')).join('');
      yield* print(frame, `${at.toString(16).padStart(8, '0')}: ${hex.padEnd(40)} ${text}\n`);
    }
  }
  return missing > 0 ? 1 : 0;
};

export const BYTE_TOOLS: Readonly<Record<string, ShellCommand>> = { seq, yes, base64: base64Tool, xxd, hexdump: xxd, od: xxd };
