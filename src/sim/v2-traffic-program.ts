/**
 * A client of the v2 API for chaos runs: `v2-traffic --endpoints A,B --name v0 --seed 7 --keys 5 --pause-ms 150 --timeout-ms 1000`. It sets, swaps, reads
 * (locally and by quorum) and deletes few keys, one request at a time; a failed one is not repeated, the next goes to the next endpoint.
 */

import type { CallEvent, Program, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { millis } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { createPrng, restorePrng, type Prng } from '#kernel/prng.ts';
import { programFlag } from '#sim/traffic-program.ts';

/** Plain data. `call` is 0 while it pauses. */
interface V2State {
  readonly name: string;
  readonly endpoints: readonly string[];
  readonly keys: number;
  readonly pauseMicros: number;
  readonly timeoutMicros: number;
  readonly random: readonly [number, number, number, number];
  readonly next: number;
  readonly call: number;
  readonly endpoint: number;
}

const TIMER = 1;
const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

function begin({ argv }: ProgramStart): V2State {
  const name = programFlag(argv, 'name', 'v2');
  return {
    name,
    endpoints: programFlag(argv, 'endpoints', '127.0.0.1:2379').split(','),
    keys: Math.max(1, Number(programFlag(argv, 'keys', '5'))),
    pauseMicros: millis(Math.max(1, Number(programFlag(argv, 'pause-ms', '150')))),
    timeoutMicros: millis(Number(programFlag(argv, 'timeout-ms', '1000'))),
    random: createPrng(Number(programFlag(argv, 'seed', '1')), `v2-traffic/${name}`).save(),
    next: 1,
    call: 0,
    endpoint: 0,
  };
}

interface Drawn {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly query: string;
  readonly form: string;
}

function draw({ name, next }: V2State, random: Prng): Drawn {
  const dice = random.nextBelow(10);
  const value = `${name}-${next}`;
  if (dice < 4) return { method: 'PUT', query: '', form: `value=${value}` };
  if (dice < 5) return { method: 'PUT', query: '?prevExist=true', form: `value=${value}` };
  if (dice < 6) return { method: 'DELETE', query: '', form: '' };
  return { method: 'GET', query: dice < 8 ? '?quorum=true' : '', form: '' };
}

const asPlain = (state: V2State): Plain => state as unknown as Plain; // made of plain values only

function ask(state: V2State): ProgramStep {
  const random = restorePrng(state.random);
  const key = random.nextBelow(state.keys);
  const { method, query, form } = draw(state, random);
  const endpoint = state.endpoints[state.endpoint % state.endpoints.length] ?? '';
  const call = state.next;
  const headers = form === '' ? [] : [FORM];
  return {
    state: asPlain({ ...state, random: random.save(), next: call + 1, call }),
    effects: [
      {
        type: 'open-http',
        call,
        endpoint,
        method,
        target: `/v2/keys/hot/${key}${query}`,
        headers,
        body: form === '' ? EMPTY_BYTES : utf8(form),
      },
      { type: 'timer', timer: TIMER, afterMicros: state.timeoutMicros },
    ],
  };
}

/** The next request after a pause. */
const rest = (state: V2State, isMoving: boolean, cancels = false): ProgramStep => ({
  state: asPlain({ ...state, call: 0, endpoint: state.endpoint + (isMoving ? 1 : 0) }),
  effects: [
    ...(cancels ? [{ type: 'cancel' as const, call: state.call }] : []),
    { type: 'timer', timer: TIMER, afterMicros: state.pauseMicros },
  ],
});

function onCall(state: V2State, event: CallEvent): ProgramStep {
  switch (event.type) {
    case 'http-body':
      return event.last ? rest(state, false) : { state: asPlain(state), effects: [] };
    case 'end':
    case 'refused':
    case 'broken':
      return rest(state, true);
    case 'message':
    case 'http-head':
      return { state: asPlain(state), effects: [] };
  }
}

export const v2TrafficProgram: Program = {
  start: (start) => ask(begin(start)),

  step(plain, event) {
    const state = plain as unknown as V2State; // what start and this function returned before
    switch (event.type) {
      case 'call':
        return event.call === state.call ? onCall(state, event.event) : { state: plain, effects: [] };
      case 'timer':
        return state.call === 0 ? ask(state) : rest(state, true, true);
      case 'signal':
        return { state: plain, effects: [{ type: 'exit', code: 0 }] };
      default:
        return { state: plain, effects: [] };
    }
  },
};
