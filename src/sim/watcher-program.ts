/**
 * A client that watches: `watcher --endpoints A,B --name w1 --pause-ms 100 [--require-leader yes]`. One stream with several watchers: all hot keys with their previous values, one key, and
 * deletions left out. When the stream breaks, or a watcher ends, it opens a new one at the next endpoint, each watcher from the revision after the
 * last that it heard of (as etcd's clients resume), or from the compacted one on. It asks for progress now and then, and runs until a signal.
 */

import { WatchCreateRequest, WatchCreateRequest_FilterType, WatchProgressRequest, WatchRequest, WatchResponse } from '#api/gen/rpc.ts';
import { WatchService } from '#api/rpc.ts';
import type { CallEvent, Program, ProgramEffect, ProgramStep } from '#ctl/program.ts';
import { millis } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { programFlag } from '#sim/traffic-program.ts';

/** Plain data. */
interface WatcherState {
  readonly endpoints: readonly string[];
  /** Before a broken stream is opened again, µs. */
  readonly pauseMicros: number;
  readonly endpoint: number;
  /** A member without a leader is to end the stream. */
  readonly requireLeader: boolean;
  /** 0 while it pauses. */
  readonly call: number;
  readonly nextCall: number;
  /** For each watcher the revision that it asks for next; 0: from now on. */
  readonly from: readonly number[];
}

const PAUSE = 1;
const PROGRESS = 2;
const PROGRESS_MICROS = millis(700);

const WATCHES: readonly Partial<WatchCreateRequest>[] = [
  { key: utf8('key/'), rangeEnd: utf8('key0'), prevKv: true },
  { key: utf8('key/1') },
  { key: utf8('key/'), rangeEnd: utf8('key0'), filters: [WatchCreateRequest_FilterType.NODELETE] },
];

const createBody = (index: number, startRevision: number): Bytes =>
  WatchRequest.encode({
    // A wanted id of 0 means any; the stream counts from 0 of itself.
    requestUnion: {
      type: 'createRequest',
      value: WatchCreateRequest.create({ ...WATCHES[index], startRevision: BigInt(startRevision), watchId: BigInt(index) }),
    },
  }).finish();

const PROGRESS_BODY = WatchRequest.encode({ requestUnion: { type: 'progressRequest', value: WatchProgressRequest.create() } }).finish();

const asPlain = (state: WatcherState): Plain => state as unknown as Plain; // made of plain values only

function open(state: WatcherState): ProgramStep {
  const call = state.nextCall;
  const endpoint = state.endpoints[state.endpoint % state.endpoints.length] ?? '';
  return {
    state: asPlain({ ...state, call, nextCall: call + 1 }),
    effects: [
      {
        type: 'open',
        call,
        endpoint,
        method: WatchService.Watch.path,
        body: EMPTY_BYTES,
        token: '',
        ...(state.requireLeader ? { requireLeader: true } : {}),
      },
      ...state.from.map((revision, i): ProgramEffect => ({ type: 'send', call, body: createBody(i, revision) })),
      { type: 'timer', timer: PROGRESS, afterMicros: PROGRESS_MICROS },
    ],
  };
}

function again(state: WatcherState, effects: readonly ProgramEffect[]): ProgramStep {
  return {
    state: asPlain({ ...state, call: 0, endpoint: state.endpoint + 1 }),
    effects: [...effects, { type: 'cancel-timer', timer: PROGRESS }, { type: 'timer', timer: PAUSE, afterMicros: state.pauseMicros }],
  };
}

function onCall(state: WatcherState, event: CallEvent): ProgramStep {
  if (event.type !== 'message') return again(state, []);
  const { watchId, canceled, compactRevision, created, header, events } = WatchResponse.decode(event.body);
  const id = Number(watchId);
  const from = state.from.map((revision, i) => {
    if (id !== i && id !== -1) return revision;
    if (canceled) return Math.max(revision, Number(compactRevision));
    const newest = Number(header?.revision ?? 0n);
    // From now on means from the revision after the one at which it was made.
    if (created) return revision === 0 ? newest + 1 : revision;
    const last = events.at(-1)?.kv?.modRevision;
    return Math.max(revision, Number(last ?? header?.revision ?? 0n) + 1);
  });
  const next = { ...state, from };
  return canceled ? again(next, [{ type: 'cancel', call: state.call }]) : { state: asPlain(next), effects: [] };
}

export const watcherProgram: Program = {
  start({ argv }) {
    const endpoints = programFlag(argv, 'endpoints', '127.0.0.1:2379').split(',');
    const pauseMicros = Math.max(1000, millis(Number(programFlag(argv, 'pause-ms', '100'))));
    const requireLeader = programFlag(argv, 'require-leader', 'no') === 'yes';
    return open({ endpoints, pauseMicros, requireLeader, endpoint: 0, call: 0, nextCall: 1, from: WATCHES.map(() => 0) });
  },

  step(plain, event) {
    const state = plain as unknown as WatcherState; // what start and this function returned before
    switch (event.type) {
      case 'call':
        return event.call === state.call ? onCall(state, event.event) : { state: plain, effects: [] };
      case 'timer':
        if (event.timer === PAUSE) return open(state);
        if (state.call === 0) return { state: plain, effects: [] };
        return {
          state: plain,
          effects: [
            { type: 'send', call: state.call, body: PROGRESS_BODY },
            { type: 'timer', timer: PROGRESS, afterMicros: PROGRESS_MICROS },
          ],
        };
      case 'signal':
        return { state: null, effects: [{ type: 'exit', code: 0 }] };
      default:
        return { state: plain, effects: [] };
    }
  },
};
