/** How two branches of a run differ: where their traces part, and what their members are at one instant. */

/** One event of a trace, for a reader. */
export interface TraceLine {
  /** Virtual µs. */
  readonly at: number;
  /** The member or client that it happened at, or `world`. */
  readonly actor: string;
  /** Its kind, in the words of the trace: `message-sent`, `command`, `became-leader`, … */
  readonly kind: string;
  /** What it says: names and values as text. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** What a member is on one of the branches. */
export interface ComparedMember {
  readonly alive: boolean;
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly revision: number;
}

/** Something of which the branches say different things; undefined: it is not there. */
export interface Difference {
  /** Log index, or key. */
  readonly name: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
}

export interface MemberComparison {
  readonly member: string;
  /** Undefined: it was never started there. */
  readonly a: ComparedMember | undefined;
  readonly b: ComparedMember | undefined;
  /** Log entries that differ, by index; the first {@link DIFFERENCES_MAX}. */
  readonly entries: readonly Difference[];
  /** Keys that differ, in their order; the first {@link DIFFERENCES_MAX}. */
  readonly keys: readonly Difference[];
  /** How many entries and keys differ in all; of a very large store only a part is looked at. */
  readonly entriesCount: number;
  readonly keysCount: number;
}

export const DIFFERENCES_MAX = 100;

export interface BranchComparison {
  /** Ids of the branches. */
  readonly a: number;
  readonly b: number;
  /** The first event at which the traces differ; one of them may have none. Undefined: up to `at` they are equal. */
  readonly divergence: { readonly a: TraceLine | undefined; readonly b: TraceLine | undefined } | undefined;
  /** Virtual µs at which the members are compared: the end of the branch that ends first. */
  readonly at: number;
  /** Members of which anything differs, or all that were compared. */
  readonly members: readonly MemberComparison[];
}
