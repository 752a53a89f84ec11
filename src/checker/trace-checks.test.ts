import { describe, expect, it } from 'vitest';
import type { MemberStatus } from '#etcd/contract.ts';
import { logIndex, NO_EVENT, NO_NODE, nodeId, simTime, term, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES } from '#kernel/bytes.ts';
import { encodeEvent } from '#raft/event-codec.ts';
import type { RaftEvent } from '#raft/event.ts';
import { TraceWriter } from '#trace/event.ts';
import { Scoreboard } from '#checker/scoreboard.ts';
import { TraceChecks } from '#checker/trace-checks.ts';

const ids = [1n, 2n, 3n].map(nodeId);
const idOf = (actor: number): NodeId => ids[actor - 1] ?? NO_NODE;

const status = (actor: number, own: Partial<MemberStatus>): MemberStatus => ({
  id: idOf(actor),
  role: 'follower',
  learner: false,
  term: 2,
  vote: NO_NODE,
  lead: NO_NODE,
  commit: 0,
  applied: 0,
  firstIndex: 1,
  lastIndex: 0,
  lastTerm: 0,
  revision: 1,
  compactRevision: -1,
  electionElapsed: 0,
  electionTimeout: 10,
  nextTickAt: simTime(0),
  saving: 0,
  voters: ids,
  ...own,
});

/** A made-up cluster whose members say what a test wants them to. */
class Stage {
  readonly board = new Scoreboard();
  readonly #checks = new TraceChecks(this.board, (actor) => ({ name: `etcd-${actor}`, folder: '', isForced: false, cluster: 'c' }));
  #at = 0;

  /** One step of a member: what it writes into the trace, and what it shows then. */
  step(actor: number, shown: Partial<MemberStatus>, write: (say: Voice) => void): this {
    const out = new TraceWriter(actor, 1);
    write(new Voice(out));
    this.#at += 1000;
    this.#checks.hear(actor, out.take(), this.#at);
    this.#checks.look(actor, status(actor, shown));
    return this;
  }

  get found(): readonly string[] {
    return this.board.violations.map(({ property }) => property);
  }
}

class Voice {
  readonly #out: TraceWriter;

  constructor(out: TraceWriter) {
    this.#out = out;
  }

  raft(event: RaftEvent): void {
    this.#out.emit('raft', simTime(0), NO_EVENT, { event: encodeEvent(event) });
  }

  started(last = 0): void {
    const at = logIndex(last);
    this.raft({ type: 'raft-started', peers: ids, term: term(1), commit: 0, applied: 0, lastIndex: at, lastTerm: term(1) });
  }

  recovered(of: number, commit: number, lastIndex: number): void {
    this.#out.emit('recovered', simTime(0), NO_EVENT, { snapshotIndex: 0, entries: 0, lastIndex, term: of, commit });
    this.started(lastIndex);
  }

  save(op: number, of: number, vote: number, entries: number, lastIndex: number, commit = 0): void {
    this.#out.emit('save-submitted', simTime(0), NO_EVENT, {
      op,
      bytes: 10,
      entries,
      lastIndex,
      term: of,
      vote: idOf(vote),
      commit,
      sync: op > 0,
    });
  }

  saved(op: number): void {
    this.#out.emit('save-completed', simTime(0), NO_EVENT, { op });
  }

  sent(message: string, to: number, of: number, index = 0, reject = false): void {
    const rest = { logTerm: 0, entries: 0, commit: 0, bytes: 10 };
    this.#out.emit('message-sent', simTime(0), NO_EVENT, { to: idOf(to), message, term: of, index, reject, ...rest });
  }

  applied(index: number, of: number, what: string): void {
    this.#out.emit('applied', simTime(0), NO_EVENT, { index, term: of, what, key: EMPTY_BYTES, revision: 1, request: 0n });
  }
}

describe('a vote or an acknowledgement is on disk before it is sent (figure 2)', () => {
  const begin = (): Stage => new Stage().step(1, { term: 1 }, (say) => say.started());

  it('finds a vote that leaves while its save is under way, and none that waits for it', () => {
    const vote = { term: 2, vote: idOf(2) };
    const early = begin().step(1, { term: 1 }, (say) => {
      say.save(1, 1, 0, 0, 0);
      say.saved(1);
    });
    early.step(1, vote, (say) => {
      say.save(2, 2, 2, 0, 0);
      say.sent('MsgVoteResp', 2, 2);
    });
    expect(early.found).toEqual(['durable-before-sent']);
    const sound = begin().step(1, vote, (say) => {
      say.save(1, 2, 2, 0, 0);
      say.saved(1);
      say.sent('MsgVoteResp', 2, 2);
      say.sent('MsgVoteResp', 3, 2, 0, true);
    });
    expect(sound.found).toEqual([]);
    expect(sound.step(1, vote, (say) => say.sent('MsgVoteResp', 3, 2)).found).toEqual(['durable-before-sent']);
  });

  it('finds an acknowledgement of entries that are not, or no more, on disk', () => {
    const stage = begin().step(1, {}, (say) => {
      say.save(1, 2, 0, 5, 5);
      say.saved(1);
      say.sent('MsgAppResp', 2, 2, 5);
    });
    expect(stage.found).toEqual([]);
    // Entries 4 and 5 are replaced by others: until these are flushed, only 3 are as the log says.
    stage.step(1, { term: 3 }, (say) => {
      say.save(2, 3, 0, 2, 5);
      say.sent('MsgAppResp', 3, 2, 3);
    });
    expect(stage.found).toEqual([]);
    expect(stage.step(1, { term: 3 }, (say) => say.sent('MsgAppResp', 3, 2, 4)).found).toEqual(['durable-before-sent']);
  });

  it('finds a leader that counts itself before its own save is done', () => {
    const counted = { type: 'commit-advanced', previous: 0, index: 6, reason: 'quorum', acks: [idOf(1), idOf(2)] } as const;
    const shown = { vote: idOf(1) };
    const stage = begin().step(1, shown, (say) => {
      say.save(1, 2, 1, 5, 5);
      say.saved(1);
      say.save(2, 2, 1, 1, 6);
    });
    expect(stage.step(1, shown, (say) => say.raft({ ...counted, acks: [idOf(2), idOf(3)] })).found).toEqual([]);
    expect(stage.step(1, shown, (say) => say.raft(counted)).found).toEqual(['durable-before-sent']);
  });
});

describe('what was on disk does not fall over a restart', () => {
  const saved = (): Stage =>
    new Stage()
      .step(1, { term: 1 }, (say) => say.started())
      .step(1, { term: 4, vote: idOf(2), commit: 3 }, (say) => {
        say.save(1, 4, 2, 6, 6, 3);
        say.saved(1);
      });

  it.each([
    ['nothing, where all is there', { term: 4, vote: idOf(2), commit: 3 }, [4, 3, 6], []],
    ['a lost vote', { term: 4, vote: NO_NODE, commit: 3 }, [4, 3, 6], ['monotone-vote']],
    ['another vote', { term: 4, vote: idOf(3), commit: 3 }, [4, 3, 6], ['monotone-vote']],
    ['a lower term', { term: 3, vote: NO_NODE, commit: 3 }, [3, 3, 6], ['monotone-term']],
    ['a lower commit index', { term: 4, vote: idOf(2), commit: 2 }, [4, 2, 6], ['monotone-commit']],
    ['entries that are gone', { term: 4, vote: idOf(2), commit: 3 }, [4, 3, 5], ['durable-before-sent']],
  ] as const)('finds %s', (_what, shown, [of, commit, last], wanted) => {
    expect(saved().step(1, shown, (say) => say.recovered(of, commit, last)).found).toEqual(wanted);
  });

  it('asks nothing of a member that begins anew', () => {
    expect(saved().step(1, { term: 1 }, (say) => say.started()).found).toEqual([]);
  });
});

describe('within a process', () => {
  it('a term, a commit index and a vote of one term stay', () => {
    const stage = (): Stage => new Stage().step(1, { term: 3, vote: idOf(1), commit: 5 }, (say) => say.started());
    const next = (shown: Partial<MemberStatus>) => stage().step(1, shown, (say) => say.saved(9)).found;
    expect(next({ term: 3, vote: idOf(1), commit: 6 })).toEqual([]);
    expect(next({ term: 4, vote: NO_NODE, commit: 6 })).toEqual([]);
    expect(next({ term: 3, vote: idOf(2), commit: 5 })).toEqual(['monotone-vote']);
    expect(next({ term: 2, vote: NO_NODE, commit: 5 })).toEqual(['monotone-term']);
    expect(next({ term: 3, vote: idOf(1), commit: 4 })).toEqual(['monotone-commit']);
  });

  it('members are named; one that nobody has seen yet is told by its id', () => {
    const stage = new Stage().step(2, { term: 3 }, (say) => say.started()).step(1, { term: 3, vote: idOf(2) }, (say) => say.started());
    stage.step(1, { term: 3, vote: idOf(3) }, (say) => say.saved(9));
    expect(stage.board.violations.map(({ detail }) => detail)).toEqual([`in term 3 it voted for etcd-2, then for ${idOf(3).toString(16)}`]);
  });
});

describe('leaders', () => {
  const elected = (say: Voice, of: number): void => say.raft({ type: 'became-leader', term: term(of) });

  it('are one a term (election safety, §5.2)', () => {
    const stage = new Stage().step(1, {}, (say) => elected(say, 2)).step(2, { term: 3 }, (say) => elected(say, 3));
    expect(stage.found).toEqual([]);
    expect(stage.step(3, {}, (say) => elected(say, 2)).found).toEqual(['election-safety']);
  });

  it('only append to their logs (leader append-only, §5.3)', () => {
    const appended = { type: 'entries-appended', first: 5, last: 6, term: term(2), proposed: true } as const;
    const stage = new Stage().step(1, {}, (say) => {
      elected(say, 2);
      say.raft(appended);
    });
    expect(stage.found).toEqual([]);
    stage.step(1, { term: 3 }, (say) => {
      say.raft({ type: 'became-follower', term: term(3), lead: idOf(2), reason: 'higher-term' });
      say.raft({ type: 'unstable-truncated', index: 5 });
    });
    expect(stage.found).toEqual([]);
    for (const event of [{ type: 'unstable-truncated', index: 5 } as const, { ...appended, proposed: false }]) {
      const broken = new Stage().step(1, {}, (say) => {
        elected(say, 2);
        say.raft(event);
      });
      expect(broken.found).toEqual(['leader-append-only']);
    }
  });

  it('have all that was committed in earlier terms (leader completeness, §5.4)', () => {
    const stage = new Stage()
      .step(2, { lastIndex: 8 }, (say) => say.started(8))
      .step(3, { lastIndex: 9 }, (say) => say.started(9))
      .step(1, {}, (say) => say.applied(9, 2, 'put'));
    expect(stage.step(3, { term: 3, lastIndex: 10 }, (say) => elected(say, 3)).found).toEqual([]);
    expect(stage.step(2, { term: 4, lastIndex: 9 }, (say) => elected(say, 4)).found).toEqual(['leader-completeness']);
  });
});

it('members apply the same entry at each index (state-machine safety, §5.4.3)', () => {
  const stage = new Stage().step(1, {}, (say) => say.applied(7, 2, 'put')).step(2, {}, (say) => say.applied(7, 2, 'put'));
  expect(stage.found).toEqual([]);
  expect(stage.step(3, {}, (say) => say.applied(7, 2, 'delete')).found).toEqual(['state-machine-safety']);
});
