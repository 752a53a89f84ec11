import type { Catalogue } from '#words/english.ts';

/** Terminals and forms act for the visitor; other clients have names of their own. */
export function clientName(name: string, words: Catalogue): string {
  return /^(you|main|page|request-\d+)$/.test(name) ? words.you : name;
}
