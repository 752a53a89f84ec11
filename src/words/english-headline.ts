/** The headline in English: who leads which term, what is committed, what is wrong. */

import { englishList } from '#words/english-facts.ts';
import { ENGLISH_PROPERTIES } from '#words/english-properties.ts';
import { instantText } from '#words/measure.ts';
import { joinPhrases, say, type Phrase } from '#words/phrase.ts';
import type { Situation } from '#words/situation.ts';

const are = (names: readonly string[], what: string): Phrase => [
  { text: englishList(names), strong: true },
  { text: ` ${names.length === 1 ? 'is' : 'are'} ${what}.`, strong: false },
];

const asking = (names: readonly string[]): Phrase =>
  names.length === 1 ? say`No leader. ${names[0] ?? ''} asks for votes.` : say`No leader. ${englishList(names)} ask for votes.`;

/** What is wrong, the worst first, at most two things. */
function troubles(situation: Situation): readonly Phrase[] {
  const { crashed, dead, frozen } = situation;
  const stale = situation.headline.type === 'leader' ? situation.headline.stale : [];
  const cutOff = situation.cutOff.filter((name) => !stale.includes(name));
  const all: Phrase[] = [];
  if (crashed.length > 0) all.push(say`${englishList(crashed)} crashed.`);
  if (stale.length > 0) all.push(say`${englishList(stale)} still thinks it leads.`);
  if (cutOff.length > 0) all.push(are(cutOff, 'cut off'));
  if (dead.length > 0) all.push(are(dead, 'down'));
  if (frozen.length > 0) all.push(are(frozen, 'frozen'));
  return all.slice(0, 2);
}

/** The sentence above the stage. */
export function englishHeadline(situation: Situation): Phrase {
  const { broken } = situation;
  if (broken === undefined) return standing(situation);
  const name = ENGLISH_PROPERTIES[broken.property].name;
  const more = broken.others === 0 ? '' : ` and ${broken.others} more`;
  return joinPhrases([say`Broken at ${instantText(broken.at)} s: ${name}${more}.`, standing(situation)], ' ');
}

/** Who leads, what is committed, who is not well. */
function standing(situation: Situation): Phrase {
  const { headline } = situation;
  switch (headline.type) {
    case 'booting':
      return say`The members are starting.`;
    case 'no-leader': {
      if (!headline.quorumPossible) return joinPhrases([say`No leader is possible: no majority can meet.`, ...troubles(situation)], ' ');
      const { claims } = situation;
      if (claims !== undefined)
        return joinPhrases([say`${claims.name} leads term ${claims.term}, but no majority follows it.`, ...troubles(situation)], ' ');
      if (headline.electing.length === 0)
        return joinPhrases([say`No leader. Everyone waits for an election timeout.`, ...troubles(situation)], ' ');
      return joinPhrases([asking(headline.electing), ...troubles(situation)], ' ');
    }
    case 'leader':
      return joinPhrases(
        [say`${headline.leader} leads term ${headline.term}. Committed up to ${headline.commit}.`, ...troubles(situation)],
        ' ',
      );
  }
}
