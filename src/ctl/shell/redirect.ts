/** Redirections: `<`, `>`, `>>`, `2>&1`, `&>`, here-documents and here-strings. */

import type { HereDoc, Redirect, Redirection } from 'unbash';
import { resolvePath } from '#ctl/file-request.ts';
import { expandOne, expandParts } from '#ctl/shell/expand.ts';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { Pipe } from '#ctl/shell/pipe.ts';
import { writeTo, type OpenFile, type Sink, type Streams } from '#ctl/shell/streams.ts';
import type { Task } from '#ctl/shell/task.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { sentence } from '#ctl/shell/file-words.ts';

export interface Opened<W> {
  readonly streams: Streams;
  /** Makes the files that nothing was written to. */
  readonly close: () => Task<void, W>;
}

/** Streams with redirections, in their order. @throws CommandProblem */
export function* openRedirects<W>(redirects: readonly Redirection[], frame: Frame<W>): Task<Opened<W>, W> {
  let { streams } = frame;
  const files: OpenFile[] = [];
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') streams = withInput(streams, yield* hereDocument(redirect, frame));
    else if (redirect.type === 'HereString')
      streams = withInput(streams, `${redirect.target === undefined ? '' : yield* expandOne(frame, redirect.target)}\n`);
    else streams = yield* openOne(redirect, frame, streams, files);
  }
  const { host } = frame.state.shared;
  const write = (path: string, data: Uint8Array, append: boolean) => host.file({ type: 'write', path, data, append });
  return {
    streams,
    *close() {
      for (const file of files) if (file.fresh) yield* writeTo({ type: 'file', file }, EMPTY_BYTES, write);
    },
  };
}

const withInput = (streams: Streams, text: string): Streams => ({ ...streams, stdin: Pipe.of(utf8(text)), typed: false });

function* hereDocument<W>(node: HereDoc, frame: Frame<W>): Task<string, W> {
  const { body } = node;
  const text = node.delimiter?.quoted === true || body.parts === undefined ? body.text : yield* expandParts(frame, body.parts);
  return node.operator === '<<-' ? text.replace(/^\t+/gm, '') : text;
}

function* openOne<W>(redirect: Redirect, frame: Frame<W>, streams: Streams, files: OpenFile[]): Task<Streams, W> {
  const { operator, descriptor } = redirect;
  const name = redirect.target === undefined ? '' : yield* expandOne(frame, redirect.target);
  if (descriptor !== undefined && descriptor.type !== 'FileDescriptor') throw new CommandProblem('{name}> is not supported here');
  const number = descriptor?.value;
  if (operator === '<' || operator === '<>') {
    if (number !== undefined && number !== 0) throw new CommandProblem(`file descriptor ${number} is not supported here`);
    return { ...streams, stdin: yield* openInput(name, frame), typed: false };
  }
  if (operator === '<&') {
    if (name === '-') return { ...streams, stdin: Pipe.of(EMPTY_BYTES), typed: false };
    if (name === '0') return streams;
    throw new CommandProblem(`<&${name} is not supported here`);
  }
  if (operator === '>&' && (/^\d+$/.test(name) || name === '-')) {
    const source: Sink | undefined =
      name === '1' ? streams.stdout : name === '2' ? streams.stderr : name === '-' ? { type: 'nothing' } : undefined;
    if (source === undefined) throw new CommandProblem(`${name}: bad file descriptor`);
    return put(streams, number ?? 1, source);
  }
  const sink = yield* openOutput(name, operator === '>>' || operator === '&>>', frame, files);
  if (operator === '&>' || operator === '&>>' || (operator === '>&' && number === undefined))
    return { ...streams, stdout: sink, stderr: sink };
  return put(streams, number ?? 1, sink);
}

function put(streams: Streams, number: number, sink: Sink): Streams {
  if (number === 1) return { ...streams, stdout: sink };
  if (number === 2) return { ...streams, stderr: sink };
  throw new CommandProblem(`file descriptor ${number} is not supported here`);
}

function* openInput<W>(name: string, frame: Frame<W>): Task<Pipe, W> {
  if (name === '/dev/null') return Pipe.of(EMPTY_BYTES);
  if (name === '/dev/stdin' || name === '/dev/tty') return frame.streams.stdin;
  if (name === '') throw new CommandProblem('a file is missing');
  const answer = yield* frame.state.shared.host.file({ type: 'read', path: resolvePath(name, frame.state.cwd) });
  if (answer.type === 'data') return Pipe.of(answer.data);
  throw new CommandProblem(`${name}: ${answer.type === 'error' ? sentence(answer.message) : 'cannot be read'}`);
}

function* openOutput<W>(name: string, append: boolean, frame: Frame<W>, files: OpenFile[]): Task<Sink, W> {
  if (name === '/dev/null') return { type: 'nothing' };
  if (name === '/dev/stdout' || name === '/dev/tty') return frame.streams.stdout;
  if (name === '/dev/stderr') return frame.streams.stderr;
  if (name === '') throw new CommandProblem('a file is missing');
  const path = resolvePath(name, frame.state.cwd);
  const answer = yield* frame.state.shared.host.file({ type: 'list', path });
  if (answer.type === 'names' && answer.folder) throw new CommandProblem(`${name}: Is a directory`);
  const exists = answer.type === 'names';
  if (answer.type === 'error' && answer.code !== 'ENOENT') throw new CommandProblem(`${name}: ${sentence(answer.message)}`);
  if (!exists) {
    const above = yield* frame.state.shared.host.file({ type: 'list', path: resolvePath('..', path) });
    if (above.type === 'error') throw new CommandProblem(`${name}: ${sentence(above.message)}`);
  }
  const file: OpenFile = { path, name, fresh: !(append && exists) };
  files.push(file);
  return { type: 'file', file };
}
