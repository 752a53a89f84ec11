/**
 * Leases: which exist and which keys hang on each (replicated, changed only by applied entries), and on the leader when each expires (not
 * replicated: a new leader gives every lease its full time again, plus an election, so a lease may live longer and never shorter). With
 * checkpoints the leader tells the others through the log how much of a long lease is left, and a new leader begins with that.
 * Source: etcd's server/lease/lessor.go.
 */

import { leaseId, simTime, type LeaseId, type SimTime } from '#kernel/brand.ts';
import { compareBytes, toHex, type Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';

/** Largest TTL that a grant may ask for, in seconds. */
export const LEASE_TTL_MAX_SECONDS = 9_000_000_000n;
/** Time between two looks for expired leases, µs. */
export const LEASE_CHECK_MICROS = 500_000;
/** Leases revoked in one look at most: a thousand a second. */
export const REVOKES_MAX = 500;
/** Time between two checkpoints of a lease, µs: one with less left has none. */
export const LEASE_CHECKPOINT_MICROS = 300_000_000;
/** Leases in one entry of checkpoints at most. */
export const CHECKPOINT_BATCH = 1000;
/** An expired lease that is still there after this long is revoked again, µs. */
export const REVOKE_RETRY_MICROS = 3_000_000;

const MICROS_PER_SECOND = 1_000_000;

/** Whether checkpoints are made, and whether they are stored with the lease (else a restart and a snapshot forget them). */
export type Checkpointing = 'off' | 'on' | 'persisted';

/** What is left of a lease, s; 0: all of it again. */
export interface LeaseCheckpointView {
  readonly id: LeaseId;
  readonly remaining: bigint;
}

export type GrantOutcome =
  { readonly ok: true; readonly ttl: bigint } | { readonly ok: false; readonly error: 'exists' | 'ttl-too-large' | 'not-found' };

/** A lease as others may see it. */
export interface LeaseView {
  readonly id: LeaseId;
  /** Granted time, s. */
  readonly ttl: bigint;
  /** What is stored as left, s; 0 if nothing is. */
  readonly storedRemaining: bigint;
  /** When it expires by this member's clock, µs; undefined on a member that does not lead. */
  readonly expiresAt: SimTime | undefined;
  /** Attached keys in byte order. */
  readonly keys: readonly Bytes[];
}

interface Lease {
  readonly id: LeaseId;
  readonly ttl: bigint;
  /** Seconds left at the last checkpoint; 0 if there was none since it was renewed. */
  remaining: bigint;
  /** When the next checkpoint is due; undefined: none is. */
  checkpointAt: SimTime | undefined;
  expiresAt: SimTime | undefined;
  /** When its revocation was asked for; undefined before that. */
  revokedAt: SimTime | undefined;
  /** By their hex form. */
  readonly keys: Map<string, Bytes>;
}

const viewOf = (lease: Lease, storesRemaining = false): LeaseView => ({
  id: lease.id,
  ttl: lease.ttl,
  storedRemaining: storesRemaining ? lease.remaining : 0n,
  expiresAt: lease.expiresAt,
  keys: [...lease.keys.values()].sort(compareBytes),
});
const byId = (a: Lease, b: Lease): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Mutable; owned by the state machine. */
export class Lessor {
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #ttlMin: bigint;
  readonly #checkpoints: Checkpointing;
  #isPrimary = false;

  /** @param electionMicros the election timeout: no lease may be shorter than one and a half of it */
  constructor(electionMicros: number, checkpoints: Checkpointing = 'off') {
    this.#checkpoints = checkpoints;
    this.#ttlMin = BigInt(Math.ceil((1.5 * electionMicros) / MICROS_PER_SECOND));
  }

  /** Whether this member's word on expiry counts. */
  get isPrimary(): boolean {
    return this.#isPrimary;
  }

  has(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  get(id: LeaseId): LeaseView | undefined {
    const lease = this.#leases.get(id);
    return lease === undefined ? undefined : viewOf(lease, this.#checkpoints === 'persisted');
  }

  get size(): number {
    return this.#leases.size;
  }

  /** All leases; those that expire first come first, then by id. */
  list(): readonly LeaseView[] {
    const sorted = [...this.#leases.values()].sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0) || byId(a, b));
    return sorted.map((lease) => viewOf(lease, this.#checkpoints === 'persisted'));
  }

  /** Grants a lease. @param ttl seconds; raised to the minimum */
  grant(id: LeaseId, ttl: bigint, now: SimTime): GrantOutcome {
    if (id === 0n) return { ok: false, error: 'not-found' };
    if (ttl > LEASE_TTL_MAX_SECONDS) return { ok: false, error: 'ttl-too-large' };
    if (this.#leases.has(id)) return { ok: false, error: 'exists' };
    const granted = ttl < this.#ttlMin ? this.#ttlMin : ttl;
    const lease: Lease = {
      id,
      ttl: granted,
      remaining: 0n,
      checkpointAt: undefined,
      expiresAt: undefined,
      revokedAt: undefined,
      keys: new Map(),
    };
    if (this.#isPrimary) {
      lease.expiresAt = this.#expiry(lease.ttl, now, 0);
      this.#scheduleCheckpoint(lease, now);
    }
    this.#leases.set(id, lease);
    return { ok: true, ttl: granted };
  }

  /** Removes a lease; its keys are the caller's to delete, in this order. @returns undefined if there is none */
  revoke(id: LeaseId): readonly Bytes[] | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    this.#leases.delete(id);
    return viewOf(lease).keys;
  }

  attach(id: LeaseId, key: Bytes): void {
    this.#leases.get(id)?.keys.set(toHex(key), key);
  }

  detach(id: LeaseId, key: Bytes): void {
    this.#leases.get(id)?.keys.delete(toHex(key));
  }

  /** This member leads: every lease gets its full time, or what was left at its checkpoint, and `extendMicros` more. */
  promote(now: SimTime, extendMicros: number): void {
    this.#isPrimary = true;
    for (const lease of this.#leases.values()) {
      lease.expiresAt = this.#expiry(lease.remaining > 0n ? lease.remaining : lease.ttl, now, extendMicros);
      this.#scheduleCheckpoint(lease, now);
      lease.revokedAt = undefined;
    }
  }

  /** This member does not lead any more: nothing expires here. */
  demote(): void {
    this.#isPrimary = false;
    for (const lease of this.#leases.values()) {
      lease.expiresAt = undefined;
      lease.checkpointAt = undefined;
    }
  }

  /** A sign of life. @returns the granted TTL, s; undefined if the lease is unknown, has expired, or expiry is not decided here */
  renew(id: LeaseId, now: SimTime): bigint | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.expiresAt === undefined || lease.expiresAt <= now) return undefined;
    lease.expiresAt = this.#expiry(lease.ttl, now, 0);
    return lease.ttl;
  }

  /** Whether a renewal of a lease has to go through the log first: a checkpoint would take back what it gains. */
  mustClearCheckpoint(id: LeaseId, now: SimTime): boolean {
    const lease = this.#leases.get(id);
    if (this.#checkpoints === 'off' || lease?.expiresAt === undefined || lease.expiresAt <= now) return false;
    return lease.remaining > 0n;
  }

  /** A checkpoint is applied. */
  checkpoint({ id, remaining }: LeaseCheckpointView, now: SimTime): void {
    const lease = this.#leases.get(id);
    if (lease === undefined) return;
    lease.remaining = remaining;
    if (this.#isPrimary) this.#scheduleCheckpoint(lease, now);
  }

  /** Checkpoints that are due, each once. One that is expired or has its whole time left gets none. */
  takeCheckpoints(now: SimTime): readonly LeaseCheckpointView[] {
    const due: LeaseCheckpointView[] = [];
    for (const lease of this.#leases.values()) {
      if (lease.checkpointAt === undefined || lease.checkpointAt > now) continue;
      lease.checkpointAt = undefined;
      if (lease.expiresAt === undefined || lease.expiresAt <= now) continue;
      const remaining = BigInt(Math.ceil((lease.expiresAt - now) / MICROS_PER_SECOND));
      if (remaining < lease.ttl) due.push({ id: lease.id, remaining });
    }
    return due;
  }

  /** What was not stored with the leases is gone: this member has been restarted. */
  forgetUnstored(): void {
    if (this.#checkpoints !== 'persisted') for (const lease of this.#leases.values()) lease.remaining = 0n;
  }

  /** Leases to revoke now, each once until {@link REVOKE_RETRY_MICROS} have passed. */
  takeExpired(now: SimTime): readonly LeaseId[] {
    if (!this.#isPrimary) return [];
    const expired: LeaseId[] = [];
    for (const lease of this.#leases.values()) {
      if (expired.length >= REVOKES_MAX) break;
      if (lease.expiresAt === undefined || lease.expiresAt > now) continue;
      if (lease.revokedAt !== undefined && now - lease.revokedAt < REVOKE_RETRY_MICROS) continue;
      lease.revokedAt = now;
      expired.push(lease.id);
    }
    return expired;
  }

  #scheduleCheckpoint(lease: Lease, now: SimTime): void {
    const left = lease.remaining > 0n ? lease.remaining : lease.ttl;
    if (this.#checkpoints === 'off' || Number(left) * MICROS_PER_SECOND <= LEASE_CHECKPOINT_MICROS) return;
    lease.checkpointAt = simTime(now + LEASE_CHECKPOINT_MICROS);
  }

  #expiry(seconds: bigint, now: SimTime, extendMicros: number): SimTime {
    return simTime(now + Number(seconds) * MICROS_PER_SECOND + extendMicros);
  }

  /** @param what `replicated`: what all members share; `all`: the clock's part too, for checkpoints */
  save(w: Writer, what: 'replicated' | 'all'): void {
    const leases = what === 'all' ? [...this.#leases.values()] : [...this.#leases.values()].sort(byId);
    w.bool(what === 'all')
      .bool(what === 'all' && this.#isPrimary)
      .varint(leases.length);
    for (const lease of leases) {
      const remaining = what === 'all' || this.#checkpoints === 'persisted' ? lease.remaining : 0n;
      w.u64(lease.id).u64(BigInt.asUintN(64, lease.ttl)).u64(BigInt.asUintN(64, remaining)).varint(lease.keys.size);
      for (const key of what === 'all' ? lease.keys.values() : viewOf(lease).keys) w.bytes(key);
      if (what !== 'all') continue;
      for (const time of [lease.expiresAt, lease.revokedAt, lease.checkpointAt]) w.varint((time ?? -1) + 1);
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader, electionMicros: number, checkpoints: Checkpointing = 'off'): Lessor {
    const lessor = new Lessor(electionMicros, checkpoints);
    const isAll = r.bool();
    lessor.#isPrimary = r.bool();
    const time = (): SimTime | undefined => {
      const stored = r.varint();
      return stored === 0 ? undefined : simTime(stored - 1);
    };
    for (let n = r.varint(); n > 0; n--) {
      const id = leaseId(r.u64());
      const ttl = r.u64();
      const remaining = r.u64();
      const keys = new Map<string, Bytes>();
      for (let k = r.varint(); k > 0; k--) {
        const key = r.bytes().slice();
        keys.set(toHex(key), key);
      }
      lessor.#leases.set(id, {
        id,
        ttl,
        remaining,
        keys,
        expiresAt: isAll ? time() : undefined,
        revokedAt: isAll ? time() : undefined,
        checkpointAt: isAll ? time() : undefined,
      });
    }
    return lessor;
  }
}
