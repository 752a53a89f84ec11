/** What the tests ask of the harness: runs with members in workers, without the page around them. */

import type { PutBench, PutBenchOptions } from '#host/bench-puts.ts';
import type { ContractReport } from '#host/play-contract.ts';

/** Where the members' disks lie. */
export type HarnessStorage = 'opfs' | 'memory';

export type HarnessRequest =
  /** Plays a scenario file as fast as possible. */
  | { readonly type: 'scenario'; readonly text: string; readonly storage: HarnessStorage }
  /** Puts per second of closed-loop clients. */
  | { readonly type: 'puts'; readonly options: PutBenchOptions; readonly storage: HarnessStorage }
  /** Holds members in workers to the contract of hosts. */
  | { readonly type: 'contract'; readonly storage: HarnessStorage };

export interface ScenarioAnswer {
  readonly hash: string;
  readonly output: string;
  readonly failure: string | undefined;
}

/** The answer to a request of a type. */
export interface HarnessAnswers {
  readonly scenario: ScenarioAnswer;
  readonly puts: PutBench;
  readonly contract: readonly ContractReport[];
}

export type HarnessAnswer =
  { readonly type: 'ok'; readonly answer: HarnessAnswers[keyof HarnessAnswers] } | { readonly type: 'failed'; readonly message: string };
