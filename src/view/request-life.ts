/** The stages of a request from the client and back, as the trace tells them: plain data, times in virtual µs, members and clients by name. */

export type LifeStageKind =
  /** From the client to its member. */
  | 'call'
  /** From a member that does not lead to the one that does. */
  | 'forward'
  /** The leader's log has it. */
  | 'append'
  /** A write of a log and its flush. */
  | 'save'
  /** From the leader to a follower. */
  | 'replicate'
  /** A follower's acknowledgement to the leader. */
  | 'acknowledge'
  /** A majority holds it. */
  | 'commit'
  /** The news of the commit, from the leader to a follower. */
  | 'tell'
  /** Committed, it waits for its turn at the store. */
  | 'apply'
  /** A read asks the leader for an index that is safe. */
  | 'read-index'
  /** From the member to the client. */
  | 'answer'
  /** A watch hears of it. */
  | 'watch';

export interface LifeStage {
  readonly kind: LifeStageKind;
  /** Where it happened, or where it ended. */
  readonly lane: string;
  /** Where it came from, if it travelled. */
  readonly origin: string | undefined;
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
  /** The event that began it. */
  readonly event: number;
  readonly lost: boolean;
  /** The answer waited for it. */
  readonly decisive: boolean;
}

export type RequestOutcome = 'waiting' | 'done' | 'failed' | 'given-up';

/** A request of the remembered run. */
export interface RequestSummary {
  /** The event that opened its call. */
  readonly id: number;
  readonly label: string;
  readonly client: string;
  readonly at: number;
  /** Until its answer arrived; undefined while it waits. */
  readonly micros: number | undefined;
  readonly outcome: RequestOutcome;
}

export interface RequestLife extends RequestSummary {
  /** The member that it reached. */
  readonly member: string | undefined;
  /** The entry of the log that carries it; undefined for a read. */
  readonly entry: number | undefined;
  readonly error: string;
  readonly revision: number;
  /** In the order in which they began. */
  readonly stages: readonly LifeStage[];
}
