/** A client program for tests: `ask ENDPOINT [TIMEOUT-MS]` makes one call, prints what came of it and ends; `listen ENDPOINT` waits for a signal. */

import type { Program, ProgramEffect, ProgramRegistry, ProgramStep } from '#ctl/program.ts';
import { EMPTY_BYTES, fromUtf8, utf8 } from '#kernel/bytes.ts';

const say = (text: string): ProgramEffect => ({ type: 'stdout', data: utf8(`${text}\n`) });
const end = (text: string, code: number): ProgramStep => ({ state: null, effects: [say(text), { type: 'exit', code }] });

const ask: Program = {
  start: ({ argv }) => ({
    state: null,
    effects: [
      { type: 'open', call: 1, endpoint: argv[1] ?? '', method: '/toy/Ask', body: EMPTY_BYTES, token: '' },
      { type: 'timer', timer: 1, afterMicros: Number(argv[2] ?? '5000') * 1000 },
    ],
  }),
  step: (state, event) => {
    if (event.type === 'timer') return end('timeout', 1);
    if (event.type === 'signal') return end('interrupted', 130);
    if (event.type === 'stdin') return { state, effects: [say(`in ${fromUtf8(event.data).trim()}`)] };
    if (event.type !== 'call') return { state, effects: [] };
    if (event.event.type === 'message') return { state, effects: [say(`answer ${fromUtf8(event.event.body)}`)] };
    return event.event.type === 'end' ? { state, effects: [{ type: 'exit', code: event.event.code }] } : end(event.event.type, 2);
  },
};

export const TOY_PROGRAMS: ProgramRegistry = { ask };
