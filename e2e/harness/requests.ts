/** What the tests ask of the harness: runs with members in workers, without the page around them. */

/** Where the members' disks lie. */
export type HarnessStorage = 'opfs' | 'memory';

export type HarnessRequest =
  /** Plays a scenario file as fast as possible. */
  | { readonly type: 'scenario'; readonly text: string; readonly storage: HarnessStorage }
  /** Writes as fast as possible for some virtual seconds after a leader is there. */
  | {
      readonly type: 'puts';
      readonly nodes: number;
      readonly lanes: number;
      readonly virtualSeconds: number;
      readonly storage: HarnessStorage;
    };

export interface ScenarioAnswer {
  readonly hash: string;
  readonly output: string;
  readonly failure: string | undefined;
}

export interface PutsAnswer {
  readonly puts: number;
  readonly wallSeconds: number;
  readonly traceBytes: number;
}

/** The answer to a request of a type. */
export interface HarnessAnswers {
  readonly scenario: ScenarioAnswer;
  readonly puts: PutsAnswer;
}

export type HarnessAnswer =
  { readonly type: 'ok'; readonly answer: ScenarioAnswer | PutsAnswer } | { readonly type: 'failed'; readonly message: string };
