/**
 * What an event is about, in the words of the command that led to it: a label is given to a program's start (`put foo bar`) and handed on from
 * cause to effect, so that an append three members away still knows what it carries. Bounded: the oldest labels are forgotten.
 */

import type { EventId } from '#kernel/brand.ts';

const LABELS_MAX = 20_000;
const LABEL_CHARS_MAX = 60;

/** Mutable; owned by the feed. */
export class Labels {
  readonly #labelByEvent = new Map<EventId, string>();

  /** The label of an event: its own if it has one, else that of its cause. */
  note(id: EventId, cause: EventId, own?: string): string {
    const label = own === undefined ? (this.#labelByEvent.get(cause) ?? '') : shorten(own);
    if (label === '') return '';
    if (this.#labelByEvent.size >= LABELS_MAX) this.#forget();
    this.#labelByEvent.set(id, label);
    return label;
  }

  get(id: EventId): string {
    return this.#labelByEvent.get(id) ?? '';
  }

  #forget(): void {
    let left = LABELS_MAX / 4;
    for (const id of this.#labelByEvent.keys()) {
      if (left-- <= 0) return;
      this.#labelByEvent.delete(id);
    }
  }
}

const shorten = (text: string): string => (text.length <= LABEL_CHARS_MAX ? text : `${text.slice(0, LABEL_CHARS_MAX - 1)}…`);

/** `put foo bar` of `etcdctl --endpoints=… put foo bar`: the words that are no flags. */
export function activityOf(argv: readonly string[]): string {
  const words: string[] = [];
  let skip = false;
  for (const word of argv.slice(1)) {
    if (skip) skip = false;
    else if (word === '--endpoints' || word === '--command-timeout' || word === '--dial-timeout') skip = true;
    else if (!word.startsWith('-') || words.length > 0) words.push(word);
  }
  return shorten(words.join(' '));
}
