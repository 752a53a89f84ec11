/** Both languages have a sentence for every question and every reason. */
import { describe, expect, it } from 'vitest';
import type { FeedItem } from '#view/feed.ts';
import type { WhyFact, WhyQuestion } from '#view/why.ts';
import { chineseWhy } from '#words/chinese-why.ts';
import { englishWhy } from '#words/english-why.ts';

const item: FeedItem = { seq: 1, id: 1, cause: 0, at: 0, member: 'etcd-1', term: 3, fact: { type: 'became-leader', votes: 2, voters: 3 } };
const [a, b] = ['etcd-1', 'etcd-2'];

/** One of each; the compiler refuses a type that is missing here. */
const FACTS: { readonly [T in WhyFact['type']]: Extract<WhyFact, { readonly type: T }> } = {
  happened: { type: 'happened', item },
  message: { type: 'message', kind: 'append', from: a, to: b, state: 'lost', micros: 1000, loss: 'cut' },
  'timed-out': { type: 'timed-out', member: a, ticks: 13, micros: 1_300_000, skipped: true },
  'asked-to-campaign': { type: 'asked-to-campaign', member: a, by: 'visitor' },
  'last-heard': { type: 'last-heard', member: a, leader: b, before: 1_300_000 },
  'never-heard': { type: 'never-heard', member: a },
  silent: { type: 'silent', member: a, reason: 'cut' },
  'pre-vote-won': { type: 'pre-vote-won', member: a, granted: 2, voters: 3 },
  ballot: { type: 'ballot', voter: a, candidate: a, granted: true, pre: false },
  'no-ballot': { type: 'no-ballot', voter: a, candidate: b, reason: 'on-the-way' },
  majority: { type: 'majority', have: 2, needed: 2, of: 3 },
  'voted-for': { type: 'voted-for', voter: a, votedFor: b, term: 3 },
  'compared-logs': {
    type: 'compared-logs',
    voter: a,
    own: { index: 9, term: 3 },
    candidate: b,
    theirs: { index: 8, term: 3 },
    behind: true,
  },
  'in-lease': { type: 'in-lease', voter: a, leader: b, micros: 90_000 },
  'older-term': { type: 'older-term', from: a, term: 2, own: 3 },
  'newer-term': { type: 'newer-term', from: a, term: 4, own: 3, kind: 'append' },
  'quorum-check': { type: 'quorum-check', member: a, active: [b], needed: 3, of: 5 },
  'will-step-down': { type: 'will-step-down', member: a, micros: 180_000 },
  claims: { type: 'claims', member: a, hears: [b], term: 2 },
  follows: { type: 'follows', member: a, leader: b, term: 3 },
  holders: { type: 'holders', index: 9, holders: [a, b], needed: 2, of: 3 },
  'missing-ack': { type: 'missing-ack', index: 9, voter: a, reason: 'saving', match: 8 },
  'own-term-rule': { type: 'own-term-rule', index: 9, entryTerm: 2, leaderTerm: 4 },
  'covered-by-own-term': { type: 'covered-by-own-term', index: 10, term: 4 },
  'other-leader': { type: 'other-leader', leader: a, term: 3, index: 9 },
  'will-be-replaced': { type: 'will-be-replaced', leader: a, index: 9, ownTerm: 2, theirTerm: undefined },
  'not-told': { type: 'not-told', member: a, leader: b, commit: 9 },
  'not-applied': { type: 'not-applied', member: a, index: 9, applied: 8 },
  'log-mismatch': { type: 'log-mismatch', follower: a, leader: b, index: 9, leaderTerm: 3, ownTerm: 0 },
  'backs-up': { type: 'backs-up', leader: a, follower: b, to: 7 },
  conflict: { type: 'conflict', member: a, index: 9, ownTerm: 2, newTerm: 3 },
  'never-committed': { type: 'never-committed', index: 9 },
  'told-commit': { type: 'told-commit', member: a, leader: b, index: 9 },
  'needs-snapshot': { type: 'needs-snapshot', member: a, next: 5, first: 9 },
  behind: { type: 'behind', member: a, by: 1, match: 8, last: 9, state: 'probe' },
  alive: { type: 'alive', up: [a], down: [b], needed: 2, of: 3 },
  split: { type: 'split', sides: [[a], [b]], needed: 2 },
  'split-vote': { type: 'split-vote', term: 3, candidates: [a, b] },
  'next-timeout': { type: 'next-timeout', member: a, micros: 200_000 },
  blocked: { type: 'blocked', from: a, to: b },
  'link-setting': { type: 'link-setting', from: a, to: b, setting: 'loss=0.5' },
  'by-chance': { type: 'by-chance', from: a, to: b },
  'dropped-by-visitor': { type: 'dropped-by-visitor' },
  'inbox-full': { type: 'inbox-full', member: a },
  'endpoint-silent': { type: 'endpoint-silent', member: a, reason: 'frozen' },
  'held-by-network': { type: 'held-by-network', client: 'you', member: a },
  'waits-for-leader': { type: 'waits-for-leader', member: a },
  'not-serving': { type: 'not-serving', member: a, waitsFor: 'leader', held: 2 },
  'forwarded-to': { type: 'forwarded-to', member: a, leader: b, arrived: false },
  'waits-for-read-index': { type: 'waits-for-read-index', member: a, leader: b },
  'waits-to-apply': { type: 'waits-to-apply', member: a, index: 9, applied: 8 },
  'answer-on-the-way': { type: 'answer-on-the-way', member: a, client: 'you' },
  streams: { type: 'streams', member: a },
  error: { type: 'error', text: 'etcdserver: request timed out', effect: 'unknown' },
  deadline: { type: 'deadline', client: 'you' },
  'watch-from': { type: 'watch-from', member: a, key: 'k', revision: 1 },
  compacted: { type: 'compacted', member: a, revision: 3 },
  'closed-by-client': { type: 'closed-by-client', client: 'you' },
  'server-refused': { type: 'server-refused', text: 'etcdserver: no leader' },
  crash: { type: 'crash', member: a, reason: 'assertion' },
  'restart-helps': { type: 'restart-helps', member: a },
  'key-state': { type: 'key-state', key: 'k', value: 'v', revision: 3, version: 1, member: a },
  'lease-state': { type: 'lease-state', lease: '1a', member: a, ttlSeconds: 60, leftMicros: 1_000_000, keys: ['k'] },
  'lease-gone': { type: 'lease-gone', lease: '1a' },
};

const STATES = [
  'leader',
  'stale-leader',
  'candidate',
  'pre-candidate',
  'follower',
  'leaderless',
  'behind',
  'dead',
  'crashed',
  'frozen',
] as const;
const QUESTIONS: readonly WhyQuestion[] = [
  { type: 'no-leader', electing: [] },
  { type: 'leads', leader: a, term: 3 },
  { type: 'booting' },
  ...STATES.map((state): WhyQuestion => ({ type: 'member', member: a, state, term: 3, lead: b })),
  ...(['committed', 'uncommitted', 'not-known-committed', 'gone'] as const).map((state): WhyQuestion => ({
    type: 'entry',
    member: a,
    index: 9,
    state,
  })),
  ...(['waiting', 'done', 'failed', 'given-up'] as const).map((state): WhyQuestion => ({
    type: 'request',
    label: 'put a 1',
    member: a,
    state,
  })),
  ...(['travels', 'arrived', 'lost'] as const).map((state): WhyQuestion => ({
    type: 'message',
    kind: 'append-ack',
    from: a,
    to: b,
    state,
  })),
  { type: 'event', item },
  ...(['cut', 'changed', 'whole'] as const).map((state): WhyQuestion => ({ type: 'link', from: a, to: b, state })),
  { type: 'client', client: 'you' },
  { type: 'key', key: 'k' },
  { type: 'lease', lease: '1a' },
  { type: 'watch', client: 'you', label: 'k', state: 'cancelled' },
  { type: 'term', term: 3 },
  { type: 'forgotten' },
];

describe.each([
  ['English', englishWhy],
  ['Chinese', chineseWhy],
] as const)('the why words in %s', (_, words) => {
  it.each(Object.values(FACTS).map((fact) => [fact.type, fact] as const))('say %s', (__, fact) => {
    const { text } = words.reason(fact);
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('ask every question', () => {
    for (const question of QUESTIONS) expect(words.question(question)).not.toMatch(/^$|undefined|NaN|\[object/);
  });
});

describe('the English sentences', () => {
  it('have the article that the word wants, and say “itself”', () => {
    expect(
      englishWhy.reason({ type: 'message', kind: 'append', from: a, to: b, state: 'travels', micros: undefined, loss: undefined }).text,
    ).toBe('An append from etcd-1 to etcd-2 is on its way.');
    expect(englishWhy.reason(FACTS.ballot).text).toBe('etcd-1 voted for itself.');
  });

  it('cite the paper', () => {
    expect(englishWhy.reason(FACTS['own-term-rule']).rule).toBe('Raft §5.4.2');
    expect(englishWhy.reason(FACTS['compared-logs']).rule).toBe('Raft §5.4.1');
  });
});
