/** What is on a member's disk, as far as its trace tells: saves count from the moment that their flush is complete. */

import { NO_NODE, type NodeId } from '#kernel/brand.ts';

/** A write of the log that is under way. */
export interface Save {
  /** 0 for one that waits for no flush. */
  readonly op: number;
  readonly bytes: number;
  readonly entries: number;
  /** Index of the last entry in the log with it. */
  readonly last: number;
  readonly term: number;
  readonly vote: NodeId;
  readonly commit: number;
}

/** Mutable; one for each process of a member. Unknown until something of it is heard. */
export class Durable {
  term = 0;
  /** Undefined while it is not known. */
  vote: NodeId | undefined = NO_NODE;
  commit = 0;
  /** Entries up to here are on disk as they stand in the log. */
  to = 0;
  isKnown = false;
  #pending: Save[] = [];

  /** What a process began with. */
  found(term: number, vote: NodeId | undefined, commit: number, to: number): void {
    this.term = term;
    this.vote = vote;
    this.commit = commit;
    this.to = to;
    this.isKnown = true;
  }

  /** The vote that the member shows, where the disk's was not known. */
  know(term: number, vote: NodeId): void {
    if (term === this.term) this.vote = vote;
  }

  submitted(save: Save): void {
    if (save.op === 0) return;
    // What it writes over is not what the log says any more.
    if (save.entries > 0) this.to = Math.min(this.to, save.last - save.entries);
    this.#pending.push(save);
  }

  /** A flush makes durable all that was written before it. */
  completed(op: number): void {
    const done = this.#pending.filter((save) => save.op <= op);
    if (done.length === 0) return;
    this.#pending = this.#pending.filter((save) => save.op > op);
    this.isKnown = true;
    for (const { term, vote, commit, last } of done) {
      this.term = term;
      this.vote = vote;
      this.commit = commit;
      this.to = last;
    }
    for (const { entries, last } of this.#pending) if (entries > 0) this.to = Math.min(this.to, last - entries);
  }
}
