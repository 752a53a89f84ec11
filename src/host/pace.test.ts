import { describe, expect, it } from 'vitest';
import { AdaptivePace, FLIGHT_WALL_MICROS, fixedRate, type Followed, type Scene } from '#host/pace.ts';

/** A message that is in flight during [from, to) of virtual time. */
interface Trip {
  readonly from: number;
  readonly to: number;
}

interface Script {
  readonly until: number;
  readonly trips?: readonly Trip[];
  readonly waiting?: boolean;
  readonly awaitedUntil?: number;
  readonly leaderlessUntil?: number;
}

/** Plays a script as the conductor does, changing rate at each start and end of a trip; gives wall µs in all and of each trip. */
function play({ until, trips = [], waiting = false, awaitedUntil, leaderlessUntil = 0 }: Script): {
  readonly wall: number;
  readonly tripWall: readonly number[];
} {
  const pace = new AdaptivePace();
  const points = [...new Set([...trips.flatMap((t) => [t.from, t.to]), leaderlessUntil, until])]
    .filter((p) => p <= until)
    .sort((a, b) => a - b);
  let wall = 0;
  let now = 0;
  const startedAt = new Map<number, number>();
  const tripWall: number[] = [];
  for (const point of points) {
    while (now < point) {
      const followed: Followed[] = trips.flatMap((t, id) => (t.from <= now && now < t.to ? [{ id, endsAt: t.to }] : []));
      for (const { id } of followed) if (!startedAt.has(id)) startedAt.set(id, wall);
      const scene: Scene = { now, followed, leaderless: now < leaderlessUntil, waiting, awaitedUntil, callOpenedAt: undefined };
      const step = Math.min(point - now, 16_000 * pace.rate(scene, wall));
      wall += step / pace.rate(scene, wall);
      now = point - now - step < 1e-6 ? point : now + step;
      trips.forEach((t, id) => {
        if (t.to === now) tripWall[id] = wall - (startedAt.get(id) ?? wall);
      });
    }
  }
  return { wall, tripWall };
}

const SECOND = 1_000_000;
/** Latencies at both ends of the default 2..8 ms, sent to two peers at once: the leg is over when the slower one arrives. */
const leg = (at: number): readonly Trip[] => [
  { from: at, to: at + 2000 },
  { from: at, to: at + 8000 },
];
const legs = (at: number, count: number): readonly Trip[] => Array.from({ length: count }, (_, i) => leg(at + i * 10_000)).flat();

describe('adaptive pace', () => {
  it('keeps every followed message at least 250 ms in flight', () => {
    const trips: Trip[] = [];
    for (let i = 0; i < 40; i++) trips.push({ from: i * 3000, to: i * 3000 + 1000 + ((i * 7919) % 9000) });
    for (const wall of play({ until: 2 * SECOND, trips, waiting: true }).tripWall)
      expect(wall).toBeGreaterThanOrEqual(FLIGHT_WALL_MICROS * 0.999);
  });

  it('keeps a leg of an election below 0.6 s even when one message is four times slower than the other', () => {
    const { wall } = play({ until: 8000, trips: leg(0), leaderlessUntil: SECOND });
    expect(wall).toBeLessThan(0.6 * SECOND);
  });

  it('shows the first leader within 8 s, also after one split vote with the longest timeouts', () => {
    const once = play({ until: 1.95 * SECOND, trips: legs(1.9 * SECOND, 4), leaderlessUntil: 2 * SECOND });
    expect(once.wall).toBeLessThan(5 * SECOND);
    const twice = play({ until: 3.9 * SECOND, trips: [...legs(1.9 * SECOND, 3), ...legs(3.8 * SECOND, 4)], leaderlessUntil: 4 * SECOND });
    expect(twice.wall).toBeLessThan(8 * SECOND);
  });

  it('shows a new leader within 6 s of a kill', () => {
    expect(play({ until: 1.95 * SECOND, trips: legs(1.9 * SECOND, 4), leaderlessUntil: 2 * SECOND }).wall).toBeLessThan(6 * SECOND);
  });

  it('brings a client timeout of 5 to 7 virtual seconds within 5 s', () => {
    for (const timeout of [5, 7]) {
      const trips = [
        { from: 0, to: 1500 },
        { from: 3000, to: 8000 },
        { from: 2 * SECOND, to: 2 * SECOND + 4000 },
        { from: 3.5 * SECOND, to: 3.5 * SECOND + 4000 },
      ];
      expect(play({ until: timeout * SECOND, trips, waiting: true, awaitedUntil: timeout * SECOND }).wall).toBeLessThan(5 * SECOND);
      expect(play({ until: timeout * SECOND, trips, waiting: true }).wall).toBeLessThan(5 * SECOND);
    }
  });

  it('brings the end of a lease of a minute within 5 s', () => {
    expect(play({ until: 60 * SECOND, waiting: true, awaitedUntil: 60 * SECOND }).wall).toBeLessThan(5 * SECOND);
  });

  it('runs at the speed of the wall clock when nothing happens and nobody waits', () => {
    expect(play({ until: 3 * SECOND }).wall).toBeCloseTo(3 * SECOND, -2);
  });
});

describe('fixed pace', () => {
  it('is kept within 1/1000 and 1000, and fastest has no bound', () => {
    expect(fixedRate({ type: 'fixed', rate: 1e-9 })).toBe(1 / 1000);
    expect(fixedRate({ type: 'fixed', rate: 0.5 })).toBe(0.5);
    expect(fixedRate({ type: 'fastest' })).toBe(Infinity);
    expect(fixedRate({ type: 'adaptive' })).toBeUndefined();
  });
});
