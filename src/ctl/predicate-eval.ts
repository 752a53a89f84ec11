/** What a condition means over a world: who implements {@link PredicateWorld} can evaluate every predicate. */

import { unreachable } from '#kernel/assert.ts';
import type { NodeId } from '#kernel/brand.ts';
import type { Changing, Comparison, NumberQuantity, Outcome, Predicate, Scope } from '#ctl/predicate.ts';

/** What a member shows of itself at any time; the member's own status fits. */
export interface PredicateStatus {
  readonly id: NodeId;
  readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader';
  readonly learner: boolean;
  readonly term: number;
  readonly lead: NodeId;
  readonly commit: number;
  readonly applied: number;
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly revision: number;
  readonly compactRevision: number;
  readonly voters: readonly NodeId[];
}

export interface PredicateMember {
  readonly name: string;
  /** Its process runs (a frozen one does too). */
  readonly alive: boolean;
  readonly frozen: boolean;
  /** Members of the cluster as it knows it, unstarted ones too. */
  readonly clusterSize: number;
  /** Of the running process, or the last known one. */
  readonly status: PredicateStatus;
}

/** The questions that a condition may ask. `member` is an index into `members()`. Asking must not change the world. */
export interface PredicateWorld {
  /** In the order of their numbers: member 1 is the first. */
  members(): readonly PredicateMember[];
  /** The newest value of a key in the store of a member, as text; undefined if it is not there. */
  keyValue(member: number, key: string): string | undefined;
  /** Term of the entry at an index of a member's log; 0 if it has none there. */
  entryTerm(member: number, index: number): number;
  /** Messages of a type on their way between members; `from`, `to`: indices, undefined for any. */
  messagesInFlight(kind: string, from: readonly number[] | undefined, to: readonly number[] | undefined): number;
  /** Faults in force, of a member or client or of the whole world. */
  faultsInForce(node: string | undefined): number;
  /** Raised alarms as a member knows them. */
  alarms(member: number): readonly string[];
  /** Ids of leases in a member's store, lower-case hex without leading zeros. */
  leases(member: number): readonly string[];
  /** Bytes of the backend file; watchers now; changes of leader that the member has seen. */
  measure(member: number, quantity: 'dbsize' | 'watchers' | 'lead-changes'): number;
  /** What became of a named process: running, exit 0, failed with a definite error, or of unknown effect. Undefined: no such process. */
  outcome(process: string): Outcome | undefined;
  /** How many processes ended so, as far as they are remembered, or run. */
  outcomes(outcome: Outcome): number;
  /** The lease of a key as a member knows it, lower-case hex; `none` without one. */
  leaseOf(member: number, key: string): string;
  /** The key under a prefix that was made first; `none` if there is none. */
  owner(member: number, prefix: string): string;
  /** A sample of `/metrics` of a member, 0 if it has none of that name. */
  metric(member: number, name: string): number;
  /** Properties of which a check found a violation. */
  violations(): readonly string[];
  /** Whether a member that runs led at the look before and does not now. */
  steppedDown(member: number): boolean;
  /** Whether a trace event of a kind happened in this instant at a member; undefined: anywhere. */
  happened(kind: string, member: number | undefined): boolean;
  /** Whether a member wrote a log line in this instant: by id, or by a part of its message. */
  logged(member: number, line: number | string): boolean;
  /** Whether what a statement says of somebody is another than at the earlier look; the first look gives false. */
  changed(statement: Predicate, subject: string, value: string): boolean;
}

const live = (m: PredicateMember): boolean => m.alive && !m.frozen;

/** A live member that leads and that a majority of its voters follow in its term; undefined if there is none. */
export function workingLeader(members: readonly PredicateMember[]): PredicateMember | undefined {
  return members.find((leader) => {
    const { id, term, role, voters } = leader.status;
    if (!live(leader) || role !== 'leader') return false;
    const followers = members.filter((m) => live(m) && voters.includes(m.status.id) && m.status.term === term && m.status.lead === id);
    return followers.length * 2 > voters.length;
  });
}

/** Members that a reference names: a name, a number from 1, `leader`, `followers` (live, not leading), `all`. Indices, ascending. */
export function resolveNodes(members: readonly PredicateMember[], node: string): readonly number[] {
  const indices = [...members.keys()];
  const leader = workingLeader(members);
  if (node === 'all' || node === 'any' || node === 'majority') return indices;
  if (node === 'leader') return leader === undefined ? [] : [members.indexOf(leader)];
  if (node === 'followers') return indices.filter((i) => members[i] !== leader && members[i]?.alive === true);
  const byName = members.findIndex((m) => m.name === node);
  if (byName >= 0) return [byName];
  const number = /^\d+$/.test(node) ? Number(node) : 0;
  return number >= 1 && number <= members.length ? [number - 1] : [];
}

function compare(a: number, comparison: Comparison, b: number): boolean {
  switch (comparison) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** Whether a statement holds in a scope; over no live member nothing holds. */
function holds(world: PredicateWorld, scope: Scope, test: (member: PredicateMember, index: number) => boolean): boolean {
  const members = world.members();
  const chosen = scope.type === 'node' ? resolveNodes(members, scope.node) : [...members.keys()];
  const living = chosen.flatMap((index) => {
    const member = members[index];
    return member !== undefined && live(member) ? [{ member, index }] : [];
  });
  const passing = living.filter(({ member, index }) => test(member, index)).map(({ member }) => member);
  switch (scope.type) {
    case 'any':
      return passing.length > 0;
    case 'majority':
      return isMajority(members, passing);
    case 'all':
    case 'node':
      // A dead member is asked by name for nothing that could hold; `followers` must all hold.
      return living.length > 0 && passing.length === living.length;
  }
}

/** Whether members are a majority of the voters, by the leader's configuration; without one, of all members. */
function isMajority(members: readonly PredicateMember[], some: readonly PredicateMember[]): boolean {
  const voters = workingLeader(members)?.status.voters;
  if (voters === undefined) return some.length * 2 > members.length;
  return some.filter(({ status }) => voters.includes(status.id)).length * 2 > voters.length;
}

function quantity(world: PredicateWorld, member: PredicateMember, index: number, name: NumberQuantity): number {
  const s = member.status;
  switch (name) {
    case 'term':
      return s.term;
    case 'commit':
      return s.commit;
    case 'applied':
      return s.applied;
    case 'first':
      return s.firstIndex;
    case 'last':
      return s.lastIndex;
    case 'revision':
      return s.revision;
    case 'compact':
      return s.compactRevision;
    case 'members':
      return member.clusterSize;
    case 'voters':
      return s.voters.length;
    case 'leases':
      return world.leases(index).length;
    case 'dbsize':
    case 'watchers':
    case 'lead-changes':
      return world.measure(index, name);
  }
}

function liveness(world: PredicateWorld, what: 'alive' | 'frozen' | 'dead', node: string): boolean {
  const members = world.members();
  const chosen = resolveNodes(members, node);
  return (
    chosen.length > 0 &&
    chosen.every((i) =>
      what === 'alive' ? members[i]?.alive === true : what === 'dead' ? members[i]?.alive === false : members[i]?.frozen === true,
    )
  );
}

/** Whether a statement has to be looked at each time, so that it can tell what changed. */
function remembers(p: Predicate): boolean {
  switch (p.type) {
    case 'and':
    case 'or':
      return remembers(p.left) || remembers(p.right);
    case 'not':
      return remembers(p.operand);
    default:
      return p.type === 'changes';
  }
}

/** Whether a condition has a part that holds only in the instant in which something happens. */
export function hasMoments(p: Predicate): boolean {
  switch (p.type) {
    case 'and':
    case 'or':
      return hasMoments(p.left) || hasMoments(p.right);
    case 'not':
      return hasMoments(p.operand);
    default:
      return p.type === 'changes' || p.type === 'steps-down' || p.type === 'event' || p.type === 'log';
  }
}

/** What `changes` compares, as text. */
function valueOf(
  world: PredicateWorld,
  of: Exclude<Changing, { type: 'leader' | 'leaders' | 'outcomes' }>,
  member: PredicateMember,
  i: number,
): string {
  switch (of.type) {
    case 'role':
      return member.status.learner ? 'learner' : member.status.role;
    case 'number':
      return `${quantity(world, member, i, of.quantity)}`;
    case 'key': {
      const value = world.keyValue(i, of.key);
      return value === undefined ? '' : `=${value}`;
    }
    case 'lease-of':
      return world.leaseOf(i, of.key);
    case 'owner':
      return world.owner(i, of.key);
    case 'metric':
      return `${world.metric(i, of.key)}`;
    case 'alarm':
      return [...world.alarms(i)].sort().join();
  }
}

function changes(p: Extract<Predicate, { readonly type: 'changes' }>, world: PredicateWorld): boolean {
  const { of, scope } = p;
  switch (of.type) {
    case 'leader': {
      // While nobody leads nothing has changed hands.
      const name = workingLeader(world.members())?.name;
      return name !== undefined && world.changed(p, '', name);
    }
    case 'leaders':
      return world.changed(p, '', `${leadersOf(world)}`);
    case 'outcomes':
      return world.changed(p, '', `${world.outcomes(of.outcome)}`);
    default: {
      // Every member is looked at, so that all of them are remembered.
      return holds(world, scope, (member, i) => world.changed(p, member.name, valueOf(world, of, member, i)));
    }
  }
}

const leadersOf = (world: PredicateWorld): number => world.members().filter((m) => live(m) && m.status.role === 'leader').length;

/** Whether a condition holds now. */
export function evaluate(p: Predicate, world: PredicateWorld): boolean {
  switch (p.type) {
    case 'and': {
      const left = evaluate(p.left, world);
      return (left || remembers(p.right)) && evaluate(p.right, world) && left;
    }
    case 'or': {
      const left = evaluate(p.left, world);
      return (left && !remembers(p.right)) || evaluate(p.right, world) || left;
    }
    case 'not':
      return !evaluate(p.operand, world);
    default:
      return evaluateStatement(p, world);
  }
}

function evaluateStatement(p: Exclude<Predicate, { readonly type: 'and' | 'or' | 'not' }>, world: PredicateWorld): boolean {
  switch (p.type) {
    case 'has-leader':
      return workingLeader(world.members()) !== undefined;
    case 'leader-is': {
      const members = world.members();
      const leader = workingLeader(members);
      if (leader === undefined) return false;
      return resolveNodes(members, p.node).includes(members.indexOf(leader)) === p.equal;
    }
    case 'leaders':
      return compare(leadersOf(world), p.comparison, p.value);
    case 'liveness':
      return liveness(world, p.what, p.node);
    case 'number':
      return holds(world, p.scope, (m, i) => compare(quantity(world, m, i, p.quantity), p.comparison, p.value));
    case 'role':
      return holds(
        world,
        p.scope,
        (m) => (p.role === 'learner' ? m.status.learner : !m.status.learner && m.status.role === p.role) === p.equal,
      );
    case 'key':
      return holds(world, p.scope, (_, i) => {
        const value = world.keyValue(i, p.key);
        return (p.value === undefined ? value !== undefined : value === p.value) === p.equal;
      });
    case 'entry':
      return holds(world, p.scope, (_, i) => compare(world.entryTerm(i, p.index), p.comparison, p.value));
    case 'messages': {
      const ends = (node: string | undefined): readonly number[] | undefined =>
        node === undefined ? undefined : resolveNodes(world.members(), node);
      return compare(world.messagesInFlight(p.kind, ends(p.from), ends(p.to)), p.comparison, p.value);
    }
    case 'faults':
      return compare(world.faultsInForce(p.node), p.comparison, p.value);
    case 'alarm':
      return holds(world, p.scope, (_, i) => (p.alarm === 'any' ? world.alarms(i).length > 0 : world.alarms(i).includes(p.alarm)));
    case 'lease':
      return holds(world, p.scope, (_, i) => world.leases(i).includes(p.id));
    case 'lease-of':
      return holds(world, p.scope, (_, i) => (world.leaseOf(i, p.key) === p.lease) === p.equal);
    case 'owner':
      return holds(world, p.scope, (_, i) => (world.owner(i, p.prefix) === p.key) === p.equal);
    case 'metric':
      return holds(world, p.scope, (_, i) => compare(world.metric(i, p.name), p.comparison, p.value));
    case 'outcome': {
      if (p.process === 'any') return world.outcomes(p.outcome) > 0 === p.equal;
      const outcome = world.outcome(p.process);
      return outcome !== undefined && (outcome === p.outcome) === p.equal;
    }
    case 'outcomes':
      return compare(world.outcomes(p.outcome), p.comparison, p.value);
    case 'violated':
      return p.property === undefined ? world.violations().length > 0 : world.violations().includes(p.property);
    case 'steps-down':
      return holds(world, p.scope, (_, i) => world.steppedDown(i));
    case 'event':
      return happened(world, p.kind, p.scope);
    case 'log':
      return holds(world, p.scope, (_, i) => world.logged(i, p.line));
    case 'changes':
      return changes(p, world);
    default:
      return unreachable(p, 'predicate');
  }
}

/** Events happen to members that are not live too: one that crashed in this instant is not. */
function happened(world: PredicateWorld, kind: string, scope: Scope): boolean {
  if (scope.type === 'any') return world.happened(kind, undefined);
  const members = world.members();
  const chosen = scope.type === 'node' ? resolveNodes(members, scope.node) : [...members.keys()];
  const passing = chosen.filter((i) => world.happened(kind, i)).length;
  return scope.type === 'majority' ? passing * 2 > chosen.length : chosen.length > 0 && passing === chosen.length;
}
