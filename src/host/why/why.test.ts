/** Every answer is checked against what really happened in the run: nothing is guessed. */
import { describe, expect, it } from 'vitest';
import { LiveLab } from '#host/testing/live-lab.ts';
import { answers } from '#host/why/explain.ts';
import type { FeedItem } from '#view/feed.ts';
import type { Selection } from '#view/selection.ts';
import type { WhyAnswer, WhyFact } from '#view/why.ts';

const { why: whyOf, related: relatedTo, requests: requestsOf, life: requestLifeOf } = answers;
const SECOND = 1_000_000;
const eventOf = (item: FeedItem): Selection => ({ type: 'event', id: item.id, at: item.at });

function factsOf<T extends WhyFact['type']>(answer: WhyAnswer, type: T): readonly Extract<WhyFact, { readonly type: T }>[] {
  return answer.reasons.flatMap(({ fact }) => (fact.type === type ? [fact as Extract<WhyFact, { readonly type: T }>] : [])); // its type was just looked at
}

const putLine = (lab: LiveLab, member: string, key: string): string =>
  `etcdctl --endpoints=${lab.seat(member).config.clientUrls[0] ?? ''} put ${key} 1`;

/** Five members; the leader and one follower are cut off from the other three, and a put hangs in the minority. */
async function minority(): Promise<{
  readonly lab: LiveLab;
  readonly leader: string;
  readonly friend: string;
  readonly others: readonly string[];
  readonly index: number;
  readonly term: number;
}> {
  const lab = new LiveLab(7, { nodes: 5 });
  const leader = await lab.untilLeader();
  await lab.pass(SECOND / 2);
  const names = lab.run.world.core.seats.map(({ name }) => name).filter((name) => name !== leader);
  const [friend = '', ...others] = names;
  await lab.type(`play partition ${leader},${friend} / ${others.join(',')}`);
  await lab.pass(1000);
  await lab.type(putLine(lab, leader, 'x'));
  await lab.pass(SECOND * 0.3);
  const { lastIndex: index = 0, lastTerm: term = 0 } = lab.seat(leader).status ?? {};
  return { lab, leader, friend, others, index, term };
}

describe('a leader', () => {
  it('leads because a majority voted for it, and asked for votes because its timer fired', async () => {
    const lab = new LiveLab(7, { nodes: 5 });
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const answer = await whyOf(lab.inquiry, undefined);
    expect(answer.question).toEqual({ type: 'leads', leader, term: 2 });
    expect(factsOf(answer, 'majority')).toEqual([{ type: 'majority', have: 3, needed: 3, of: 5 }]);
    expect(factsOf(answer, 'ballot').filter(({ granted }) => granted)).toHaveLength(3);
    expect(factsOf(answer, 'never-heard')).toEqual([{ type: 'never-heard', member: leader }]);
    // A timer cannot have run for longer than the run.
    const [timed] = factsOf(answer, 'timed-out');
    expect(timed?.micros).toBeLessThanOrEqual(lab.run.playhead);
    expect(answer.chain.at(-1)?.fact).toMatchObject({ type: 'happened', item: { fact: { type: 'election-timeout' } } });
  });

  it('that steps down did not hear a majority for an election timeout, and each silence has its reason', async () => {
    const { lab, leader, friend, others } = await minority();
    await lab.until(() => lab.items.some(({ fact }) => fact.type === 'stepped-down'));
    const answer = await whyOf(lab.inquiry, eventOf(lab.fact('stepped-down')));
    expect(factsOf(answer, 'quorum-check')).toEqual([{ type: 'quorum-check', member: leader, active: [friend], needed: 3, of: 5 }]);
    expect(
      factsOf(answer, 'silent')
        .map(({ member, reason }) => `${member} ${reason}`)
        .sort(),
    ).toEqual(others.map((name) => `${name} cut`).sort());
  });
});

describe('a candidate', () => {
  it('last heard from the leader that was killed', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND);
    await lab.type(`play kill ${leader}`);
    await lab.until(() => lab.items.some(({ fact, at }) => fact.type === 'became-candidate' && at > 2 * SECOND));
    const answer = await whyOf(lab.inquiry, eventOf(lab.fact('became-candidate')));
    expect(factsOf(answer, 'last-heard')[0]?.leader).toBe(leader);
    expect(factsOf(answer, 'silent')).toEqual([{ type: 'silent', member: leader, reason: 'dead' }]);
    expect(factsOf(answer, 'happened').some(({ item }) => item.fact.type === 'killed' && item.member === leader)).toBe(true);
  });
});

describe('a vote', () => {
  it('is refused to a candidate with an older log, with both logs’ ends', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const [behind = '', ahead = ''] = lab.run.world.core.seats.map(({ name }) => name).filter((name) => name !== leader);
    await lab.type(`play kill ${behind}`);
    await lab.pass(1000);
    await lab.type(putLine(lab, leader, 'k'));
    await lab.pass(SECOND / 2);
    await lab.type(`play kill ${leader}`);
    await lab.type(`play restart ${behind}`);
    await lab.pass(1000);
    // A leader of before is still heard for a while; then the one that lacks the entry asks.
    await lab.pass(1_200_000);
    await lab.type(`play timeout ${behind}`);
    await lab.until(() => lab.items.some(({ fact }) => fact.type === 'vote-refused' && fact.to === behind && fact.reason === 'log-behind'));
    const item = lab.fact('vote-refused', (fact) => fact.reason === 'log-behind');
    const answer = await whyOf(lab.inquiry, eventOf(item));
    const [compared] = factsOf(answer, 'compared-logs');
    expect(compared).toMatchObject({ voter: ahead, candidate: behind, behind: true });
    expect(compared === undefined ? 0 : compared.own.index - compared.theirs.index).toBeGreaterThan(0);
  });
});

describe('an entry', () => {
  it('in the minority is not committed: who holds it, who lacks it and why, when the leader steps down', async () => {
    const { lab, leader, friend, others, index, term } = await minority();
    const answer = await whyOf(lab.inquiry, { type: 'entry', member: leader, index, term });
    expect(answer.question).toEqual({ type: 'entry', member: leader, index, state: 'uncommitted' });
    expect(factsOf(answer, 'holders')).toEqual([
      { type: 'holders', index, holders: expect.arrayContaining([leader, friend]) as string[], needed: 3, of: 5 },
    ]); // a matcher has no type of its own
    expect(
      factsOf(answer, 'missing-ack')
        .map(({ voter, reason }) => `${voter} ${reason}`)
        .sort(),
    ).toEqual(others.map((name) => `${name} cut`).sort());
    expect(factsOf(answer, 'will-step-down')[0]?.micros).toBeLessThanOrEqual(SECOND);
  });

  it('of a leader that was isolated and has stepped down waits for a leader, from which the network keeps it', async () => {
    const lab = new LiveLab(7, { nodes: 5 });
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    await lab.type(`play isolate ${leader}`);
    await lab.pass(1000);
    await lab.type(putLine(lab, leader, 'x'));
    await lab.pass(SECOND * 0.3);
    // Who isolates a member does not isolate it from its clients: the request arrived, and hangs for want of a majority.
    const request = requestsOf(lab.inquiry).find(({ label }) => label === 'put x 1');
    const hanging = await whyOf(lab.inquiry, { type: 'request', id: request?.id ?? 0 });
    expect(factsOf(hanging, 'missing-ack').filter(({ reason }) => reason === 'cut')).toHaveLength(4);
    expect(factsOf(hanging, 'message')).toEqual([]);
    const { lastIndex: index = 0, lastTerm: term = 0 } = lab.seat(leader).status ?? {};
    await lab.until(() => lab.leader === undefined);
    const answer = await whyOf(lab.inquiry, { type: 'entry', member: leader, index, term });
    expect(factsOf(answer, 'split')[0]).toMatchObject({ needed: 3, sides: expect.arrayContaining([[leader]]) as string[][] }); // a matcher has no type of its own
  });

  it('is going to be replaced once another leads a newer term, and then it is gone', async () => {
    const { lab, leader, index, term } = await minority();
    await lab.until(() => lab.leader !== leader && lab.leader !== undefined);
    await lab.pass(SECOND / 5);
    const answer = await whyOf(lab.inquiry, { type: 'entry', member: leader, index, term });
    expect(factsOf(answer, 'will-be-replaced')).toMatchObject([{ leader: lab.leader, index, ownTerm: term, theirTerm: term + 1 }]);
    await lab.type('play heal');
    await lab.until(() => lab.items.some(({ fact }) => fact.type === 'truncated'));
    await lab.pass(SECOND / 2);
    const gone = await whyOf(lab.inquiry, { type: 'entry', member: leader, index, term });
    expect(gone.question).toMatchObject({ type: 'entry', state: expect.stringMatching(/gone|committed/) as string }); // as above
    const truncated = await whyOf(lab.inquiry, eventOf(lab.fact('truncated')));
    expect(factsOf(truncated, 'conflict')).toMatchObject([{ index, ownTerm: term, newTerm: term + 1 }]);
  });

  it('is committed by those whose acknowledgements the leader counted', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    await lab.type(putLine(lab, leader, 'a'));
    await lab.pass(SECOND / 2);
    const index = lab.seat(leader).status?.lastIndex ?? 0;
    const answer = await whyOf(lab.inquiry, { type: 'entry', member: leader, index, term: 2 });
    expect(answer.question).toMatchObject({ state: 'committed' });
    expect(factsOf(answer, 'holders')[0]?.holders).toContain(leader);
    expect(factsOf(answer, 'holders')[0]?.holders.length).toBeGreaterThanOrEqual(2);
  });
});

describe('a request', () => {
  it('hangs in a minority for want of acknowledgements, and nobody knows whether it took effect when it is given up', async () => {
    const { lab, leader } = await minority();
    const [put] = requestsOf(lab.inquiry);
    const hanging = await whyOf(lab.inquiry, { type: 'request', id: put?.id ?? 0 });
    expect(hanging.question).toEqual({ type: 'request', label: 'put x 1', member: leader, state: 'waiting' });
    expect(factsOf(hanging, 'missing-ack')).toHaveLength(3);
    await lab.pass(6 * SECOND);
    const late = await whyOf(lab.inquiry, { type: 'request', id: put?.id ?? 0 });
    expect(late.question).toMatchObject({ state: expect.stringMatching(/given-up|failed/) as string }); // as above
    expect(factsOf(late, 'deadline').length + factsOf(late, 'error').length).toBeGreaterThan(0);
  });

  it('hangs at a frozen endpoint', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const follower = lab.run.world.core.seats.find(({ name }) => name !== leader)?.name ?? '';
    await lab.type(`play freeze ${follower}`);
    await lab.pass(1000);
    await lab.type(putLine(lab, follower, 'a'));
    await lab.pass(SECOND / 10);
    const [put] = requestsOf(lab.inquiry);
    const answer = await whyOf(lab.inquiry, { type: 'request', id: put?.id ?? 0 });
    expect(factsOf(answer, 'endpoint-silent')).toEqual([{ type: 'endpoint-silent', member: follower, reason: 'frozen' }]);
  });

  it('hangs without a leader, with who is left to elect one', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const [first = '', second = ''] = lab.run.world.core.seats.map(({ name }) => name).filter((name) => name !== leader);
    await lab.type(`play kill ${leader}`);
    await lab.type(`play kill ${first}`);
    await lab.pass(3 * SECOND);
    await lab.type(putLine(lab, second, 'a'));
    await lab.pass(SECOND / 10);
    const [put] = requestsOf(lab.inquiry);
    const answer = await whyOf(lab.inquiry, { type: 'request', id: put?.id ?? 0 });
    expect(factsOf(answer, 'waits-for-leader')).toEqual([{ type: 'waits-for-leader', member: second }]);
    expect(factsOf(answer, 'alive')[0]).toMatchObject({ up: [second], needed: 2, of: 3 });
  });

  it('waits at a member that is up but has not published itself, and the member says so of itself', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const [first = '', second = ''] = lab.run.world.core.seats.map(({ name }) => name).filter((name) => name !== leader);
    for (const name of [leader, first, second]) await lab.type(`play kill ${name}`);
    await lab.type(`play restart ${second}`);
    await lab.pass(SECOND);
    await lab.type(putLine(lab, second, 'a'));
    await lab.pass(SECOND / 10);
    const [put] = requestsOf(lab.inquiry);
    const asked = await whyOf(lab.inquiry, { type: 'request', id: put?.id ?? 0 });
    expect(factsOf(asked, 'not-serving')).toMatchObject([{ member: second, waitsFor: 'leader' }]);
    expect(factsOf(asked, 'alive')[0]).toMatchObject({ up: [second], needed: 2 });
    const member = await whyOf(lab.inquiry, { type: 'member', name: second });
    expect(factsOf(member, 'not-serving')).toHaveLength(1);
    await lab.type(`play restart ${first}`);
    await lab.untilLeader();
    await lab.pass(SECOND);
    expect(factsOf(await whyOf(lab.inquiry, { type: 'member', name: second }), 'not-serving')).toEqual([]);
  });

  it('that reads waits for a leader that cannot hear a majority', async () => {
    const { lab, leader } = await minority();
    await lab.type(`etcdctl --endpoints=${lab.seat(leader).config.clientUrls[0] ?? ''} get x`, 'second');
    await lab.pass(SECOND / 10);
    const read = requestsOf(lab.inquiry).find(({ label }) => label.startsWith('get'));
    const answer = await whyOf(lab.inquiry, { type: 'request', id: read?.id ?? 0 });
    expect(factsOf(answer, 'waits-for-read-index')).toEqual([{ type: 'waits-for-read-index', member: leader, leader }]);
  });

  it('lives through call, forward, append, saves, acknowledgements, commit, apply and answer, in that order', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    const follower = lab.run.world.core.seats.find(({ name }) => name !== leader)?.name ?? '';
    await lab.type(putLine(lab, follower, 'a'));
    await lab.pass(SECOND / 2);
    const [put] = requestsOf(lab.inquiry);
    const life = requestLifeOf(lab.inquiry, put?.id ?? 0);
    expect(life).toMatchObject({ label: 'put a 1', member: follower, outcome: 'done', revision: 2 });
    const kinds = life?.stages.map(({ kind }) => kind) ?? [];
    const order = ['call', 'forward', 'append', 'replicate', 'acknowledge', 'commit', 'tell', 'answer'] as const;
    expect(order.map((kind) => kinds.indexOf(kind))).toEqual(order.map((kind) => kinds.indexOf(kind)).sort((a, b) => a - b));
    for (const kind of order) expect(kinds).toContain(kind);
    expect(life?.stages.filter(({ kind }) => kind === 'save')).toHaveLength(3);
    for (const stage of life?.stages ?? []) expect(stage.to ?? stage.from).toBeGreaterThanOrEqual(stage.from);
    const decisive = life?.stages.filter((stage) => stage.decisive) ?? [];
    expect(decisive.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['call', 'forward', 'append', 'save', 'acknowledge', 'commit', 'answer']),
    );
    expect(decisive.filter(({ kind }) => kind === 'acknowledge')).toHaveLength(1);
  });
});

describe('a message', () => {
  it('is lost to a cut, and the cut is named', async () => {
    const { lab, leader, others } = await minority();
    const lost = lab.fact('message-lost', (fact) => fact.from === leader);
    const answer = await whyOf(lab.inquiry, eventOf(lost));
    expect(factsOf(answer, 'blocked')[0]).toMatchObject({ from: leader });
    expect(factsOf(answer, 'happened').some(({ item }) => item.fact.type === 'partitioned')).toBe(true);
    const link = await whyOf(lab.inquiry, { type: 'link', from: leader, to: others[0] ?? '' });
    expect(link.question).toMatchObject({ type: 'link', state: 'cut' });
  });
});

describe('a member', () => {
  it('that is behind has its reason', async () => {
    const { lab, others } = await minority();
    const answer = await whyOf(lab.inquiry, { type: 'member', name: others[0] ?? '' });
    expect(answer.question).toMatchObject({ type: 'member', state: 'behind' });
    expect(factsOf(answer, 'behind')[0]).toMatchObject({ by: 1 });
    expect(factsOf(answer, 'missing-ack')[0]).toMatchObject({ reason: 'cut' });
  });

  it('that is down was killed, by a command', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.type(`play kill ${leader}`);
    await lab.pass(SECOND / 10);
    const answer = await whyOf(lab.inquiry, { type: 'member', name: leader });
    expect(answer.question).toMatchObject({ type: 'member', state: 'dead' });
    expect(answer.chain.at(-1)?.fact).toMatchObject({ type: 'happened', item: { fact: { type: 'command', line: `play kill ${leader}` } } });
  });
});

describe('a watch', () => {
  it('on a compacted revision ends, with what it asked for and the compaction', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    for (const key of ['a', 'b', 'c']) {
      await lab.type(putLine(lab, leader, key));
      await lab.pass(SECOND / 4);
    }
    await lab.type(`etcdctl --endpoints=${lab.seat(leader).config.clientUrls[0] ?? ''} compact 3`);
    await lab.pass(SECOND / 2);
    await lab.type(`etcdctl --endpoints=${lab.seat(leader).config.clientUrls[0] ?? ''} watch a --rev=1`);
    await lab.pass(SECOND / 2);
    const answer = await whyOf(lab.inquiry, eventOf(lab.fact('watch-cancelled')));
    expect(factsOf(answer, 'watch-from')).toMatchObject([{ revision: 1 }]);
    expect(factsOf(answer, 'compacted')).toMatchObject([{ member: leader, revision: 3 }]);
  });
});

describe('what is related', () => {
  it('leads from a put to its entry on every member and back', async () => {
    const lab = new LiveLab(7);
    const leader = await lab.untilLeader();
    await lab.pass(SECOND / 2);
    await lab.type(putLine(lab, leader, 'a'));
    await lab.pass(SECOND / 2);
    const appended = lab.fact('appended');
    const { causes, effects, entries, instants } = relatedTo(lab.inquiry, eventOf(appended));
    expect(causes).toContain(lab.fact('request').id);
    expect(effects).toEqual(
      expect.arrayContaining(lab.items.filter(({ fact }) => fact.type === 'applied' && fact.label === 'put a 1').map(({ id }) => id)),
    );
    const { lastIndex: index = 0, lastTerm: term = 0 } = lab.seat(leader).status ?? {};
    const names = lab.run.world.core.seats.map(({ name }) => name);
    expect(entries).toHaveLength(names.length);
    expect(entries).toEqual(
      expect.arrayContaining(names.map((member) => ({ member, index, term, side: member === leader ? 'cause' : 'effect' }))),
    );
    expect(instants).toContainEqual({ at: appended.at, side: 'cause' });
    expect(instants.filter(({ side }) => side === 'effect').every(({ at }) => at >= appended.at)).toBe(true);
  });
});
