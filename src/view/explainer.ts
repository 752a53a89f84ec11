/** What the page asks of the conductor to explain a run. Answers are about the instant that is shown; asking changes nothing. */

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
}
