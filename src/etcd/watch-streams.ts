/**
 * Watch streams of clients (server/etcdserver/api/v3rpc/watch.go): each is one call with any number of watchers on one stream of the store.
 * What the store has for a stream is delivered at the end of each step.
 */

import { WatchCreateRequest_FilterType, WatchRequest, type WatchCreateRequest, type WatchResponse as WatchMessage } from '#api/gen/rpc.ts';
import { WatchService } from '#api/rpc.ts';
import { ERRORS, statusText } from '#api/errors.ts';
import { simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import type { WatchResponse } from '#mvcc/watcher.ts';
import type { WatchStream } from '#mvcc/watch-stream.ts';
import { refuseWatch } from '#etcd/auth-checks.ts';
import { headerOf, stream as respond } from '#etcd/answer.ts';
import { breaks } from '#etcd/broken-rules.ts';
import { callKey, type OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { toEventMessage } from '#etcd/kv-messages.ts';
import { INNER_CLIENT } from '#etcd/outbox.ts';
import type { Parts } from '#etcd/parts.ts';
import { spoiltWatch } from '#etcd/planted-faults.ts';
import { fragmentLimit, fragmentsOf } from '#etcd/watch-fragments.ts';
import { settingsOf } from '#etcd/settings.ts';
import { versionRules } from '#etcd/version-rules.ts';

const ZERO_KEY = Uint8Array.of(0);

interface ClientStream {
  readonly call: CallId;
  /** The store's id of the stream. */
  readonly stream: number;
  /** Watchers that want progress: true if nothing was sent since the last look. */
  readonly progress: Map<number, boolean>;
  progressAt: SimTime;
  /** Watchers whose large responses come in pieces. */
  readonly fragments: Set<number>;
}

/** Mutable; owned by the member. Bounded by the clients' open calls. */
export class WatchStreams {
  readonly #byCall = new Map<string, ClientStream>();
  readonly #byStream = new Map<number, ClientStream>();

  add(stream: ClientStream): void {
    this.#byCall.set(callKey(stream.call), stream);
    this.#byStream.set(stream.stream, stream);
  }

  ofCall(call: CallId): ClientStream | undefined {
    return this.#byCall.get(callKey(call));
  }

  ofStream(stream: number): ClientStream | undefined {
    return this.#byStream.get(stream);
  }

  remove(call: CallId): ClientStream | undefined {
    const stream = this.ofCall(call);
    if (stream === undefined) return undefined;
    this.#byCall.delete(callKey(call));
    this.#byStream.delete(stream.stream);
    return stream;
  }

  all(): Iterable<ClientStream> {
    return this.#byCall.values();
  }

  save(w: Writer): void {
    w.varint(this.#byCall.size);
    for (const { call, stream, progress, progressAt, fragments } of this.#byCall.values()) {
      w.varint(call.client).varint(call.call).varint(stream).varint(progressAt).varint(progress.size);
      for (const [id, isQuiet] of progress) w.f64(id).bool(isQuiet);
      w.varint(fragments.size);
      for (const id of fragments) w.f64(id);
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader): WatchStreams {
    const streams = new WatchStreams();
    for (let n = r.varint(); n > 0; n--) {
      const call = { client: r.varint(), call: r.varint() };
      const stream = r.varint();
      const progressAt = simTime(r.varint());
      const progress = new Map<number, boolean>();
      for (let k = r.varint(); k > 0; k--) progress.set(r.f64(), r.bool());
      const fragments = new Set<number>();
      for (let k = r.varint(); k > 0; k--) fragments.add(r.f64());
      streams.add({ call, stream, progress, progressAt, fragments });
    }
    return streams;
  }
}

export function openWatchStream(m: Parts, call: OpenCall, body: Bytes): void {
  const { id } = m.machine.kv.openStream();
  m.watches.add({
    call: call.id,
    stream: id,
    progress: new Map(),
    fragments: new Set(),
    progressAt: simTime(m.out.now + settingsOf(m.config).watchProgressNotifyMicros),
  });
  if (body.length > 0) watchMessage(m, call, body);
}

export function closeWatchStream(m: Parts, call: CallId): void {
  const closed = m.watches.remove(call);
  if (closed !== undefined) m.machine.kv.stream(closed.stream).close();
}

/** A request on an open stream. */
export function watchMessage(m: Parts, call: OpenCall, body: Bytes): void {
  const client = m.watches.ofCall(call.id);
  if (client === undefined) return;
  const stream = m.machine.kv.stream(client.stream);
  const { requestUnion: request } = WatchRequest.decode(body);
  switch (request?.type) {
    case 'createRequest':
      return create(m, call, client, stream, request.value);
    case 'cancelRequest': {
      const id = Number(request.value.watchId);
      if (stream.cancel(id) !== undefined) return;
      client.progress.delete(id);
      client.fragments.delete(id);
      cancelled(m, call, id, '', { revision: m.machine.kv.currentRevision });
      return;
    }
    case 'progressRequest':
      // 3.4 answers at once, whether or not the watchers have caught up.
      if (versionRules(m.config).progressIsImmediate) progressNow(m, call);
      else stream.requestProgressAll();
      return;
    case undefined:
  }
}

function create(m: Parts, call: OpenCall, client: ClientStream, stream: WatchStream, r: WatchCreateRequest): void {
  const { kv } = m.machine;
  const revision = kv.currentRevision;
  const key = r.key.length === 0 ? ZERO_KEY : r.key;
  const askedRevision = Number(r.startRevision);
  const startRevision = askedRevision > 0 && breaks(m.config, 'watch-resume') ? askedRevision + 1 : askedRevision;
  const filters = breaks(m.config, 'watch-no-filter') ? [] : r.filters;
  const denied = refuseWatch(m, call, { key, rangeEnd: r.rangeEnd });
  const result =
    denied !== undefined
      ? { type: 'refused' as const, message: statusText(denied) }
      : startRevision < 0 && versionRules(m.config).refusesNegativeStart // 3.4 takes it, and finds nothing below all revisions
        ? { type: 'refused' as const, message: ERRORS.Compacted.message }
        : stream.watch({
            key,
            rangeEnd: r.rangeEnd,
            startRevision,
            watchId: Number(r.watchId),
            noPut: filters.includes(WatchCreateRequest_FilterType.NOPUT),
            noDelete: filters.includes(WatchCreateRequest_FilterType.NODELETE),
            prevKv: r.prevKv,
          });
  const isMade = result.type === 'created';
  const watchId = isMade ? result.watchId : -1;
  const { client: actor, call: number } = call.id;
  const event = m.out.emit('watch-created', {
    client: actor,
    call: number,
    watch: Math.max(watchId, 0),
    key,
    rangeEnd: r.rangeEnd,
    startRevision: Math.max(startRevision, 0),
  });
  const cancelReason = isMade ? '' : result.message;
  respondTo(
    m,
    call,
    { watchId: BigInt(watchId), created: true, canceled: !isMade, cancelReason, header: headerOf(m, BigInt(revision)) },
    event,
  );
  if (!isMade) return;
  if (r.progressNotify) client.progress.set(watchId, true);
  if (r.fragment) client.fragments.add(watchId);
}

function respondTo(m: Parts, call: OpenCall, response: Partial<WatchMessage>, event: EventId): void {
  respond(m, call, WatchService.Watch, WatchService.Watch.response.create(response), event);
}

function progressNow(m: Parts, call: OpenCall): void {
  const revision = m.machine.kv.currentRevision;
  const event = m.out.emit('watch-delivered', { client: call.id.client, call: call.id.call, watch: 0, events: 0, revision });
  respondTo(m, call, { watchId: -1n, header: headerOf(m, BigInt(revision)) }, event);
}

function cancelled(
  m: Parts,
  call: OpenCall,
  watch: number,
  reason: string,
  at: { readonly revision: number; readonly compactRevision?: number },
): void {
  const event = m.out.emit('watch-cancelled', { client: call.id.client, call: call.id.call, watch, reason });
  const header = { ...headerOf(m, 0n), revision: BigInt(at.revision) };
  respondTo(m, call, { watchId: BigInt(watch), canceled: true, compactRevision: BigInt(at.compactRevision ?? 0), header }, event);
}

/** Delivers what the store has for the streams, as far as their clients take it; the rest stays in their buffers, and full ones make victims. */
export function deliverWatches(m: Parts): void {
  const { kv } = m.machine;
  for (const id of kv.streamsWithResponses()) {
    const client = m.watches.ofStream(id);
    const call = client === undefined ? undefined : m.calls.get(client.call);
    const stream = kv.stream(id);
    if (client === undefined || call === undefined) stream.drain();
    else while (stream.buffered > 0 && hasRoom(m, call)) for (const response of stream.drain(1)) deliver(m, call, client, response);
  }
}

/** Whether the client takes another answer now; one of the member's own watches waits for the client that it works for. */
function hasRoom(m: Parts, { id }: OpenCall): boolean {
  if (id.client !== INNER_CLIENT) return m.calls.hasRoom(id);
  const recipe = m.inner.recipeOf({ id });
  return recipe === undefined || m.calls.hasRoom(recipe.call);
}

function deliver(m: Parts, call: OpenCall, client: ClientStream, { watchId, events, revision, compactRevision }: WatchResponse): void {
  if (compactRevision !== 0) {
    cancelled(m, call, watchId, 'compacted', { revision: 0, compactRevision });
    return;
  }
  if (client.progress.has(watchId)) client.progress.set(watchId, false);
  m.metrics.add('events', events.length);
  const fields = { client: call.id.client, call: call.id.call, watch: Math.max(watchId, 0), events: events.length, revision };
  const event = m.out.emit('watch-delivered', fields, m.out.lastApplied ?? m.out.cause);
  const header = { ...headerOf(m, 0n), revision: BigInt(revision) };
  const whole = { watchId: BigInt(watchId), events: events.map(toEventMessage), header };
  const told = m.config.broken.length === 0 ? [whole] : spoiltWatch(m, whole);
  const pieces = client.fragments.has(watchId) ? told.flatMap((one) => fragmentsOf(one, fragmentLimit(m))) : told;
  for (const piece of pieces) respondTo(m, call, piece, event);
}

/** Progress notices for the watchers that asked for them and heard nothing. */
export function onProgressTimers(m: Parts): void {
  for (const client of m.watches.all()) {
    if (m.out.now < client.progressAt) continue;
    client.progressAt = simTime(m.out.now + settingsOf(m.config).watchProgressNotifyMicros);
    const stream = m.machine.kv.stream(client.stream);
    for (const [id, isQuiet] of client.progress) {
      if (isQuiet) stream.requestProgress(id);
      client.progress.set(id, true);
    }
  }
}
