/** What clients asked and heard, as plain data for a picture of overlapping operations. Times in virtual µs. */

/** One request of a client, as an interval. */
export interface ClientOperation {
  readonly client: string;
  /** With `client`, names it in a violation: `client#call`. */
  readonly call: number;
  /** The member that it was sent to; undefined where nobody listens. */
  readonly member: string | undefined;
  readonly invokedAt: number;
  /** When the answer came; undefined while there is none, and for ever where the outcome is unknown. */
  readonly returnedAt: number | undefined;
  /** `open`: still waited for. `unknown`: given up or cut off; it may have happened, at any time after it began, or not. */
  readonly outcome: 'open' | 'ok' | 'failed' | 'unknown';
  readonly kind: 'get' | 'put' | 'delete' | 'txn' | 'lease' | 'compact' | 'other';
  /** Answered from one member's own state (`--consistency=s`). */
  readonly serializable: boolean;
  /** The first key that it is about, as text; empty if it is about none. */
  readonly key: string;
  /** What it put, or what a read of one key showed; undefined if neither, or if the key was absent. */
  readonly value: string | undefined;
  /** Of the answer's header, 0 without one. */
  readonly revision: number;
  /** Such as `put "a" "1"`, for a label. */
  readonly text: string;
  /** Why it failed or is unknown; empty otherwise. */
  readonly message: string;
}

/** Operations that overlap a stretch of time. */
export interface OperationsQuery {
  readonly from: number;
  readonly to: number;
}

export interface Operations {
  /** Nothing that ended before this is known. */
  readonly since: number;
  /** In the order of their beginning. */
  readonly operations: readonly ClientOperation[];
}
