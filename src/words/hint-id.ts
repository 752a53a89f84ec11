/** The hints, by what they propose. One is shown at a time. */
export const HINT_IDS = [
  'wait-election',
  'put',
  'kill-leader',
  'restart',
  'crashed',
  'no-quorum',
  'thaw',
  'cut',
  'write-minority',
  'heal',
  'pause',
  'terminal',
  'free',
] as const;

export type HintId = (typeof HINT_IDS)[number];

/** A hint: a sentence, and what its button says if it has one. `who` is the member that it is about. */
export interface HintWords {
  readonly text: (who: string) => string;
  readonly action: ((who: string) => string) | undefined;
}
