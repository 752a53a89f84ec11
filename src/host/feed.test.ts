import { beforeAll, describe, expect, it } from 'vitest';
import { simTime } from '#kernel/brand.ts';
import { FeedBuilder } from '#host/feed-builder.ts';
import { FlightView } from '#host/flight-view.ts';
import { buildFrame, castOf } from '#host/frame-builder.ts';
import { TapeBuilder } from '#host/tape-builder.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { leaderName } from '#sim/predicate-world.ts';
import { playUntil, playWhileNot } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';
import { decodeTrace } from '#trace/event.ts';
import type { FeedFact, FeedItem } from '#view/feed.ts';
import type { Frame, MessageView } from '#view/frame.ts';

const SECOND = 1_000_000;

/** A world with a feed on it. */
class Stage {
  readonly world: World;
  readonly host = createEtcdHost();
  readonly feed: FeedBuilder;
  readonly tape = new TapeBuilder();
  readonly flights: FlightView;
  readonly items: FeedItem[] = [];
  readonly ids = new Set<number>([0]);

  constructor() {
    const cast = castOf(() => this.world);
    this.feed = new FeedBuilder(cast);
    this.flights = new FlightView(cast);
    const block = (bytes: Uint8Array): void => {
      for (const event of decodeTrace(bytes)) this.ids.add(event.id);
      for (const item of this.feed.add(bytes)) this.tape.add(item);
    };
    this.world = World.begin({ spec: newRunSpec(5, defaultRunOptions()), programs: PROGRAMS, sink: { block } });
  }

  collect(): void {
    this.items.push(...this.feed.take());
  }

  playTo(at: number): void {
    playUntil(this.world, this.host, simTime(at), () => this.collect());
  }

  until(holds: () => boolean): void {
    expect(playWhileNot(this.world, this.host, holds, simTime(this.world.now + 60 * SECOND), () => this.collect())).toBe(true);
  }

  leader(): string {
    this.until(() => leaderName(this.world) !== undefined);
    return leaderName(this.world) ?? '';
  }

  put(process: string, key: string, member: string): void {
    const endpoint = this.world.core.seats.find((s) => s.name === member)?.config.clientUrls[0] ?? '';
    const argv = ['etcdctl', '--endpoints', endpoint, 'put', key, '1'];
    expect(this.world.submit({ type: 'start', process, client: 'you', argv, env: {}, stdin: undefined, columns: 80 }).type).toBe('ok');
  }

  look(): readonly MessageView[] {
    return this.flights.look(
      this.world.core.agenda.entries(),
      (client, call) => this.world.core.clients.get(client)?.calls.get(call)?.method,
    ).messages;
  }

  frame(): Frame {
    const facts = { generation: 1, storage: 'memory', secondTab: false, engine: '1' } as const;
    const time = {
      now: this.world.now,
      rate: 0,
      until: this.world.now,
      playing: false,
      pace: { type: 'adaptive' },
      head: 0,
      looking: false,
      since: 0,
    } as const;
    return buildFrame(this.world, facts, time, { messages: this.look(), crowd: [] }, new Map(), []);
  }

  facts<T extends FeedFact['type']>(
    type: T,
    member?: string,
  ): readonly (FeedItem & { readonly fact: Extract<FeedFact, { readonly type: T }> })[] {
    return this.items.filter(
      (i): i is FeedItem & { readonly fact: Extract<FeedFact, { readonly type: T }> } =>
        i.fact.type === type && (member === undefined || i.member === member),
    );
  }
}

describe('the feed of a leader that is cut off and comes back', () => {
  const stage = new Stage();
  let old = '';
  let fresh = '';
  let isolated: Frame;

  beforeAll(() => {
    old = stage.leader();
    stage.playTo(stage.world.now + SECOND);
    stage.world.submit({ type: 'isolate', nodes: [old] });
    stage.playTo(stage.world.now + 10_000);
    stage.put('p/1', 'lost', old);
    stage.playTo(stage.world.now + 6 * SECOND);
    fresh = stage.leader();
    isolated = stage.frame();
    stage.put('p/2', 'kept', fresh);
    stage.playTo(stage.world.now + SECOND);
    stage.world.submit({ type: 'heal' });
    stage.playTo(stage.world.now + 3 * SECOND);
  });

  it('says why the election began and how it was won', () => {
    const [first, later] = stage.facts('election-timeout');
    expect(first?.fact.ticks).toBeGreaterThanOrEqual(10);
    // Members start at 0 and heard nobody since; etcd lets 8 of the first 10 ticks pass at once (its adjustTicks).
    expect(first?.fact).toMatchObject({ afterMicros: first?.at, skipped: true });
    expect(first?.at).toBe(((first?.fact.ticks ?? 0) - 8) * 100_000);
    expect(later?.fact).toMatchObject({ afterMicros: (later?.fact.ticks ?? 0) * 100_000, skipped: false });
    const won = stage.facts('became-leader');
    expect(won[0]).toMatchObject({ member: old, term: 2, fact: { voters: 3 } });
    expect(won[0]?.fact.votes).toBeGreaterThanOrEqual(2);
    expect(stage.facts('vote-granted').some((v) => v.fact.to === old && !v.fact.pre)).toBe(true);
  });

  it('says that the old leader lost its quorum, and that another was elected', () => {
    expect(stage.facts('stepped-down', old)[0]?.fact.reason).toBe('quorum-lost');
    expect(stage.facts('became-leader').map((f) => f.member)).toEqual([old, fresh]);
    expect(fresh).not.toBe(old);
    expect(isolated.headline).toMatchObject({ type: 'leader', leader: fresh });
    expect(isolated.partition.flat().sort()).toEqual(['etcd-1', 'etcd-2', 'etcd-3']);
  });

  it('says what was lost on cut links, but not each heartbeat', () => {
    const lost = stage.facts('message-lost');
    expect(lost.some((l) => l.fact.kind === 'MsgApp' && l.fact.from === old && l.fact.reason === 'cut')).toBe(true);
    expect(lost.every((l) => l.fact.kind !== 'MsgHeartbeat')).toBe(true);
  });

  it('says that the entry of the minority was cut off the log, and what took its place', () => {
    const appended = stage.facts('appended', old).find((f) => f.fact.label === 'put lost 1');
    expect(appended).toBeDefined();
    expect(stage.facts('truncated', old)[0]?.fact).toMatchObject({ from: appended?.fact.index, existingTerm: 2, newTerm: 3 });
    expect(stage.facts('committed').every((f) => f.fact.holders.length >= 2)).toBe(true);
    expect(stage.facts('applied').some((f) => f.fact.label === 'put lost 1')).toBe(false);
    expect(stage.facts('applied', old).some((f) => f.fact.label === 'put kept 1')).toBe(true);
  });

  it('tells the requests with their words from beginning to end', () => {
    expect(stage.facts('request', fresh)[0]?.fact).toEqual({ type: 'request', client: 'you', label: 'put kept 1' });
    expect(stage.facts('answered', fresh)[0]?.fact).toMatchObject({ label: 'put kept 1', ok: true });
    expect(stage.facts('replicated', fresh).some((f) => f.fact.count > 0 && f.fact.to.length > 0)).toBe(true);
    expect(stage.facts('acknowledged', fresh).length).toBeGreaterThan(0);
  });

  it('counts up, and every fact names an event of the trace and its cause', () => {
    for (const [i, item] of stage.items.entries()) {
      expect(item.seq).toBe(i + 1);
      expect(stage.ids.has(item.id)).toBe(true);
      expect(stage.ids.has(item.cause) ? undefined : item).toBeUndefined();
    }
  });

  it('has bands of terms and marks on the tape', () => {
    const tape = stage.tape.take() ?? [];
    expect(tape.flatMap((t) => (t.type === 'term' ? [[t.term, t.leader]] : [])).filter(([, leader]) => leader !== undefined)).toEqual([
      [2, old],
      [3, fresh],
    ]);
    expect(tape.flatMap((t) => (t.type === 'mark' && (t.kind === 'cut' || t.kind === 'heal') ? [t.kind] : []))).toEqual(['cut', 'heal']);
    expect(stage.tape.take()).toBeUndefined();
  });
});

describe('what is on its way', () => {
  it('is drawn with its kind, place of loss and fields', () => {
    const stage = new Stage();
    const leader = stage.leader();
    stage.playTo(stage.world.now + SECOND);
    const other = leader === 'etcd-1' ? 'etcd-2' : 'etcd-1';
    stage.world.submit({ type: 'kill', nodes: [other], powerLoss: false });
    stage.playTo(stage.world.now + 500_000);
    stage.put('p/1', 'k', leader);
    stage.until(() => stage.look().some((m) => m.kind === 'call'));
    expect(stage.look().find((m) => m.kind === 'call')).toMatchObject({
      from: 'you',
      to: leader,
      fields: [['method', '/etcdserverpb.KV/Put']],
    });
    stage.until(() => stage.look().some((m) => m.kind === 'append' && m.entries > 0));
    const appends = stage.look().filter((m) => m.kind === 'append' && m.entries > 0);
    for (const append of appends) {
      expect(append.from).toBe(leader);
      expect(append.fields.map(([name]) => name)).toEqual(['type', 'from', 'to', 'term', 'logTerm', 'index', 'entries', 'commit']);
      expect(append.lost).toEqual(append.to === other ? { at: 1, reason: 'dead' } : undefined);
    }
    expect(appends.length).toBeGreaterThan(0);
    expect(stage.frame().members.find((m) => m.name === other)).toMatchObject({ life: 'dead', timer: undefined });
    const timer = stage.frame().members.find((m) => m.name !== leader && m.name !== other)?.timer;
    expect(timer?.firesAt).toBeGreaterThan(stage.world.now);
    expect(timer?.startedAt).toBeLessThanOrEqual(stage.world.now);
  });
});
