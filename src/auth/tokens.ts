/** Simple tokens (server/auth/simple_token.go): each member keeps its own list, with its own clock; a restart forgets them all. */

import { simTime, type SimTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';

/** A token lives this long after its last use by default, µs (`--auth-token-ttl`, 300 s). */
export const TOKEN_TTL_MICROS = 300_000_000;
/** Tokens that are kept; the one that was issued first is forgotten first. */
const TOKENS_MAX = 10_000;

interface Token {
  readonly user: string;
  readonly expiresAt: SimTime;
}

/** Mutable; owned by the member. */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #ttlMicros: number;

  constructor(ttlMicros = TOKEN_TTL_MICROS) {
    this.#ttlMicros = ttlMicros;
  }

  issue(token: string, user: string, now: SimTime): void {
    for (const [old, { expiresAt }] of this.#tokens) if (expiresAt <= now || this.#tokens.size >= TOKENS_MAX) this.#tokens.delete(old);
    this.#tokens.set(token, { user, expiresAt: simTime(now + this.#ttlMicros) });
  }

  /** Whose token it is, renewed by this use; undefined if it is none or too old. */
  use(token: string, now: SimTime): string | undefined {
    const known = this.#tokens.get(token);
    if (known === undefined || known.expiresAt <= now) return undefined;
    this.#tokens.set(token, { ...known, expiresAt: simTime(now + this.#ttlMicros) });
    return known.user;
  }

  /** Forgets a user's tokens; all of them without a name. */
  forget(user?: string): void {
    for (const [token, known] of this.#tokens) if (user === undefined || known.user === user) this.#tokens.delete(token);
  }

  save(w: Writer): void {
    w.varint(this.#tokens.size);
    for (const [token, { user, expiresAt }] of this.#tokens) w.text(token).text(user).varint(expiresAt);
  }

  /** @throws DecodeError */
  static restore(r: Reader, ttlMicros = TOKEN_TTL_MICROS): Tokens {
    const tokens = new Tokens(ttlMicros);
    for (let n = r.varint(); n > 0; n--) {
      const token = r.text();
      tokens.#tokens.set(token, { user: r.text(), expiresAt: simTime(r.varint()) });
    }
    return tokens;
  }
}
