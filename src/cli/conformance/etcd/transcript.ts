/** Reads transcripts of real etcd: headers, then steps with what was printed at each. The format is described beside the recorded data. */

/** What a command printed and how it ended, as recorded. */
export interface Expected {
  readonly stdout: string;
  readonly stderr: string;
  /** `0`, or `signal INT`; undefined where the transcript does not say. */
  readonly code: string | undefined;
}

/** How an actual output is put in order before it is compared. */
export type Flag = 'sortlines' | 'sortnodes' | 'sortmembers' | 'sortkeys' | 'sortlist';

interface Place {
  /** Of its first line, from 1. */
  readonly line: number;
}

interface Checked extends Place, Expected {
  readonly flags: ReadonlySet<Flag>;
}

export type Step =
  | (Checked & { readonly type: 'command'; readonly command: string; readonly stdin: string | undefined })
  | (Place & { readonly type: 'background'; readonly name: string; readonly command: string; readonly stdin: string })
  | (Checked & { readonly type: 'signal'; readonly name: string; readonly signal: string })
  | (Checked & { readonly type: 'wait'; readonly name: string })
  | (Place & { readonly type: 'sleep'; readonly seconds: number })
  | (Place & { readonly type: 'op'; readonly words: readonly string[] });

export interface Transcript {
  readonly cluster: string;
  readonly profile: string;
  readonly args: readonly string[];
  readonly leader: string | undefined;
  readonly steps: readonly Step[];
}

/** A transcript that does not follow the format. */
export class TranscriptError extends Error {}

const FLAGS: ReadonlySet<string> = new Set<Flag>(['sortlines', 'sortnodes', 'sortmembers', 'sortkeys', 'sortlist']);

/** A step while its lines come in. */
interface Draft {
  readonly line: number;
  readonly head: string;
  readonly flags: ReadonlySet<Flag>;
  stdin: string | undefined;
  stdout: string;
  stderr: string;
  code: string | undefined;
}

/** @throws TranscriptError */
export function parseTranscript(text: string): Transcript {
  const header = { cluster: 'single', profile: '3.4.23', args: [] as readonly string[], leader: undefined as string | undefined }; // widened: the lines fill them
  const drafts: Draft[] = [];
  let flags = new Set<Flag>();
  for (const [i, line] of text.split('\n').entries()) {
    const kind = line[0];
    if (kind === undefined || kind === '#') continue;
    if (kind === '@') {
      const [word = '', ...rest] = line.slice(1).trim().split(/\s+/);
      if (FLAGS.has(word))
        flags.add(word as Flag); // it is one of them
      else if (word === 'cluster') header.cluster = rest[0] ?? '';
      else if (word === 'etcd') header.profile = rest[0] ?? '';
      else if (word === 'args') header.args = rest;
      else if (word === 'leader') header.leader = rest[0];
      else throw new TranscriptError(`line ${i + 1}: ${line}`);
    } else if ('$&^.~!'.includes(kind)) {
      drafts.push({ line: i + 1, head: line, flags, stdin: undefined, stdout: '', stderr: '', code: undefined });
      flags = new Set();
    } else addLine(drafts.at(-1), line, i + 1);
  }
  return { ...header, steps: drafts.map(toStep) };
}

function addLine(draft: Draft | undefined, line: string, number: number): void {
  if (draft === undefined) throw new TranscriptError(`line ${number}: before the first step: ${line}`);
  const unfinished = line[1] === '!';
  const text = unfinished ? line.slice(3) : `${line.slice(2)}\n`;
  switch (line[0]) {
    case '<':
      draft.stdin = (draft.stdin ?? '') + inputOf(line, text);
      return;
    case '1':
      draft.stdout += text;
      return;
    case '2':
      draft.stderr += text;
      return;
    case '=':
      draft.code = line.slice(1).trim();
      return;
    default:
      throw new TranscriptError(`line ${number}: ${line}`);
  }
}

function inputOf(line: string, text: string): string {
  const repeated = /^<\*(\d+) (.*)$/.exec(line);
  return repeated === null ? text : (repeated[2] ?? '').repeat(Number(repeated[1]));
}

function toStep(d: Draft): Step {
  const { line, head, flags, stdout, stderr, code } = d;
  const rest = head.slice(1).trim();
  const checked = { line, flags, stdout, stderr, code };
  const [first = '', second = ''] = rest.split(/\s+/);
  switch (head[0]) {
    case '$':
      return { type: 'command', ...checked, command: rest, stdin: d.stdin };
    case '&':
      return { type: 'background', line, name: first, command: rest.slice(first.length).trim(), stdin: d.stdin ?? '' };
    case '^':
      return { type: 'signal', ...checked, name: first, signal: second };
    case '.':
      return { type: 'wait', ...checked, name: first };
    case '~':
      return { type: 'sleep', line, seconds: Number(rest) };
    default:
      return { type: 'op', line, words: rest.split(/\s+/) };
  }
}
