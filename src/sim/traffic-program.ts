/**
 * A client of the traffic that chaos runs see: `traffic --endpoints A,B --name c1 --seed 7 --mix put-delete-lease --keys 10 --pause-ms 100
 * --timeout-ms 1000 --report`. One request at a time; a failed one is not repeated, the next goes to the next endpoint. With `--report` each
 * acknowledged put says `ack` as the writer's do. It runs until a signal.
 */

import { LeaseGrantResponse, LeaseKeepAliveResponse, PutResponse, RangeResponse, TxnResponse } from '#api/gen/rpc.ts';
import type { KeyValue } from '#api/gen/kv.ts';
import { KVService, LeaseService } from '#api/rpc.ts';
import type { CallEvent, Program, ProgramEffect, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { millis } from '#kernel/brand.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { createPrng, restorePrng } from '#kernel/prng.ts';
import { drawCall, type TrafficMemory } from '#sim/traffic-mix.ts';

interface Settings {
  readonly endpoints: readonly string[];
  readonly mix: string;
  readonly keys: number;
  readonly pauseMicros: number;
  readonly timeoutMicros: number;
}

/** Plain data. `call` is 0 while it pauses. */
interface TrafficState {
  readonly settings: Settings;
  readonly random: readonly [number, number, number, number];
  readonly memory: TrafficMemory;
  readonly call: number;
  readonly method: string;
  readonly endpoint: number;
}

const TIMER = 1;

export function programFlag(argv: readonly string[], name: string, fallback: string): string {
  const at = argv.indexOf(`--${name}`);
  return at === -1 ? fallback : (argv[at + 1] ?? fallback);
}

function begin({ argv }: ProgramStart): TrafficState {
  const client = programFlag(argv, 'name', 'traffic');
  return {
    settings: {
      endpoints: programFlag(argv, 'endpoints', '127.0.0.1:2379').split(','),
      mix: programFlag(argv, 'mix', 'put-delete-lease'),
      keys: Math.max(1, Number(programFlag(argv, 'keys', '10'))),
      pauseMicros: millis(Number(programFlag(argv, 'pause-ms', '100'))),
      timeoutMicros: millis(Number(programFlag(argv, 'timeout-ms', '1000'))),
    },
    random: createPrng(Number(programFlag(argv, 'seed', '1')), `traffic/${client}`).save(),
    memory: { client, next: 1, revision: 0, seen: {}, lease: 0n },
    call: 0,
    method: '',
    endpoint: 0,
  };
}

function ask(state: TrafficState): { readonly state: TrafficState; readonly effects: readonly ProgramEffect[] } {
  const { settings, memory } = state;
  const random = restorePrng(state.random);
  const { method, body } = drawCall(settings.mix, settings.keys, memory, random);
  const endpoint = settings.endpoints[state.endpoint % settings.endpoints.length] ?? '';
  const call = memory.next;
  return {
    state: { ...state, random: random.save(), memory: { ...memory, next: call + 1 }, call, method },
    effects: [
      { type: 'open', call, endpoint, method, body, token: '' },
      { type: 'timer', timer: TIMER, afterMicros: settings.timeoutMicros },
    ],
  };
}

const asPlain = (state: TrafficState): Plain => state as unknown as Plain; // made of plain values only

/** The next request after a pause. @param moves to the next endpoint */
function rest(state: TrafficState, isMoving: boolean, effects: readonly ProgramEffect[] = []): ProgramStep {
  const next = { ...state, call: 0, endpoint: state.endpoint + (isMoving ? 1 : 0) };
  return {
    state: asPlain(next),
    effects: [...effects, { type: 'timer', timer: TIMER, afterMicros: Math.max(1000, state.settings.pauseMicros) }],
  };
}

function onCall(state: TrafficState, event: CallEvent): ProgramStep {
  switch (event.type) {
    case 'message': {
      const next = { ...state, memory: learn(state.memory, state.method, event.body) };
      if (state.method !== LeaseService.LeaseKeepAlive.path) return { state: asPlain(next), effects: [] };
      return rest(next, false, [{ type: 'cancel', call: state.call }]);
    }
    case 'end':
      // A lease that is gone is not asked for again.
      if (event.code === 5) return rest({ ...state, memory: { ...state.memory, lease: 0n } }, false);
      return rest(state, event.code !== 0 && event.code !== 11);
    case 'refused':
    case 'broken':
      return rest(state, true);
    case 'http-head':
    case 'http-body':
      return { state: asPlain(state), effects: [] };
  }
}

/** What an answer tells. */
function learn(memory: TrafficMemory, method: string, body: Bytes): TrafficMemory {
  const heard = (revision: bigint | undefined, seen: Readonly<Record<string, number>> = memory.seen): TrafficMemory => ({
    ...memory,
    revision: Math.max(memory.revision, Number(revision ?? 0n)),
    seen,
  });
  const seeing = (kvs: readonly KeyValue[]): Readonly<Record<string, number>> => ({
    ...memory.seen,
    ...Object.fromEntries(kvs.map(({ key, modRevision }) => [fromUtf8(key), Number(modRevision)])),
  });
  switch (method) {
    case KVService.Range.path: {
      const { header, kvs } = RangeResponse.decode(body);
      return heard(header?.revision, seeing(kvs));
    }
    case KVService.Txn.path: {
      const { header, responses } = TxnResponse.decode(body);
      return heard(
        header?.revision,
        seeing(responses.flatMap(({ response }) => (response?.type === 'responseRange' ? response.value.kvs : []))),
      );
    }
    case LeaseService.LeaseGrant.path: {
      const { header, ID } = LeaseGrantResponse.decode(body);
      return { ...heard(header?.revision), lease: ID };
    }
    case LeaseService.LeaseKeepAlive.path: {
      const { TTL } = LeaseKeepAliveResponse.decode(body);
      return TTL === 0n ? { ...memory, lease: 0n } : memory;
    }
    case LeaseService.LeaseRevoke.path:
      return { ...memory, lease: 0n };
    default:
      return heard(PutResponse.decode(body).header?.revision);
  }
}

export const trafficProgram: Program = {
  start(start) {
    const { state, effects } = ask(begin(start));
    return { state: asPlain(state), effects };
  },

  step(plain, event) {
    const state = plain as unknown as TrafficState; // what start and this function returned before
    switch (event.type) {
      case 'call':
        return event.call === state.call ? onCall(state, event.event) : { state: plain, effects: [] };
      case 'timer': {
        if (state.call !== 0) return rest(state, true, [{ type: 'cancel', call: state.call }]);
        const next = ask(state);
        return { state: asPlain(next.state), effects: next.effects };
      }
      case 'signal':
        return { state: null, effects: [{ type: 'exit', code: 0 }] };
      default:
        return { state: plain, effects: [] };
    }
  },
};
