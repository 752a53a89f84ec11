/**
 * What a member counts for `/metrics`, from its start on: a restart counts from zero, as a process does. Counters only; everything else on the
 * page is read from the state when it is asked for.
 */

import { nodeId, type NodeId } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';

/** In the order of their encoding. */
const COUNTERS = [
  'slowApplies',
  'proposalsFailed',
  'leasesGranted',
  'leasesRenewed',
  'leasesRevoked',
  'leasesExpired',
  'puts',
  'putBytes',
  'deletes',
  'ranges',
  'txns',
  'events',
  'compactedKeys',
  'clientReceivedBytes',
  'clientSentBytes',
  'heartbeatFailures',
  'slowReadIndexes',
  'readIndexesFailed',
  'healthSuccess',
  'healthFailures',
  'walBytes',
] as const;
export type Counter = (typeof COUNTERS)[number];

const HISTOGRAMS = ['walFsync', 'backendCommit', 'snapshotFsync'] as const;
type HistogramName = (typeof HISTOGRAMS)[number];

/** Upper bounds in µs: from 1 ms on, each twice the last, as etcd's histograms of disks have them. */
export const BUCKETS_MICROS: readonly number[] = Array.from({ length: 14 }, (_, i) => 1000 * 2 ** i);

export interface Histogram {
  /** Observations up to each bound, the greater ones not included. */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sumMicros: number;
}

const fresh = (): { counts: number[]; count: number; sumMicros: number } => ({
  counts: BUCKETS_MICROS.map(() => 0),
  count: 0,
  sumMicros: 0,
});

/** Mutable; owned by the member. */
export class Metrics {
  readonly #counters = new Map<Counter, number>();
  readonly #histograms = new Map<HistogramName, ReturnType<typeof fresh>>();
  /** Bytes sent to and received from each peer. */
  readonly sentTo = new Map<NodeId, number>();
  readonly receivedFrom = new Map<NodeId, number>();

  add(name: Counter, amount = 1): void {
    this.#counters.set(name, this.value(name) + amount);
  }

  value(name: Counter): number {
    return this.#counters.get(name) ?? 0;
  }

  sent(to: NodeId, bytes: number): void {
    this.sentTo.set(to, (this.sentTo.get(to) ?? 0) + bytes);
  }

  received(from: NodeId, bytes: number): void {
    this.receivedFrom.set(from, (this.receivedFrom.get(from) ?? 0) + bytes);
  }

  /** Something took so long, µs. */
  observe(name: HistogramName, micros: number): void {
    const histogram = this.#histograms.get(name) ?? fresh();
    this.#histograms.set(name, histogram);
    histogram.count++;
    histogram.sumMicros += micros;
    for (const [i, bound] of BUCKETS_MICROS.entries()) if (micros <= bound) histogram.counts[i] = (histogram.counts[i] ?? 0) + 1;
  }

  histogram(name: HistogramName): Histogram {
    return this.#histograms.get(name) ?? fresh();
  }

  save(w: Writer): void {
    for (const name of COUNTERS) w.varint(this.value(name));
    for (const name of HISTOGRAMS) {
      const { counts, count, sumMicros } = this.histogram(name);
      w.varint(count).varint(sumMicros);
      for (const n of counts) w.varint(n);
    }
    for (const bytes of [this.sentTo, this.receivedFrom]) {
      w.varint(bytes.size);
      for (const [id, n] of bytes) w.u64(id).varint(n);
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader): Metrics {
    const metrics = new Metrics();
    for (const name of COUNTERS) metrics.add(name, r.varint());
    for (const name of HISTOGRAMS) {
      const count = r.varint();
      const sumMicros = r.varint();
      metrics.#histograms.set(name, { count, sumMicros, counts: BUCKETS_MICROS.map(() => r.varint()) });
    }
    for (const bytes of [metrics.sentTo, metrics.receivedFrom]) for (let n = r.varint(); n > 0; n--) bytes.set(nodeId(r.u64()), r.varint());
    return metrics;
  }
}
