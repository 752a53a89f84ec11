/**
 * A client that writes as fast as it is answered: `writer --endpoints A,B --lanes 100 --count 0 --bytes 256 --prefix k --report`. Every lane keeps one put
 * in flight, each of a key of its own. With `--report` each acknowledged put is a line `ack KEY REVISION`, each failed one `fail KEY WHY`; a failed
 * lane waits a little and goes on with the next endpoint. It ends after `--count` puts (0: never) or at a signal. For chaos and benchmarks.
 */

import { PutRequest, PutResponse } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import type { CallEvent, Program, ProgramEffect, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { millis } from '#kernel/brand.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';

interface Settings {
  readonly endpoints: readonly string[];
  readonly lanes: number;
  readonly count: number;
  readonly prefix: string;
  readonly report: boolean;
  readonly timeoutMicros: number;
  readonly pauseMicros: number;
  readonly value: Bytes;
}

/** `call` is 0 while a lane pauses. */
interface Lane {
  readonly call: number;
  readonly key: number;
  readonly endpoint: number;
  readonly revision: number;
}

/** Plain data; replaced as a whole by each step but for the lanes' array, which one step owns. */
interface WriterState {
  readonly settings: Settings;
  readonly lanes: Lane[];
  nextKey: number;
  nextCall: number;
  acked: number;
}

/** Calls and timers of a lane are congruent to its number, so that an event finds its lane. */
const laneOf = (state: WriterState, number: number): number => number % state.settings.lanes;

function flag(argv: readonly string[], name: string, fallback: string): string {
  const at = argv.indexOf(`--${name}`);
  return at === -1 ? fallback : (argv[at + 1] ?? fallback);
}

function readSettings({ argv }: ProgramStart): Settings {
  const value = new Uint8Array(Number(flag(argv, 'bytes', '256'))).fill(120);
  return {
    endpoints: flag(argv, 'endpoints', '127.0.0.1:2379').split(','),
    lanes: Math.max(1, Number(flag(argv, 'lanes', '1'))),
    count: Number(flag(argv, 'count', '0')),
    prefix: flag(argv, 'prefix', 'k'),
    report: argv.includes('--report'),
    timeoutMicros: millis(Number(flag(argv, 'timeout-ms', '5000'))),
    pauseMicros: millis(Number(flag(argv, 'pause-ms', '100'))),
    value,
  };
}

const line = (text: string): ProgramEffect => ({ type: 'stdout', data: utf8(`${text}\n`) });
const keyOf = (state: WriterState, lane: Lane): string => `${state.settings.prefix}${lane.key}`;

/** The lane's next put, if there is one left. */
function put(state: WriterState, at: number, effects: ProgramEffect[]): void {
  const { settings } = state;
  const before = state.lanes[at];
  if (before === undefined || (settings.count > 0 && state.nextKey >= settings.count)) return;
  const call = state.nextCall * settings.lanes + at;
  state.nextCall++;
  const lane: Lane = { call, key: state.nextKey++, endpoint: before.endpoint, revision: 0 };
  state.lanes[at] = lane;
  const body = PutRequest.encode(PutRequest.create({ key: utf8(keyOf(state, lane)), value: settings.value })).finish();
  const endpoint = settings.endpoints[lane.endpoint % settings.endpoints.length] ?? '';
  effects.push(
    { type: 'open', call, endpoint, method: KVService.Put.path, body, token: '' },
    { type: 'timer', timer: at, afterMicros: settings.timeoutMicros },
  );
}

function failLane(state: WriterState, at: number, why: string, effects: ProgramEffect[]): void {
  const lane = state.lanes[at];
  if (lane === undefined) return;
  if (state.settings.report) effects.push(line(`fail ${keyOf(state, lane)} ${why}`));
  state.lanes[at] = { ...lane, call: 0, endpoint: lane.endpoint + 1 };
  effects.push({ type: 'timer', timer: at, afterMicros: Math.max(1000, state.settings.pauseMicros) });
}

function onCall(state: WriterState, call: number, event: CallEvent, effects: ProgramEffect[]): void {
  const at = laneOf(state, call);
  const lane = state.lanes[at];
  if (lane?.call !== call) return; // of a put that was given up
  switch (event.type) {
    case 'message':
      state.lanes[at] = { ...lane, revision: Number(PutResponse.decode(event.body).header?.revision ?? 0n) };
      return;
    case 'end':
      if (event.code !== 0) {
        failLane(state, at, `code ${event.code} ${event.message}`, effects);
        return;
      }
      state.acked++;
      if (state.settings.report) effects.push(line(`ack ${keyOf(state, lane)} ${lane.revision}`));
      state.lanes[at] = { ...lane, call: 0 };
      if (state.settings.pauseMicros > 0) effects.push({ type: 'timer', timer: at, afterMicros: state.settings.pauseMicros });
      else put(state, at, effects);
      return;
    case 'refused':
    case 'broken':
      failLane(state, at, event.type, effects);
      return;
    case 'http-head':
    case 'http-body':
  }
}

function finish(state: WriterState, effects: ProgramEffect[], code: number): ProgramStep {
  effects.push(line(`${state.acked} acknowledged`), { type: 'exit', code });
  return { state: null, effects };
}

const asPlain = (state: WriterState): Plain => state as unknown as Plain; // made of plain values only

export const writerProgram: Program = {
  start(start) {
    const settings = readSettings(start);
    const lanes = Array.from({ length: settings.lanes }, (_, endpoint): Lane => ({ call: 0, key: 0, endpoint, revision: 0 }));
    // Call numbers begin above 0, which stands for "no call".
    const state: WriterState = { settings, lanes, nextKey: 0, nextCall: 1, acked: 0 };
    const effects: ProgramEffect[] = [];
    for (let at = 0; at < settings.lanes; at++) put(state, at, effects);
    return { state: asPlain(state), effects };
  },

  step(plain, event) {
    const old = plain as unknown as WriterState; // what start and this function returned before
    const state: WriterState = { ...old, lanes: [...old.lanes] };
    const effects: ProgramEffect[] = [];
    switch (event.type) {
      case 'call':
        onCall(state, event.call, event.event, effects);
        break;
      case 'timer': {
        const lane = state.lanes[event.timer];
        if (lane === undefined) break;
        if (lane.call === 0) put(state, event.timer, effects);
        else {
          effects.push({ type: 'cancel', call: lane.call });
          failLane(state, event.timer, 'timeout', effects);
        }
        break;
      }
      case 'signal':
        return finish(state, effects, 0);
      case 'stdin':
      case 'stdin-end':
      case 'file':
      case 'child':
    }
    const done = state.settings.count > 0 && state.nextKey >= state.settings.count && state.lanes.every((lane) => lane.call === 0);
    return done ? finish(state, effects, 0) : { state: asPlain(state), effects };
  },
};
