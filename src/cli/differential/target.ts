/** Something that answers requests as etcd does: a real server, the simulated cluster, a broken one of a test. */

import type { Answer, Operation, RequestOperation } from '#cli/differential/operation.ts';

/** One fresh cluster of one member. */
export interface Target {
  /** @throws TargetGone if the server has stopped */
  ask(request: RequestOperation): Promise<Answer>;
  /** Opens a stream under a name and lets it settle. */
  open(name: string, path: string, body: string): Promise<void>;
  /** What a stream has said; ends it. */
  close(name: string): Promise<Answer>;
  pass(millis: number): Promise<void>;
  dispose(): Promise<void>;
}

/** A server stopped by itself: real etcd panics on a few requests, which are not to be copied. */
export class TargetGone extends Error {
  override readonly name = 'TargetGone';
}

/** Makes a fresh target for a sequence. */
export type MakeTarget = (operations: readonly Operation[]) => Promise<Target>;
