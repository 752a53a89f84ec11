/**
 * The time of day that a member's machine tells. It jumps when somebody sets the clock (`play clock --jump`), which etcd feels where Go's `time.Now()` is
 * shown, sent or compared with another machine's: dates of HTTP answers, expirations of the v2 API, ids made of the time, `/v2/stats`. What only measures how
 * long something takes (ticks, timeouts, leases, tokens) is of the monotonic clock, `m.out.now`.
 */

import type { SimTime } from '#kernel/brand.ts';
import type { MemberConfig } from '#etcd/contract.ts';
import type { Outbox } from '#etcd/outbox.ts';

/** A time of the member's clock, and by how much the time of day was off then (µs). */
export interface Moment {
  readonly at: SimTime;
  readonly wallOffset: number;
}

type Clock = Pick<MemberConfig, 'epochMillis'>;
type Now = Pick<Outbox, 'now' | 'wallOffset'>;
interface Clocked {
  readonly config: Clock;
  readonly out: Now;
}

export const momentOf = ({ now, wallOffset }: Now): Moment => ({ at: now, wallOffset });

/** Unix microseconds that the machine told then. */
export const wallMicrosOf = ({ epochMillis }: Clock, { at, wallOffset }: Moment): number => epochMillis * 1000 + at + wallOffset;

/** Nanoseconds of microseconds. */
export const nanosOfMicros = (micros: number): bigint => BigInt(Math.round(micros)) * 1000n;

/** Unix milliseconds now, with a fraction. */
export const wallMillis = ({ config, out }: Clocked): number => wallMicrosOf(config, momentOf(out)) / 1000;

/** Unix nanoseconds now. */
export const wallNanos = ({ config, out }: Clocked): bigint => nanosOfMicros(wallMicrosOf(config, momentOf(out)));
