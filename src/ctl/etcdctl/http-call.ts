/** An HTTP request of a client and what became of it. */

import type { Bytes } from '#kernel/bytes.ts';

export interface HttpRequest {
  /** `host:port`. */
  readonly endpoint: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
  /** How long the head of the response may take, µs; 0: for ever. */
  readonly headMicros: number;
  /** How long all of it may take, µs; 0: for ever. */
  readonly totalMicros: number;
}

export type HttpOutcome =
  | {
      readonly type: 'response';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Bytes;
    }
  /** Nothing listens there. */
  | { readonly type: 'refused' }
  /** The connection ended early; `begun`: the head had come. */
  | { readonly type: 'broken'; readonly begun: boolean }
  /** The head took too long. */
  | { readonly type: 'head-timeout' }
  /** All of it took too long. */
  | { readonly type: 'deadline' };

/** A request under way; plain data. */
export interface HttpCall {
  readonly request: number;
  readonly call: number;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes;
}
