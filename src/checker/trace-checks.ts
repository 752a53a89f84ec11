/**
 * Raft's properties read off the members' traces, event by event: cheap enough for the page, and exact about the order within a step, which what a
 * member shows after it is not. One leader a term (Raft paper §5.2); a leader only appends (§5.3); terms, votes and commit indexes that never fall, over
 * restarts too, as far as they were on disk (figure 2); a vote or an acknowledgement is on disk before it is sent (figure 2: "updated on stable storage
 * before responding"); a new leader has all that is committed (§5.4); all members apply the same at each index (§5.4.3).
 */

import type { MemberStatus } from '#etcd/contract.ts';
import { NO_NODE, simTime, type NodeId } from '#kernel/brand.ts';
import { fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { Reader } from '#kernel/codec.ts';
import { forEachRecord } from '#trace/event.ts';
import { Durable } from '#checker/durable.ts';
import { rememberIn } from '#checker/remember.ts';
import type { Scoreboard } from '#checker/scoreboard.ts';
import { APPEND_ANSWER, BY_QUORUM, KINDS, RAFT, VOTE_ANSWER } from '#checker/trace-kinds.ts';
import type { Property } from '#checker/violation.ts';

/** Indexes and terms that are remembered of a cluster; the oldest are forgotten. */
const REMEMBERED_MAX = 20_000;

/** Whose trace it is. */
export interface TracedMember {
  readonly name: string;
  /** Where its data lies: another directory is another member. */
  readonly folder: string;
  /** It gave up what a quorum knew, on an operator's word (`--force-new-cluster`). */
  readonly isForced: boolean;
  /** Its cluster, hex; '' while it is not known. */
  readonly cluster: string;
}

interface Member {
  readonly folder: string;
  durable: Durable;
  status: MemberStatus | undefined;
  /** Of the process that is looked at; a `recovered` event came before its start. */
  recovered: boolean;
  /** Term in which it leads, 0 if it does not. */
  leads: number;
}

interface Cluster {
  readonly leaders: Map<number, string>;
  readonly applied: Map<number, { readonly digest: number; readonly term: number; readonly by: string }>;
  /** The newest entry that is known to be applied somewhere. */
  newest: { readonly index: number; readonly term: number; readonly by: string };
}

/** Mutable; one for each run. */
export class TraceChecks {
  readonly #board: Scoreboard;
  readonly #who: (actor: number) => TracedMember;
  readonly #members = new Map<number, Member>();
  readonly #clusters = new Map<string, Cluster>();
  readonly #reached = new Map<number, number>();
  /** Virtual µs of what is read. */
  #at = 0;

  constructor(board: Scoreboard, who: (actor: number) => TracedMember) {
    this.#board = board;
    this.#who = who;
  }

  /** Reads what a member wrote into the trace in one step. @param at virtual µs */
  hear(actor: number, trace: Bytes, at: number): void {
    if (trace.length === 0) return;
    this.#at = at;
    const who = this.#who(actor);
    let member = this.#members.get(actor);
    if (member?.folder !== who.folder) {
      member = newMember(who.folder);
      this.#members.set(actor, member);
    }
    const own = member;
    forEachRecord(trace, (record) => this.#read(own, who, record));
  }

  /** When a member had applied a revision first (virtual µs), also one that died in the same step. */
  reachedAt(revision: number): number | undefined {
    return this.#reached.get(revision);
  }

  /** Looks at what a member shows after a step. */
  look(actor: number, status: MemberStatus): void {
    const member = this.#members.get(actor);
    if (member === undefined || status.term === 0) return;
    const who = this.#who(actor);
    const { status: before, durable } = member;
    this.#board.checked('monotone-term', this.#at);
    this.#board.checked('monotone-vote', this.#at);
    this.#board.checked('monotone-commit', this.#at);
    if (before?.id === status.id) this.#checkMonotone(who, before, status);
    if (durable.term === status.term && durable.vote !== undefined && durable.vote !== NO_NODE && durable.vote !== status.vote)
      this.#report(
        'monotone-vote',
        [who.name],
        0,
        `its vote of term ${status.term} was on disk, and now it is ${this.#memberText(status.vote)}`,
        [`on disk: ${this.#memberText(durable.vote)} in term ${durable.term}`],
      );
    if (durable.vote === undefined) durable.know(status.term, status.vote);
    member.status = status;
  }

  /** A member by its name, where that is known: of an id that no member here has shown yet, the id in hex. */
  #memberText(id: bigint): string {
    if (id === NO_NODE) return 'nobody';
    const [actor] = [...this.#members].find(([, { status }]) => status?.id === id) ?? [];
    return actor === undefined ? id.toString(16) : this.#who(actor).name;
  }

  #report(property: Property, members: readonly string[], index: number, detail: string, events: readonly string[] = []): void {
    this.#board.violated({ property, at: simTime(this.#at), members, index, detail, events });
  }

  #checkMonotone({ name }: TracedMember, before: MemberStatus, now: MemberStatus): void {
    if (now.term < before.term) this.#report('monotone-term', [name], 0, `term fell from ${before.term} to ${now.term}`);
    if (now.commit < before.commit)
      this.#report('monotone-commit', [name], now.commit, `commit index fell from ${before.commit} to ${now.commit}`);
    if (now.applied < before.applied)
      this.#report('monotone-commit', [name], now.applied, `applied index fell from ${before.applied} to ${now.applied}`);
    if (now.term === before.term && before.vote !== NO_NODE && now.vote !== before.vote)
      this.#report(
        'monotone-vote',
        [name],
        0,
        `in term ${now.term} it voted for ${this.#memberText(before.vote)}, then for ${this.#memberText(now.vote)}`,
      );
  }

  #cluster({ cluster }: TracedMember): Cluster {
    const known = this.#clusters.get(cluster);
    if (known !== undefined) return known;
    const fresh: Cluster = { leaders: new Map(), applied: new Map(), newest: { index: 0, term: 0, by: '' } };
    this.#clusters.set(cluster, fresh);
    return fresh;
  }

  #read(member: Member, who: TracedMember, record: Bytes): void {
    const r = new Reader(record);
    r.varint(); // id
    r.varint(); // cause
    r.varint(); // time by the member's clock
    switch (r.varint()) {
      case KINDS.raft:
        r.varint(); // length of the event
        return this.#onRaft(member, who, r);
      case KINDS.sent:
        return this.#onSent(member, who, r);
      case KINDS.submitted:
        return member.durable.submitted({
          op: r.varint(),
          bytes: r.varint(),
          entries: r.varint(),
          last: r.varint(),
          term: r.varint(),
          vote: r.u64() as NodeId, // as it was written
          commit: r.varint(),
        });
      case KINDS.completed:
        return member.durable.completed(r.varint());
      case KINDS.recovered:
        r.varint(); // index of the snapshot
        r.varint(); // entries
        return this.#onRecovered(member, who, r.varint(), r.varint(), r.varint());
      case KINDS.applied:
        return this.#onApplied(who, r, record);
      default:
    }
  }

  #onRecovered(member: Member, who: TracedMember, last: number, term: number, commit: number): void {
    const { durable } = member;
    if (!who.isForced && durable.isKnown) {
      if (term < durable.term)
        this.#report('monotone-term', [who.name], 0, `came back with term ${term}, after term ${durable.term} was on disk`);
      if (commit < durable.commit)
        this.#report('monotone-commit', [who.name], commit, `came back with commit index ${commit}, after ${durable.commit} was on disk`);
      if (last < durable.to)
        this.#report('durable-before-sent', [who.name], last, `came back with entries up to ${last}, after ${durable.to} were on disk`);
    }
    const vote = durable.term === term && !who.isForced ? durable.vote : undefined;
    member.durable = new Durable();
    member.durable.found(term, vote, commit, last);
    member.status = undefined;
    member.recovered = true;
  }

  #onRaft(member: Member, who: TracedMember, r: Reader): void {
    switch (r.varint()) {
      case RAFT.started:
        if (!member.recovered) {
          member.durable = new Durable();
          member.status = undefined;
        }
        member.recovered = false;
        member.leads = 0;
        return;
      case RAFT.becameFollower:
      case RAFT.becameCandidate:
      case RAFT.becamePreCandidate:
        member.leads = 0;
        return;
      case RAFT.becameLeader:
        return this.#onLeader(member, who, r.varint());
      case RAFT.conflict:
      case RAFT.replaced:
      case RAFT.truncated:
        return this.#onOverwritten(member, who, r.varint());
      case RAFT.appended: {
        const first = r.varint();
        r.varint(); // last
        r.varint(); // term
        if (member.leads > 0 && !r.bool()) this.#onOverwritten(member, who, first);
        else if (member.leads > 0) this.#board.checked('leader-append-only', this.#at);
        return;
      }
      case RAFT.committed:
        return this.#onCommitted(member, who, r);
      default:
    }
  }

  #onLeader(member: Member, who: TracedMember, term: number): void {
    member.leads = term;
    const { leaders, newest } = this.#cluster(who);
    this.#board.checked('election-safety', this.#at);
    const other = leaders.get(term);
    if (other === undefined) rememberIn(leaders, term, who.name, REMEMBERED_MAX);
    else if (other !== who.name)
      this.#report('election-safety', [other, who.name], 0, `both led in term ${term}`, [
        `${other} became leader of term ${term}`,
        `${who.name} became leader of term ${term}`,
      ]);
    const last = member.status?.lastIndex;
    if (last === undefined || newest.term >= term) return;
    this.#board.checked('leader-completeness', this.#at);
    // Its log has not grown between its last step and its election but by what it was sent, so this asks for less than it has at worst.
    const has = Math.max(last, member.durable.to);
    if (has < newest.index)
      this.#report(
        'leader-completeness',
        [who.name, newest.by],
        newest.index,
        `the leader of term ${term} lacks the entry of term ${newest.term} that was committed: its log ends at ${has}`,
      );
  }

  #onOverwritten(member: Member, who: TracedMember, index: number): void {
    if (member.leads === 0) return;
    this.#report(
      'leader-append-only',
      [who.name],
      index,
      `as leader of term ${member.leads} it replaced entries of its own log from ${index} on`,
    );
  }

  #onCommitted(member: Member, who: TracedMember, r: Reader): void {
    r.varint(); // before
    const index = r.varint();
    if (r.u8() !== BY_QUORUM || member.status === undefined) return;
    const self: bigint = member.status.id;
    for (let left = r.varint(); left > 0; left--) {
      if (r.u64() !== self) continue;
      this.#board.checked('durable-before-sent', this.#at);
      if (member.durable.isKnown && member.durable.to < index)
        this.#report(
          'durable-before-sent',
          [who.name],
          index,
          `counted itself for entry ${index}, which is not on its disk (that has up to ${member.durable.to})`,
        );
    }
  }

  #onSent(member: Member, who: TracedMember, r: Reader): void {
    const to = r.u64();
    const kind = r.bytes();
    // Most names differ in length: those cost no string.
    if (kind.length !== APPEND_ANSWER.length && kind.length !== VOTE_ANSWER.length) return;
    const name = fromUtf8(kind);
    if (name !== APPEND_ANSWER && name !== VOTE_ANSWER) return;
    const { durable } = member;
    const term = r.varint();
    r.varint(); // term of the entry
    const index = r.varint();
    r.varint(); // entries
    r.varint(); // commit
    if (r.bool() || !durable.isKnown) return;
    this.#board.checked('durable-before-sent', this.#at);
    const what = name === VOTE_ANSWER ? `a vote of term ${term}` : `an acknowledgement of entry ${index} in term ${term}`;
    if (durable.term < term)
      this.#report('durable-before-sent', [who.name], index, `sent ${what} when only term ${durable.term} was on its disk`);
    else if (name === APPEND_ANSWER && durable.to < index)
      this.#report('durable-before-sent', [who.name], index, `sent ${what} when its disk had entries up to ${durable.to}`);
    else if (name === VOTE_ANSWER && durable.term === term && durable.vote !== undefined && durable.vote !== to)
      this.#report(
        'durable-before-sent',
        [who.name],
        0,
        `sent ${what} to ${this.#memberText(to)} when ${this.#memberText(durable.vote)} had it on its disk`,
      );
  }

  #onApplied(who: TracedMember, r: Reader, record: Bytes): void {
    let digest = 0x811c9dc5;
    for (let i = r.offset; i < record.length; i++) digest = Math.imul(digest ^ (record[i] ?? 0), 0x01000193);
    const index = r.varint();
    const term = r.varint();
    r.bytes(); // what it was
    r.bytes(); // its key
    const revision = r.varint();
    if (!this.#reached.has(revision)) rememberIn(this.#reached, revision, this.#at, REMEMBERED_MAX);
    const cluster = this.#cluster(who);
    this.#board.checked('state-machine-safety', this.#at);
    const known = cluster.applied.get(index);
    if (known === undefined) {
      rememberIn(cluster.applied, index, { digest, term, by: who.name }, REMEMBERED_MAX);
      if (index > cluster.newest.index) cluster.newest = { index, term, by: who.name };
    } else if (known.digest !== digest && !who.isForced)
      this.#report(
        'state-machine-safety',
        [known.by, who.name],
        index,
        known.term === term
          ? 'they applied the same entry with another outcome'
          : `one applied an entry of term ${known.term}, the other of term ${term}`,
        [`${known.by} applied it first`, `${who.name} applied something else`],
      );
  }
}

const newMember = (folder: string): Member => ({ folder, durable: new Durable(), status: undefined, recovered: false, leads: 0 });
