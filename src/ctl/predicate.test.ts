import { describe, expect, test } from 'vitest';
import { nodeId } from '#kernel/brand.ts';
import { evaluate, resolveNodes, type PredicateMember, type PredicateStatus, type PredicateWorld } from '#ctl/predicate-eval.ts';
import { parsePredicate } from '#ctl/predicate-parser.ts';

const NAMES = { members: ['etcd-1', 'etcd-2', 'etcd-3'], events: ['watch-cancelled', 'became-leader'] };
const VOTERS = [nodeId(1n), nodeId(2n), nodeId(3n)];
const member = (n: number, status: Partial<PredicateStatus> = {}, more: Partial<PredicateMember> = {}): PredicateMember => ({
  name: `etcd-${n}`,
  alive: true,
  frozen: false,
  clusterSize: 3,
  status: {
    id: nodeId(BigInt(n)),
    role: 'follower',
    learner: false,
    term: 2,
    lead: nodeId(1n),
    commit: 10 + n,
    applied: 10,
    firstIndex: 1,
    lastIndex: 12,
    revision: 5,
    compactRevision: 0,
    voters: VOTERS,
    ...status,
  },
  ...more,
});
const world = (members: readonly PredicateMember[]): PredicateWorld => ({
  members: () => members,
  keyValue: (m, key) => (key === 'foo' && m !== 2 ? 'bar' : undefined),
  entryTerm: (_, index) => (index <= 12 ? 2 : 0),
  faultsInForce: (node) => (node === 'etcd-1' ? 1 : 2),
  messagesInFlight: (kind, from, to) => (kind !== 'MsgApp' ? 0 : from?.includes(1) === true || to?.includes(0) === true ? 0 : 2),
  alarms: (m) => (m === 0 ? ['NOSPACE'] : []),
  leases: () => ['1f'],
  measure: () => 7,
  outcome: (p) => (p === 'w1' ? 'unknown' : undefined),
  outcomes: (outcome) => (outcome === 'unknown' ? 1 : 0),
  leaseOf: (_, key) => (key === 'foo' ? '1f' : 'none'),
  owner: (_, prefix) => (prefix === 'lock/' ? 'lock/1f' : 'none'),
  metric: (_, name) => (name === 'etcd_server_has_leader' ? 1 : 0.5),
  violations: () => ['election-safety'],
  steppedDown: (m) => m === 1,
  happened: (kind, m) => kind === 'watch-cancelled' && m !== 0,
  logged: (m, line) => m === 2 && (line === 43 || line === 'slow'),
  changed: (_, subject) => subject === 'etcd-2',
});
const HEALTHY = world([member(1, { role: 'leader' }), member(2), member(3)]);
const holds = (text: string, w = HEALTHY): boolean => {
  const p = parsePredicate(text, NAMES);
  if (p.type === 'error') throw new Error(`${text}: ${p.message}`);
  return evaluate(p.predicate, w);
};

describe('predicates', () => {
  test.each([
    'leader',
    'leader = etcd-1',
    'leader != 2',
    'not leader = etcd-2',
    'term = 2',
    'term>1 and term<=2',
    'commit >= 11 on all',
    'commit >= 13',
    'commit >= 12 on majority',
    'not commit >= 13 on all',
    'revision >= 5 on etcd-1',
    'revision >= 5 on leader',
    'commit > 11 on followers',
    'key "foo" = "bar"',
    "key foo = 'bar' on etcd-1",
    'key foo absent on etcd-3',
    'not key "nope"',
    'key foo exists',
    'alive etcd-2',
    'members = 3 on all',
    'voters = 3',
    'not members = 4 on leader',
    'alive all',
    'not dead 1',
    'role = leader on 1',
    'role != leader on followers',
    'role = follower',
    'entry 12 = 2 on all',
    'entry 13 = 0 on all',
    'messages MsgApp = 2',
    'messages MsgVote = 0',
    'alarm NOSPACE on etcd-1',
    'not alarm CORRUPT',
    'lease 001F',
    'dbsize > 6',
    'watchers = 7',
    'leases = 1',
    'outcome w1 = unknown',
    'outcome any = unknown',
    'outcome any != ok',
    'outcomes unknown >= 1',
    'outcomes failed = 0',
    'leaders = 1',
    'not leaders >= 2',
    'messages MsgApp',
    'messages MsgApp from etcd-1',
    'messages MsgApp from 1 to 3 > 1',
    'not messages MsgApp from etcd-2',
    'not messages MsgApp to leader',
    'alarm any',
    'not alarm any on etcd-2',
    'lease-of foo = 1F',
    'lease-of "bar" = none on all',
    'lease-of foo != none',
    'owner "lock/" = "lock/1f"',
    'owner other = none',
    'metric etcd_server_has_leader = 1 on all',
    'metric "a{b=\\"c\\"}" < 0.75',
    'violated',
    'violated election-safety and leader',
    'not violated log-matching',
    'steps-down',
    'steps-down on etcd-2',
    'not steps-down on leader',
    'event watch-cancelled',
    'event watch-cancelled on 3',
    'not event watch-cancelled on etcd-1',
    'not event became-leader',
    'log 43',
    'log "slow" on etcd-3',
    'not log 43 on etcd-2',
    'term changes',
    'key "foo" changes on etcd-2',
    'not role changes on etcd-1',
    'not leader changes',
    'not lease-of foo changes on all',
    'outcome w1 != ok',
    'not outcome nobody = ok',
    '(leader or term > 100) and not (frozen 1 or frozen 2)',
    'term > 100 or term > 100 or leader',
  ])('%s', (text) => {
    expect(holds(text)).toBe(true);
    expect(holds(`not (${text})`)).toBe(false);
  });

  test('leader needs a live member and a majority that follows it in its term', () => {
    const lead = member(1, { role: 'leader' });
    expect(holds('leader', world([lead, member(2), member(3, {}, { alive: false })]))).toBe(true);
    expect(holds('leader', world([lead, member(2, { term: 3 }), member(3, { lead: nodeId(0n) })]))).toBe(false);
    expect(holds('leader', world([{ ...lead, alive: false }, member(2), member(3)]))).toBe(false);
    expect(holds('leader', world([{ ...lead, frozen: true }, member(2), member(3)]))).toBe(false);
    expect(holds('leader', world([lead, member(2, {}, { alive: false }), member(3, {}, { alive: false })]))).toBe(false);
  });
  test('only live members count, and none is not all', () => {
    const one = world([member(1, { role: 'leader' }), member(2, { commit: 0 }, { alive: false }), member(3)]);
    expect(holds('commit >= 11 on all', one)).toBe(true);
    expect(holds('commit >= 0 on etcd-2', one)).toBe(false);
    expect(holds('commit >= 0 on all', world([member(1, {}, { alive: false })]))).toBe(false);
    expect(holds('dead etcd-2 and not alive all', one)).toBe(true);
  });
  test('references', () => {
    const members = HEALTHY.members();
    expect(['etcd-2', '3', 'leader', 'followers', 'all', 'etcd-9', '0'].map((n) => resolveNodes(members, n))).toEqual([
      [1],
      [2],
      [0],
      [1, 2],
      [0, 1, 2],
      [],
      [],
    ]);
  });
  test.each([
    ['', 1, /missing/],
    ['term', 5, /compare it/],
    ['term > x', 8, /whole number/],
    ['leader = etcd-9', 10, /no member/],
    ['foo > 1', 1, /unknown condition foo/],
    ['(leader', 8, /missing \)/],
    ['leader leader', 8, /join/],
    ['key', 4, /name of a key/],
    ['key "a', 5, /missing closing/],
    ['role = boss', 8, /one of/],
    ['term > 3 on', 12, /member is missing/],
    ['alarm FOO', 7, /NOSPACE/],
    ['term = "3"', 8, /whole number/],
    ['leader and', 11, /missing/],
    ['lease xyz', 7, /hex/],
    ['term ~ 3', 6, /unexpected/],
    ['messages', 9, /needs a type/],
    ['messages MsgApp from', 21, /member is missing/],
    ['messages MsgApp to 9', 20, /no member/],
    ['lease-of', 9, /name of a key/],
    ['lease-of a', 11, /id or none, or changes/],
    ['lease-of a = zz', 14, /hex/],
    ['owner a', 8, /a key or none/],
    ['metric x', 9, /compare it/],
    ['metric x > 1.2.3', 12, /compared with a number/],
    ['outcome any = maybe', 15, /one of running, ok/],
    ['outcomes', 9, /needs one of/],
    ['event nothing', 7, /no event nothing: there are watch-cancelled/],
    ['log', 4, /id of a log line/],
    ['leaders', 8, /compare it/],
    ['violated and', 13, /missing/],
    [Array.from({ length: 201 }, () => 'leader').join(' or '), 2001, /more than 200/],
    [`${'('.repeat(70)}leader`, 66, /deeper/],
  ])('refuses %s', (text, column, message) => {
    const r = parsePredicate(text, NAMES);
    expect(r.type === 'error' ? [r.column, r.message] : r).toEqual([column, expect.stringMatching(message)]);
  });
});

test('a majority is one of the voters: who was removed, or never votes, does not count', () => {
  const two = [nodeId(1n), nodeId(2n)];
  const shrunk = world([
    member(1, { role: 'leader', voters: two, applied: 20 }),
    member(2, { voters: two, applied: 20 }),
    member(3, {}, { alive: false }),
    member(4, { learner: true, voters: two, applied: 20 }),
  ]);
  expect(holds('applied >= 20 on majority', shrunk)).toBe(true);
  const behind = world([member(1, { role: 'leader', applied: 20 }), member(2), member(3), member(4, { learner: true, applied: 20 })]);
  expect(holds('applied >= 20 on majority', behind)).toBe(false);
});
