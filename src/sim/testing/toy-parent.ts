/** Programs for tests of files and children: `parent MODE -- CHILD…` runs a child and tells of it, `filer` does what its arguments say with files. */

import type { FileRequest } from '#ctl/file-request.ts';
import type { Program, ProgramEffect, ProgramEvent } from '#ctl/program.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';

const line = (text: string): ProgramEffect => ({ type: 'stdout', data: utf8(`${text}\n`) });

/** `parent inherit|piped WORD…`. */
export const parentProgram: Program = {
  start: ({ argv, env }) => ({
    state: null,
    effects: [
      { type: 'spawn', child: 7, argv: argv.slice(2), env, output: argv[1] === 'piped' ? 'piped' : 'inherit', input: undefined },
      { type: 'child-input', child: 7, data: utf8('from the parent'), end: true },
    ],
  }),
  step: (state, event) => ({ state, effects: parentAnswers(event) }),
};

function parentAnswers(event: ProgramEvent): readonly ProgramEffect[] {
  if (event.type === 'signal') return [line(`parent got ${event.signal}`)];
  if (event.type !== 'child') return [];
  switch (event.event.type) {
    case 'output':
      return [line(`child said ${fromUtf8(event.event.data).trim()}`)];
    case 'exit':
      return [line(`child ended with ${event.event.code}`), { type: 'exit', code: event.event.code }];
    case 'failed':
      return [line(event.event.message), { type: 'exit', code: 1 }];
  }
}

/** `filer write PATH TEXT`, `filer read PATH`. */
export const filerProgram: Program = {
  start: ({ argv: [, what, path = '', text = ''] }) => {
    const request: FileRequest = what === 'write' ? { type: 'write', path, data: utf8(text), append: false } : { type: 'read', path };
    return { state: null, effects: [{ type: 'file', file: 1, request }] };
  },
  step: (state, event) => {
    if (event.type !== 'file') return { state, effects: [] };
    const { answer } = event;
    const said = answer.type === 'data' ? fromUtf8(answer.data) : answer.type === 'error' ? answer.message : answer.type;
    return { state, effects: [line(said), { type: 'exit', code: answer.type === 'error' ? 1 : 0 }] };
  },
};
