/**
 * etcd's generator of request and lease ids (pkg/idutil): 2 bytes of the member's id, then a 48-bit suffix that starts at 40 bits of Unix
 * milliseconds and an 8-bit counter and grows by one with each id. Ids of a restarted member differ from its earlier ones as long as it drew
 * fewer than 256 ids a millisecond.
 */

const SUFFIX_BITS = 48n;
const SUFFIX_MASK = (1n << SUFFIX_BITS) - 1n;
const MILLIS_MASK = (1n << 40n) - 1n;
/** Lease ids are positive in a signed 64-bit field. */
const LEASE_MASK = (1n << 63n) - 1n;

/** Mutable; owned by the member. */
export class RequestIds {
  readonly #prefix: bigint;
  #suffix: bigint;

  private constructor(prefix: bigint, suffix: bigint) {
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  /** @param unixMillis the time of day at which the member starts */
  static create(member: bigint, unixMillis: number): RequestIds {
    return new RequestIds((member & 0xffffn) << SUFFIX_BITS, (BigInt(Math.floor(unixMillis)) & MILLIS_MASK) << 8n);
  }

  /** Continues from {@link save}. */
  static restore(member: bigint, suffix: bigint): RequestIds {
    return new RequestIds((member & 0xffffn) << SUFFIX_BITS, suffix);
  }

  next(): bigint {
    this.#suffix = (this.#suffix + 1n) & SUFFIX_MASK;
    return this.#prefix | this.#suffix;
  }

  /** An id for a lease; never 0. */
  nextLease(): bigint {
    let id = 0n;
    while (id === 0n) id = this.next() & LEASE_MASK;
    return id;
  }

  save(): bigint {
    return this.#suffix;
  }
}
