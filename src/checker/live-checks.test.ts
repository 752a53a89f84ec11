import { describe, expect, it } from 'vitest';
import { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from '#api/gen/rpc.ts';
import { LeaseService } from '#api/rpc.ts';
import { LiveChecks } from '#checker/live-checks.ts';
import { simTime } from '#kernel/brand.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { World } from '#sim/world.ts';

const SECOND = 1_000_000;

/** A made-up cluster of two, whose leaders and answers a test says. */
class Stage {
  readonly checks: LiveChecks;
  readonly #seats = [1, 2].map((actor) => ({
    actor,
    name: `etcd-${actor}`,
    life: 'up',
    incarnation: 1,
    cluster: { id: 'c' },
    config: { folder: '', forceNewCluster: false },
    status: { role: 'follower', term: 1, applied: 0, revision: 1 },
  }));
  readonly #world: { now: number; readonly core: { readonly seats: readonly object[] } };
  #call = 0;

  constructor(profile: string) {
    this.#world = { now: 0, core: { seats: this.#seats } };
    const world = this.#world as unknown as World; // no more of it is looked at
    this.checks = new LiveChecks(() => world, profile, { keeps: false, clockRateMax: 1 });
  }

  /** What members are from now on, each in its term. */
  roles(at: number, ...roles: readonly (readonly ['leader' | 'follower', number, life?: 'frozen' | 'dead'])[]): this {
    this.#world.now = at * SECOND;
    for (const [i, [role, term, life]] of roles.entries()) {
      const seat = this.#seats[i];
      if (seat === undefined) continue;
      seat.status = { ...seat.status, role, term };
      seat.life = life ?? 'up';
    }
    for (const seat of this.#seats) this.checks.look(this.#world.now, seat as unknown as Seat); // what a look reads of it
    return this;
  }

  /** A client renews lease 7, and is answered at once. @param ttl 0: it is gone */
  renewal(at: number, term: number, ttl: number): this {
    this.#world.now = at * SECOND;
    const [number, time] = [++this.#call, simTime(at * SECOND)];
    const client = { name: 'c' } as unknown as ClientActor; // only its name is asked for
    const { path } = LeaseService.LeaseKeepAlive;
    const body = LeaseKeepAliveRequest.encode({ ID: 7n }).finish();
    this.checks.listener.call(client, number, { type: 'open', process: '', member: 1, method: path, body }, time);
    const header = { clusterId: 1n, memberId: 1n, revision: 5n, raftTerm: BigInt(term) };
    const answer = LeaseKeepAliveResponse.encode({ header, ID: 7n, TTL: BigInt(ttl) }).finish();
    this.checks.listener.call(client, number, { type: 'message', body: answer }, time);
    return this;
  }

  get found(): readonly string[] {
    return this.checks.board.violations.map(({ property }) => property);
  }
}

describe.each(['3.4.23', '3.5'])('a lease that was renewed (%s)', (profile) => {
  const stage = (): Stage => new Stage(profile);

  it('must live as long as is said', () => {
    const led = stage().roles(0, ['leader', 2], ['follower', 2]);
    expect(led.renewal(1, 2, 5).renewal(5.9, 2, 0).found).toEqual(['lease-floor']);
    expect(stage().roles(0, ['leader', 2], ['follower', 2]).renewal(1, 2, 5).renewal(6, 2, 0).found).toEqual([]);
  });

  it('need not if the leader that renewed it had been deposed', () => {
    const deposed = stage().roles(0, ['leader', 2], ['leader', 3]).roles(20, ['follower', 3], ['leader', 3]);
    expect(deposed.renewal(30, 2, 5).renewal(31, 3, 0).found).toEqual([]);
    expect(deposed.renewal(40, 3, 5).renewal(41, 3, 0).found).toEqual(['lease-floor']);
  });

  it('need not while a deposed leader is about that may end it, nor while what that one proposed may be on its way', () => {
    const both = (): Stage => stage().roles(0, ['leader', 2], ['leader', 3]);
    expect(both().renewal(1, 3, 5).renewal(2, 3, 0).found).toEqual([]);
    const over = both().roles(3, ['follower', 3], ['leader', 3]);
    expect(over.renewal(6, 3, 5).renewal(6.5, 3, 0).found).toEqual([]);
    expect(over.renewal(8, 3, 5).renewal(9, 3, 0).found).toEqual(['lease-floor']);
  });

  it('need not while the process of a deposed leader is stopped; one that is dead ends nothing', () => {
    const deposed = (life: 'frozen' | 'dead'): Stage => stage().roles(0, ['leader', 2, life], ['leader', 3]).renewal(2, 3, 5);
    expect(deposed('frozen').renewal(3, 3, 0).found).toEqual([]);
    expect(deposed('dead').renewal(3, 3, 0).found).toEqual(['lease-floor']);
  });
});
