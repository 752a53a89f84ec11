import { describe, expect, it } from 'vitest';
import { leaseId, simTime } from '#kernel/brand.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import { LEASE_TTL_MAX_SECONDS, Lessor, REVOKE_RETRY_MICROS } from '#lease/lessor.ts';

const SECOND = 1_000_000;
const at = (seconds: number) => simTime(seconds * SECOND);
const A = leaseId(10n);
const B = leaseId(20n);

describe('a lessor', () => {
  it('raises a TTL to one and a half elections, and refuses what etcd refuses', () => {
    const lessor = new Lessor(SECOND);
    for (const [i, ttl] of [-1n, 0n, 1n].entries()) expect(lessor.grant(leaseId(BigInt(i + 1)), ttl, at(0))).toEqual({ ok: true, ttl: 2n });
    expect(lessor.grant(leaseId(1n), 5n, at(0))).toEqual({ ok: false, error: 'exists' });
    expect(lessor.grant(A, LEASE_TTL_MAX_SECONDS + 1n, at(0))).toEqual({ ok: false, error: 'ttl-too-large' });
    expect(lessor.grant(leaseId(0n), 5n, at(0))).toEqual({ ok: false, error: 'not-found' });
  });

  it('expires nothing unless it is primary', () => {
    const lessor = new Lessor(SECOND);
    lessor.grant(A, 5n, at(0));
    expect(lessor.takeExpired(at(100))).toEqual([]);
    expect(lessor.renew(A, at(1))).toBeUndefined();
    lessor.promote(at(100), SECOND);
    expect(lessor.takeExpired(at(105))).toEqual([]);
    expect(lessor.takeExpired(at(106))).toEqual([A]);
    lessor.demote();
    expect(lessor.takeExpired(at(200))).toEqual([]);
  });

  it('asks for a revocation once, and again after the retry time', () => {
    const lessor = new Lessor(SECOND);
    lessor.promote(at(0), 0);
    lessor.grant(A, 2n, at(0));
    expect(lessor.takeExpired(at(2))).toEqual([A]);
    expect(lessor.takeExpired(at(3))).toEqual([]);
    expect(lessor.takeExpired(simTime(2 * SECOND + REVOKE_RETRY_MICROS))).toEqual([A]);
  });

  it('renews a lease to its whole time, and never one whose time is over', () => {
    const lessor = new Lessor(SECOND);
    lessor.promote(at(0), 0);
    lessor.grant(A, 4n, at(0));
    expect(lessor.renew(A, at(3))).toBe(4n);
    expect(lessor.takeExpired(at(6))).toEqual([]);
    expect(lessor.renew(A, at(7))).toBeUndefined();
    expect(lessor.renew(B, at(7))).toBeUndefined();
  });

  it('gives the keys of a revoked lease in byte order, each once', () => {
    const lessor = new Lessor(SECOND);
    lessor.grant(A, 4n, at(0));
    for (const key of ['b', 'a', 'c', 'a']) lessor.attach(A, utf8(key));
    lessor.detach(A, utf8('c'));
    expect(lessor.revoke(A)?.map(fromUtf8)).toEqual(['a', 'b']);
    expect(lessor.revoke(A)).toBeUndefined();
  });

  it('lists the lease that expires first before the others', () => {
    const lessor = new Lessor(SECOND);
    lessor.promote(at(0), 0);
    lessor.grant(A, 9n, at(0));
    lessor.grant(B, 3n, at(0));
    expect(lessor.list().map(({ id }) => id)).toEqual([B, A]);
  });

  it('is encoded with its clock for a checkpoint and without for other members', () => {
    const lessor = new Lessor(SECOND);
    lessor.promote(at(0), 0);
    lessor.grant(B, 3n, at(0));
    lessor.grant(A, 9n, at(0));
    lessor.attach(A, utf8('k'));
    const copy = (what: 'replicated' | 'all'): Lessor => {
      const w = new Writer();
      lessor.save(w, what);
      return Lessor.restore(new Reader(w.finish()), SECOND);
    };
    expect(copy('all').list()).toEqual(lessor.list());
    expect(copy('all').takeExpired(at(3))).toEqual([B]);
    expect(copy('replicated').isPrimary).toBe(false);
    expect(
      copy('replicated')
        .list()
        .map(({ id, expiresAt, keys }) => [id, expiresAt, keys.length]),
    ).toEqual([
      [A, undefined, 1],
      [B, undefined, 0],
    ]);
  });
});
