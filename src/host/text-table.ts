/**
 * Repeated texts in one worker message (method names, message kinds, empty tokens): the first occurrence carries the text, later
 * ones its number. Owned by one message; the table is never larger than the message that it belongs to.
 */

import { DecodeError, type Reader, type Writer } from '#kernel/codec.ts';

/** Writes texts, each different one once. */
export class TextWriter {
  readonly #out: Writer;
  readonly #numberByText = new Map<string, number>();

  constructor(out: Writer) {
    this.#out = out;
  }

  write(text: string): void {
    const known = this.#numberByText.get(text);
    if (known !== undefined) {
      this.#out.varint(known);
      return;
    }
    this.#numberByText.set(text, this.#numberByText.size + 1);
    this.#out.varint(0).text(text);
  }
}

/** Reads what {@link TextWriter} wrote. */
export class TextReader {
  readonly #in: Reader;
  readonly #texts: string[] = [];

  constructor(source: Reader) {
    this.#in = source;
  }

  /** @throws DecodeError for a number that was not given yet */
  read(): string {
    const number = this.#in.varint();
    if (number === 0) {
      const text = this.#in.text();
      this.#texts.push(text);
      return text;
    }
    const text = this.#texts[number - 1];
    if (text === undefined) throw new DecodeError(`text ${number} of ${this.#texts.length}`);
    return text;
  }
}
