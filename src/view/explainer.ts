/** What the page asks of the conductor to explain a run. Answers are about the instant that is shown; asking changes nothing. */

import type { MemberInspection, MemberLogLine, MemberLogQuery } from '#view/member-inspection.ts';
import type { Operations, OperationsQuery } from '#view/operations.ts';
import type { RequestLife, RequestSummary } from '#view/request-life.ts';
import type { Selection } from '#view/selection.ts';
import type { RelatedEvents, WhyAnswer } from '#view/why.ts';

export interface Explainer {
  /** Why something is as it is; without a selection, the cluster. */
  why(selection: Selection | undefined): Promise<WhyAnswer>;
  /** The events that led to something and that it led to. */
  related(selection: Selection): Promise<RelatedEvents>;
  /** The requests that are remembered, the newest first. */
  requests(): Promise<readonly RequestSummary[]>;
  /** The stages of one request; undefined if it is not remembered. */
  requestLife(id: number): Promise<RequestLife | undefined>;
  /** A member in every detail; undefined if it does not run. */
  inspectMember(member: string): Promise<MemberInspection | undefined>;
  /** The newest lines of a member's own log, oldest first. */
  memberLog(query: MemberLogQuery): Promise<readonly MemberLogLine[]>;
  /** The text of a member's `/metrics`; empty if it does not run. */
  memberMetrics(member: string): Promise<string>;
  /** What clients asked and heard in a stretch of time. */
  operations(query: OperationsQuery): Promise<Operations>;
}
