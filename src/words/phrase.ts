/** A phrase is text with emphasis: what it interpolates (a member, a term, an index) stands out, the words around it do not. */

/** One stretch of a phrase. */
export interface PhrasePart {
  readonly text: string;
  readonly strong: boolean;
}

export type Phrase = readonly PhrasePart[];

/** Template tag: the words are plain, the values are strong. */
export function say(words: TemplateStringsArray, ...values: readonly (string | number)[]): Phrase {
  const parts: PhrasePart[] = [];
  words.forEach((text, at) => {
    if (text !== '') parts.push({ text, strong: false });
    const value = values[at];
    if (value !== undefined) parts.push({ text: String(value), strong: true });
  });
  return parts;
}

/** One phrase after another; `between` stands between two that are not empty. */
export function joinPhrases(phrases: readonly Phrase[], between: string): Phrase {
  return phrases
    .filter((phrase) => phrase.length > 0)
    .flatMap((phrase, at) => (at === 0 ? phrase : [{ text: between, strong: false }, ...phrase]));
}

/** The phrase without emphasis, as it is read aloud. */
export function phraseText(phrase: Phrase): string {
  return phrase.map((part) => part.text).join('');
}
