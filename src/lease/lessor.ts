/**
 * Leases: which exist and which keys hang on each (replicated, changed only by applied entries), and on the leader when each expires (not
 * replicated: a new leader gives every lease its full time again, plus an election, so a lease may live longer and never shorter).
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
/** An expired lease that is still there after this long is revoked again, µs. */
export const REVOKE_RETRY_MICROS = 3_000_000;

const MICROS_PER_SECOND = 1_000_000;

export type GrantOutcome =
  { readonly ok: true; readonly ttl: bigint } | { readonly ok: false; readonly error: 'exists' | 'ttl-too-large' | 'not-found' };

/** A lease as others may see it. */
export interface LeaseView {
  readonly id: LeaseId;
  /** Granted time, s. */
  readonly ttl: bigint;
  /** When it expires by this member's clock, µs; undefined on a member that does not lead. */
  readonly expiresAt: SimTime | undefined;
  /** Attached keys in byte order. */
  readonly keys: readonly Bytes[];
}

interface Lease {
  readonly id: LeaseId;
  readonly ttl: bigint;
  expiresAt: SimTime | undefined;
  /** When its revocation was asked for; undefined before that. */
  revokedAt: SimTime | undefined;
  /** By their hex form. */
  readonly keys: Map<string, Bytes>;
}

const viewOf = (lease: Lease): LeaseView => ({
  id: lease.id,
  ttl: lease.ttl,
  expiresAt: lease.expiresAt,
  keys: [...lease.keys.values()].sort(compareBytes),
});
const byId = (a: Lease, b: Lease): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Mutable; owned by the state machine. */
export class Lessor {
  readonly #leases = new Map<LeaseId, Lease>();
  readonly #ttlMin: bigint;
  #isPrimary = false;

  /** @param electionMicros the election timeout: no lease may be shorter than one and a half of it */
  constructor(electionMicros: number) {
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
    return lease === undefined ? undefined : viewOf(lease);
  }

  get size(): number {
    return this.#leases.size;
  }

  /** All leases; those that expire first come first, then by id. */
  list(): readonly LeaseView[] {
    const sorted = [...this.#leases.values()].sort((a, b) => (a.expiresAt ?? 0) - (b.expiresAt ?? 0) || byId(a, b));
    return sorted.map(viewOf);
  }

  /** Grants a lease. @param ttl seconds; raised to the minimum */
  grant(id: LeaseId, ttl: bigint, now: SimTime): GrantOutcome {
    if (id === 0n) return { ok: false, error: 'not-found' };
    if (ttl > LEASE_TTL_MAX_SECONDS) return { ok: false, error: 'ttl-too-large' };
    if (this.#leases.has(id)) return { ok: false, error: 'exists' };
    const granted = ttl < this.#ttlMin ? this.#ttlMin : ttl;
    const lease: Lease = { id, ttl: granted, expiresAt: undefined, revokedAt: undefined, keys: new Map() };
    if (this.#isPrimary) lease.expiresAt = this.#expiry(lease, now, 0);
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

  /** This member leads: every lease gets its full time and `extendMicros` more. */
  promote(now: SimTime, extendMicros: number): void {
    this.#isPrimary = true;
    for (const lease of this.#leases.values()) {
      lease.expiresAt = this.#expiry(lease, now, extendMicros);
      lease.revokedAt = undefined;
    }
  }

  /** This member does not lead any more: nothing expires here. */
  demote(): void {
    this.#isPrimary = false;
    for (const lease of this.#leases.values()) lease.expiresAt = undefined;
  }

  /** A sign of life. @returns the granted TTL, s; undefined if the lease is unknown, has expired, or expiry is not decided here */
  renew(id: LeaseId, now: SimTime): bigint | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined || lease.expiresAt === undefined || lease.expiresAt <= now) return undefined;
    lease.expiresAt = this.#expiry(lease, now, 0);
    return lease.ttl;
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

  #expiry(lease: Lease, now: SimTime, extendMicros: number): SimTime {
    return simTime(now + Number(lease.ttl) * MICROS_PER_SECOND + extendMicros);
  }

  /** @param what `replicated`: what all members share; `all`: the clock's part too, for checkpoints */
  save(w: Writer, what: 'replicated' | 'all'): void {
    const leases = what === 'all' ? [...this.#leases.values()] : [...this.#leases.values()].sort(byId);
    w.bool(what === 'all')
      .bool(what === 'all' && this.#isPrimary)
      .varint(leases.length);
    for (const lease of leases) {
      w.u64(lease.id).u64(BigInt.asUintN(64, lease.ttl)).varint(lease.keys.size);
      for (const key of what === 'all' ? lease.keys.values() : viewOf(lease).keys) w.bytes(key);
      if (what === 'all') w.varint((lease.expiresAt ?? -1) + 1).varint((lease.revokedAt ?? -1) + 1);
    }
  }

  /** @throws DecodeError */
  static restore(r: Reader, electionMicros: number): Lessor {
    const lessor = new Lessor(electionMicros);
    const isAll = r.bool();
    lessor.#isPrimary = r.bool();
    const time = (): SimTime | undefined => {
      const stored = r.varint();
      return stored === 0 ? undefined : simTime(stored - 1);
    };
    for (let n = r.varint(); n > 0; n--) {
      const id = leaseId(r.u64());
      const ttl = r.u64();
      const keys = new Map<string, Bytes>();
      for (let k = r.varint(); k > 0; k--) {
        const key = r.bytes().slice();
        keys.set(toHex(key), key);
      }
      lessor.#leases.set(id, { id, ttl, keys, expiresAt: isAll ? time() : undefined, revokedAt: isAll ? time() : undefined });
    }
    return lessor;
  }
}
