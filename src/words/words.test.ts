/** Both languages say everything, and say something. */
import { describe, expect, it } from 'vitest';
import type { FeedFact, FeedItem } from '#view/feed.ts';
import type { Notice } from '#view/conductor.ts';
import type { Headline } from '#view/frame.ts';
import { chinese } from '#words/chinese.ts';
import { chineseData } from '#words/chinese-data.ts';
import { english, type Catalogue } from '#words/english.ts';
import { HINT_IDS } from '#words/hint-id.ts';
import { durationText, instantText, rateText } from '#words/measure.ts';
import { joinPhrases, phraseText, say } from '#words/phrase.ts';
import type { SafetyProperty, SafetyView } from '#view/safety.ts';
import { situationOf } from '#words/situation.ts';

/** One of each fact; the compiler refuses a type that is missing here. */
const FACTS: { readonly [T in FeedFact['type']]: Extract<FeedFact, { readonly type: T }> } = {
  'election-timeout': { type: 'election-timeout', afterMicros: 1_310_000, ticks: 13, skipped: false },
  'became-follower': { type: 'became-follower', lead: 'etcd-2' },
  'became-pre-candidate': { type: 'became-pre-candidate' },
  'became-candidate': { type: 'became-candidate' },
  'became-leader': { type: 'became-leader', votes: 2, voters: 3 },
  'stepped-down': { type: 'stepped-down', reason: 'quorum-lost', byMember: undefined, newTerm: undefined },
  'vote-granted': { type: 'vote-granted', to: 'etcd-2', pre: false },
  'vote-refused': { type: 'vote-refused', to: 'etcd-2', pre: false, reason: 'already-voted', votedFor: 'etcd-3' },
  appended: { type: 'appended', index: 5, count: 1, label: 'put a b' },
  replicated: { type: 'replicated', index: 5, count: 2, to: ['etcd-2', 'etcd-3'] },
  acknowledged: { type: 'acknowledged', index: 5, from: 'etcd-2' },
  'append-refused': { type: 'append-refused', index: 5, hint: 3, from: 'etcd-2' },
  truncated: { type: 'truncated', from: 5, existingTerm: 2, newTerm: 3 },
  committed: { type: 'committed', index: 5, holders: ['etcd-1', 'etcd-2'] },
  applied: { type: 'applied', index: 5, label: 'put a', revision: 2 },
  saved: { type: 'saved', bytes: 120, lastIndex: 5 },
  forwarded: { type: 'forwarded', to: 'etcd-1', label: 'put a b' },
  request: { type: 'request', client: 'you', label: 'put a b' },
  answered: { type: 'answered', client: 'you', label: 'put a b', ok: true, error: '', revision: 2 },
  'watch-created': { type: 'watch-created', client: 'you', label: 'a', startRevision: 0 },
  'watch-fired': { type: 'watch-fired', client: 'you', revision: 2, events: 1 },
  'watch-cancelled': { type: 'watch-cancelled', client: 'you', reason: 'compacted' },
  'snapshot-sent': { type: 'snapshot-sent', to: 'etcd-2', index: 5 },
  'snapshot-applied': { type: 'snapshot-applied', index: 5 },
  'log-compacted': { type: 'log-compacted', index: 5 },
  recovered: { type: 'recovered', entries: 5, lastIndex: 5, commit: 5 },
  started: { type: 'started', incarnation: 2 },
  killed: { type: 'killed', powerLoss: false },
  frozen: { type: 'frozen' },
  thawed: { type: 'thawed' },
  wiped: { type: 'wiped' },
  crashed: { type: 'crashed', reason: 'assertion' },
  stopped: { type: 'stopped', reason: 'assertion' },
  'crash-armed': { type: 'crash-armed', point: 'raftBeforeSave', powerLoss: false },
  'crash-point': { type: 'crash-point', point: 'raftAfterWALRelease', powerLoss: true },
  'disk-changed': { type: 'disk-changed', setting: 'walLatency=2000..8000us full=true tear=12 corrupt=random' },
  'clock-changed': { type: 'clock-changed', setting: 'rate=1.2 jump=-5000000us' },
  'timer-set': { type: 'timer-set', ticks: 10 },
  'client-changed': { type: 'client-changed', client: 'you', blind: true },
  retried: { type: 'retried', client: 'you', endpoint: '127.0.0.1:2379' },
  partitioned: { type: 'partitioned', sides: [['etcd-1'], ['etcd-2', 'etcd-3']] },
  healed: { type: 'healed' },
  'link-changed': { type: 'link-changed', from: 'etcd-1', to: 'etcd-2', setting: 'cut=true bandwidth=1000' },
  'message-lost': { type: 'message-lost', from: 'etcd-1', to: 'etcd-2', kind: 'MsgApp', reason: 'cut' },
  command: { type: 'command', line: 'play heal' },
  'ticks-lost': { type: 'ticks-lost', count: 2 },
  violated: { type: 'violated', property: 'election safety', detail: 'two leaders in term 3' },
};

const VARIANTS: readonly FeedFact[] = [
  ...Object.values(FACTS),
  { type: 'became-follower', lead: undefined },
  { type: 'stepped-down', reason: 'higher-term', byMember: 'etcd-2', newTerm: 4 },
  { type: 'stepped-down', reason: 'removed', byMember: undefined, newTerm: undefined },
  { type: 'vote-granted', to: 'etcd-2', pre: true },
  ...(['log-behind', 'lease', 'lower-term'] as const).map((reason): FeedFact => ({
    type: 'vote-refused',
    to: 'etcd-2',
    pre: true,
    reason,
    votedFor: undefined,
  })),
  { type: 'answered', client: 'you', label: 'put a b', ok: false, error: 'etcdserver: request timed out', revision: 0 },
  { type: 'started', incarnation: 1 },
  { type: 'killed', powerLoss: true },
];

const item = (fact: FeedFact): FeedItem => ({ seq: 1, id: 1, cause: 0, at: 0, member: 'etcd-1', term: 3, fact });

const NOTICES: readonly Notice[] = [
  { type: 'no-opfs', detail: 'd' },
  { type: 'second-tab' },
  { type: 'restored', now: 1000 },
  { type: 'stored-run-broken', detail: 'd' },
  { type: 'disks-disagree', detail: 'd' },
  { type: 'bad-link', detail: 'd' },
  { type: 'engine-failed', member: undefined, detail: 'd', report: 'r' },
];

const HEADLINES: readonly Headline[] = [
  { type: 'booting' },
  { type: 'no-leader', electing: [], quorumPossible: true },
  { type: 'no-leader', electing: ['etcd-1'], quorumPossible: true },
  { type: 'no-leader', electing: [], quorumPossible: false },
  { type: 'leader', leader: 'etcd-1', term: 2, commit: 9, stale: ['etcd-3'] },
];

/** Every path of a catalogue, with its kind. */
function paths(value: unknown, at = ''): readonly string[] {
  if (Array.isArray(value)) return [`${at}[${value.length}]`];
  if (typeof value !== 'object' || value === null) return [`${at}: ${typeof value}`];
  return Object.entries(value).flatMap(([name, each]) => paths(each, `${at}.${name}`));
}

const strings = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];

describe.each<readonly [string, Catalogue]>([
  ['English', english],
  ['Chinese', chinese],
])('the %s catalogue', (_, words) => {
  it('has no empty text', () => {
    for (const text of strings(words)) expect(text.trim()).not.toBe('');
  });

  it.each(VARIANTS.map((fact) => [fact.type, fact] as const))('has a sentence for %s', (__, fact) => {
    const sentence = words.fact(item(fact));
    expect(sentence.actor).not.toBe('');
    expect(sentence.text.trim()).not.toBe('');
    expect(sentence.text).not.toMatch(/undefined|NaN|\[object/);
  });

  it('has a hint for every situation', () => {
    for (const id of HINT_IDS) {
      expect(words.hints[id].text('etcd-1')).not.toBe('');
      expect(words.hints[id].action?.('etcd-1')).not.toBe('');
    }
  });

  it('has a headline and a notice for every case', () => {
    for (const headline of HEADLINES) {
      const phrase = words.headline({
        headline,
        broken: undefined,
        claims: undefined,
        dead: ['etcd-2'],
        crashed: [],
        frozen: [],
        cutOff: ['etcd-3'],
      });
      expect(phraseText(phrase)).not.toMatch(/^$|undefined/);
    }
    for (const notice of NOTICES) expect(words.notices.text(notice)).not.toBe('');
  });
});

describe('the two catalogues', () => {
  it('have the same keys', () => {
    expect(paths(chinese)).toEqual(paths(english));
  });

  it('keep the English word for what Raft calls by it', () => {
    const text = [...strings(chinese), ...strings(chineseData)].join(' '); // the data views have a catalogue of their own
    for (const term of ['term', 'log', 'commit', 'revision', 'heartbeat', 'append', 'snapshot', 'lease', 'watch'])
      expect(text).toContain(term);
  });
});

describe('sentences', () => {
  it('say who did what, why, and where that is written', () => {
    expect(english.fact(item(FACTS['became-leader']))).toEqual({
      actor: 'etcd-1',
      text: 'won term 3 with 2 of 3 votes',
      rule: 'Raft §5.2',
    });
    expect(english.fact(item(FACTS['vote-refused'])).text).toBe('refused its vote to etcd-2: it already voted for etcd-3 in this term');
    expect(english.fact(item(FACTS.committed)).text).toBe('committed up to 5: etcd-1 and etcd-2 have it, a majority');
    expect(english.fact(item(FACTS['election-timeout'])).text).toContain('1.31 s (13 ticks');
  });

  it('name a broken promise before who leads, however long ago it broke', () => {
    const view = (property: SafetyProperty, since: number): SafetyView => ({
      property,
      group: 'raft',
      state: 'violated',
      since,
      checks: 3,
      violation: undefined,
    });
    const headline: Headline = { type: 'leader', leader: 'etcd-4', term: 3, commit: 18, stale: [] };
    const safety = [view('log-matching', 900_000), view('election-safety', 330_000)];
    const situation = situationOf({ headline, members: [], partition: [], safety });
    expect(phraseText(english.headline(situation))).toBe(
      'Broken at 0.330 s: Election safety and 1 more. etcd-4 leads term 3. Committed up to 18.',
    );
    expect(phraseText(chinese.headline(situation))).toContain('0.330 s 时保证被打破：选举安全');
  });

  it('put the headline as a person would', () => {
    const headline: Headline = { type: 'leader', leader: 'etcd-4', term: 3, commit: 18, stale: [] };
    const phrase = english.headline({
      headline,
      broken: undefined,
      claims: undefined,
      dead: [],
      crashed: [],
      frozen: [],
      cutOff: ['etcd-1', 'etcd-2'],
    });
    expect(phraseText(phrase)).toBe('etcd-4 leads term 3. Committed up to 18. etcd-1 and etcd-2 are cut off.');
    expect(phrase.filter((part) => part.strong).map((part) => part.text)).toEqual(['etcd-4', '3', '18', 'etcd-1 and etcd-2']);
  });

  it('do not deny a leader that nobody follows yet', () => {
    const headline: Headline = { type: 'no-leader', electing: [], quorumPossible: true };
    const phrase = english.headline({
      headline,
      broken: undefined,
      claims: { name: 'etcd-4', term: 3 },
      dead: [],
      crashed: [],
      frozen: [],
      cutOff: [],
    });
    expect(phraseText(phrase)).toBe('etcd-4 leads term 3, but no majority follows it.');
  });

  it('name those who are cut off from the leader, or from the larger side if there is none', () => {
    const partition = [
      ['a', 'b'],
      ['c', 'd', 'e'],
    ];
    const leader: Headline = { type: 'leader', leader: 'a', term: 2, commit: 1, stale: [] };
    expect(situationOf({ headline: leader, members: [], partition, safety: [] }).cutOff).toEqual(['c', 'd', 'e']);
    expect(situationOf({ headline: { type: 'booting' }, members: [], partition, safety: [] }).cutOff).toEqual(['a', 'b']);
  });
});

describe('measures', () => {
  it('read well', () => {
    expect([1_310_000, 150_000, 2_400, 800].map(durationText)).toEqual(['1.31 s', '150 ms', '2.4 ms', '800 µs']);
    expect(instantText(4_811_000)).toBe('4.811');
    expect([1, 0.02, 10, 0].map(rateText)).toEqual(['1×', '1/50×', '10×', '0×']);
  });

  it('join phrases with what stands between', () => {
    expect(phraseText(joinPhrases([say`a ${1}`, [], say`b`], ' '))).toBe('a 1 b');
  });
});
