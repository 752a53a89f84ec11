/** Tools over lines and bytes: echo, printf, cat, head, tail, wc, sort, uniq, cut, tr, tee and their neighbours. As GNU's, as far as they go. */

import { resolvePath } from '#ctl/file-request.ts';
import { readOptions, type ShellCommand } from '#ctl/shell/command.ts';
import { CommandProblem, print } from '#ctl/shell/frame.ts';
import { readAll, readLine, readSome, writeTo, type OpenFile, type Sink } from '#ctl/shell/streams.ts';
import { echoText, format } from '#ctl/shell/tools/format.ts';
import { openInputs, readLines } from '#ctl/shell/tools/inputs.ts';
import { charactersOf } from '#ctl/shell/tools/character-sets.ts';
import { sortLines } from '#ctl/shell/tools/sort.ts';
import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';

const echo: ShellCommand = function* (frame, args) {
  yield* print(frame, echoText(args));
  return 0;
};

const printf: ShellCommand = function* (frame, args) {
  const [first, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (first === undefined) throw new CommandProblem('printf: usage: printf format [arguments]', 2);
  yield* print(frame, format(first, rest));
  return 0;
};

const cat: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'nAbesvET', { number: 'n' });
  const { inputs, missing } = yield* openInputs(frame, 'cat', rest);
  let number = 0;
  for (const { pipe } of inputs) {
    if (flags.has('n')) {
      for (let line = yield* readLine(pipe); line !== undefined; line = yield* readLine(pipe))
        yield* print(frame, `${String(++number).padStart(6)}\t${line.text}${line.complete ? '\n' : ''}`);
      continue;
    }
    for (let data: Bytes = yield* readSome(pipe); data.length > 0; data = yield* readSome(pipe)) yield* print(frame, data);
  }
  return missing > 0 ? 1 : 0;
};

/** `-n 3`, `-3`, `-c 10`. */
function countOf(args: readonly string[]): {
  readonly count: string;
  readonly bytes: boolean;
  readonly rest: readonly string[];
  readonly follow: boolean;
} {
  const plain = args.map((a) => (/^-\d+$/.test(a) ? `-n${a.slice(1)}` : a));
  const { flags, rest } = readOptions(plain, 'n:c:qvfF', { lines: 'n', bytes: 'c', follow: 'f' });
  return { count: flags.get('c') ?? flags.get('n') ?? '10', bytes: flags.has('c'), rest, follow: flags.has('f') || flags.has('F') };
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3, b: 512 };
const sizeOf = (text: string): number => {
  const match = /^([+-]?\d+)([kKMGb]?)$/.exec(text);
  if (match === null) throw new CommandProblem(`invalid number: '${text}'`);
  return Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
};
const BYTES_MAX = 16 * 1024 * 1024;

const head: ShellCommand = function* (frame, args) {
  const { count, bytes, rest } = countOf(args);
  const wanted = sizeOf(count);
  if (bytes && (rest[0] === '/dev/zero' || rest[0] === '/dev/urandom' || rest[0] === '/dev/random')) {
    if (wanted > BYTES_MAX) throw new CommandProblem(`head: at most ${BYTES_MAX} bytes here`);
    // A run repeats itself exactly: these bytes only look like chance.
    let state = 1;
    const next = (): number => (state = (state * 1103515245 + 12345) % 2147483648) >>> 16;
    yield* print(frame, rest[0] === '/dev/zero' ? new Uint8Array(wanted) : Uint8Array.from({ length: wanted }, next));
    return 0;
  }
  const { inputs, missing } = yield* openInputs(frame, 'head', rest);
  for (const { name, pipe } of inputs) {
    if (inputs.length > 1) yield* print(frame, `==> ${name === '-' ? 'standard input' : name} <==\n`);
    if (wanted < 0) {
      const all = bytes ? yield* readAll(pipe) : yield* readLines([{ name, pipe }]);
      yield* print(
        frame,
        all instanceof Uint8Array
          ? all.subarray(0, wanted)
          : all
              .slice(0, wanted)
              .map((l) => `${l}\n`)
              .join(''),
      );
      continue;
    }
    let left = wanted;
    while (left > 0) {
      if (bytes) {
        const data: Bytes = yield* readSome(pipe);
        if (data.length === 0) break;
        yield* print(frame, data.subarray(0, left));
        pipe.unread(data.subarray(left));
        left -= Math.min(left, data.length);
      } else {
        const line = yield* readLine(pipe);
        if (line === undefined) break;
        yield* print(frame, line.text + (line.complete ? '\n' : ''));
        left--;
      }
    }
  }
  return missing > 0 ? 1 : 0;
};

/** How often `tail -f` looks, µs. */
const FOLLOW_MICROS = 500_000;

const tail: ShellCommand = function* (frame, args) {
  const { count, bytes, rest, follow } = countOf(args);
  const fromStart = count.startsWith('+');
  const wanted = Math.abs(sizeOf(count));
  const { inputs, missing } = yield* openInputs(frame, 'tail', rest);
  for (const { name, pipe } of inputs) {
    if (inputs.length > 1) yield* print(frame, `==> ${name === '-' ? 'standard input' : name} <==\n`);
    const data: Bytes = yield* readAll(pipe);
    if (bytes) yield* print(frame, fromStart ? data.subarray(wanted - 1) : data.subarray(Math.max(0, data.length - wanted)));
    else {
      const lines = fromUtf8(data).split(/(?<=\n)/);
      yield* print(frame, (fromStart ? lines.slice(wanted - 1) : wanted === 0 ? [] : lines.slice(-wanted)).join(''));
    }
  }
  const [file] = rest;
  if (follow && file !== undefined) {
    const path = resolvePath(file, frame.state.cwd);
    let seen: number | undefined;
    for (;;) {
      const answer = yield* frame.state.shared.host.file({ type: 'read', path });
      const data = answer.type === 'data' ? answer.data : new Uint8Array(0);
      if (seen !== undefined && data.length > seen) yield* print(frame, data.subarray(seen));
      seen = data.length;
      yield* frame.state.shared.host.sleep(FOLLOW_MICROS);
    }
  }
  return missing > 0 ? 1 : 0;
};

const wc: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'lwcm', { lines: 'l', words: 'w', bytes: 'c', chars: 'm' });
  const { inputs, missing } = yield* openInputs(frame, 'wc', rest);
  const kinds = ['l', 'w', 'm', 'c'].filter((k) => (flags.size === 0 ? k !== 'm' : flags.has(k)));
  const totals = kinds.map(() => 0);
  const rows: string[] = [];
  const single = kinds.length === 1 && inputs.length === 1;
  const row = (counts: readonly number[], name: string): string =>
    counts.map((n) => (single ? String(n) : String(n).padStart(7))).join(single ? '' : ' ') + (name === '-' ? '' : ` ${name}`);
  for (const { name, pipe } of inputs) {
    const data: Bytes = yield* readAll(pipe);
    const text = fromUtf8(data);
    const counted: Readonly<Record<string, number>> = {
      l: text.split('\n').length - 1,
      w: text.split(/\s+/).filter((w) => w !== '').length,
      m: Array.from(text).length,
      c: data.length,
    };
    const counts = kinds.map((k) => counted[k] ?? 0);
    for (const [i, n] of counts.entries()) totals[i] = (totals[i] ?? 0) + n;
    rows.push(row(counts, name));
  }
  if (inputs.length > 1) rows.push(row(totals, 'total'));
  yield* print(frame, rows.map((r) => `${r}\n`).join(''));
  return missing > 0 ? 1 : 0;
};

const sort: ShellCommand = function* (frame, args) {
  const { inputs, missing } = yield* openInputs(frame, 'sort', readOptions(args, 'nrufk:t:VhbgM').rest);
  yield* print(
    frame,
    sortLines(yield* readLines(inputs), args)
      .map((l) => `${l}\n`)
      .join(''),
  );
  return missing > 0 ? 2 : 0;
};

const uniq: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'cdui', { count: 'c', repeated: 'd', unique: 'u' });
  const { inputs } = yield* openInputs(frame, 'uniq', rest);
  const groups: { readonly line: string; count: number }[] = [];
  for (const line of yield* readLines(inputs)) {
    const last = groups.at(-1);
    const isSame = last !== undefined && (flags.has('i') ? last.line.toLowerCase() === line.toLowerCase() : last.line === line);
    if (isSame) last.count++;
    else groups.push({ line, count: 1 });
  }
  const kept = groups.filter((g) => (!flags.has('d') || g.count > 1) && (!flags.has('u') || g.count === 1));
  yield* print(frame, kept.map((g) => `${flags.has('c') ? `${String(g.count).padStart(7)} ` : ''}${g.line}\n`).join(''));
  return 0;
};

/** `1,3-5,7-`: whether a place, from 1, is chosen. */
function places(list: string): (at: number) => boolean {
  const ranges = list.split(',').map((part) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === '' || part === '-') throw new CommandProblem(`cut: invalid field value '${part}'`);
    const from = Number(match[1] === '' ? '1' : match[1]);
    return [from, match[2] === '' ? from : match[3] === '' ? Infinity : Number(match[3])] as const;
  });
  return (at) => ranges.some(([from, to]) => at >= from && at <= to);
}

const cut: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'd:f:c:b:s', {
    delimiter: 'd',
    fields: 'f',
    characters: 'c',
    bytes: 'b',
    'output-delimiter': 'd',
  });
  const list = flags.get('f') ?? flags.get('c') ?? flags.get('b');
  if (list === undefined) throw new CommandProblem('cut: you must specify a list of bytes, characters, or fields');
  const isChosen = places(list);
  const delimiter = flags.has('f') ? (flags.get('d') ?? '\t') : '';
  const { inputs, missing } = yield* openInputs(frame, 'cut', rest);
  for (const { pipe } of inputs)
    for (let line = yield* readLine(pipe); line !== undefined; line = yield* readLine(pipe)) {
      const pieces = delimiter === '' ? Array.from(line.text) : line.text.split(delimiter);
      if (delimiter !== '' && pieces.length === 1) {
        if (!flags.has('s')) yield* print(frame, `${line.text}\n`);
      } else yield* print(frame, `${pieces.filter((_, i) => isChosen(i + 1)).join(delimiter)}\n`);
    }
  return missing > 0 ? 1 : 0;
};

const tr: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'dscC', { delete: 'd', 'squeeze-repeats': 's', complement: 'c' });
  const [from = '', to = ''] = rest.map((set) => set);
  if (rest.length === 0) throw new CommandProblem('tr: missing operand');
  const source = charactersOf(from);
  const target = charactersOf(to);
  const complement = flags.has('c') || flags.has('C');
  const has = (ch: string): boolean => source.includes(ch) !== complement;
  const replace = (ch: string): string => {
    if (!has(ch) || target.length === 0) return ch;
    return complement ? (target.at(-1) ?? ch) : (target[Math.min(source.indexOf(ch), target.length - 1)] ?? ch);
  };
  const squeezed = target.length > 0 && !flags.has('d') ? target : rest.length > 1 ? target : source;
  let last = '';
  for (let data: Bytes = yield* readSome(frame.streams.stdin); data.length > 0; data = yield* readSome(frame.streams.stdin)) {
    let out = '';
    for (const ch of fromUtf8(data)) {
      if (flags.has('d') && has(ch)) continue;
      const next = flags.has('d') ? ch : replace(ch);
      if (flags.has('s') && next === last && squeezed.includes(next)) continue;
      last = next;
      out += next;
    }
    yield* print(frame, out);
  }
  return 0;
};

const tee: ShellCommand = function* (frame, args) {
  const { flags, rest } = readOptions(args, 'ai', { append: 'a' });
  const { host } = frame.state.shared;
  const sinks: Sink[] = [];
  for (const name of rest) {
    const path = resolvePath(name, frame.state.cwd);
    const there = yield* host.file({ type: 'list', path });
    const file: OpenFile = { path, name, fresh: !(flags.has('a') && there.type === 'names') };
    sinks.push({ type: 'file', file });
  }
  const write = (path: string, data: Bytes, append: boolean) => host.file({ type: 'write', path, data, append });
  for (let data: Bytes = yield* readSome(frame.streams.stdin); data.length > 0; data = yield* readSome(frame.streams.stdin)) {
    yield* print(frame, data);
    for (const sink of sinks) yield* writeTo(sink, data, write);
  }
  for (const sink of sinks) yield* writeTo(sink, new Uint8Array(0), write);
  return 0;
};

/** Each line changed, or the lines in another order. */
const overLines = (tool: string, change: (lines: readonly string[]) => readonly string[]): ShellCommand =>
  function* (frame, args) {
    const { inputs, missing } = yield* openInputs(
      frame,
      tool,
      args.filter((a) => !a.startsWith('-') || a === '-'),
    );
    yield* print(
      frame,
      change(yield* readLines(inputs))
        .map((l) => `${l}\n`)
        .join(''),
    );
    return missing > 0 ? 1 : 0;
  };

const byteSize = (text: string): number => utf8(text).length;

/** `column -t`: words in columns. */
function columns(lines: readonly string[]): readonly string[] {
  const rows = lines.map((l) => l.trim().split(/\s+/));
  const widths: number[] = [];
  for (const row of rows) for (const [i, word] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, byteSize(word));
  return rows.map((row) => row.map((word, i) => (i === row.length - 1 ? word : word.padEnd((widths[i] ?? 0) + 2))).join(''));
}

export const LINE_TOOLS: Readonly<Record<string, ShellCommand>> = {
  echo,
  printf,
  cat,
  less: cat,
  more: cat,
  head,
  tail,
  wc,
  sort,
  uniq,
  cut,
  tr,
  tee,
  tac: overLines('tac', (lines) => lines.toReversed()),
  rev: overLines('rev', (lines) => lines.map((l) => Array.from(l).toReversed().join(''))),
  nl: overLines('nl', (lines) => lines.map((l, i) => (l === '' ? '' : `${String(i + 1).padStart(6)}\t${l}`))),
  column: overLines('column', columns),
};
