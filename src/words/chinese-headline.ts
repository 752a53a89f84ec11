/** The headline in Chinese. */

import { chineseList } from '#words/chinese-facts.ts';
import { CHINESE_PROPERTIES } from '#words/chinese-properties.ts';
import { instantText } from '#words/measure.ts';
import { joinPhrases, say, type Phrase } from '#words/phrase.ts';
import type { Situation } from '#words/situation.ts';

/** What is wrong, the worst first, at most two things. */
function troubles(situation: Situation): readonly Phrase[] {
  const { crashed, dead, frozen } = situation;
  const stale = situation.headline.type === 'leader' ? situation.headline.stale : [];
  const cutOff = situation.cutOff.filter((name) => !stale.includes(name));
  const all: Phrase[] = [];
  if (crashed.length > 0) all.push(say`${chineseList(crashed)} 已崩溃。`);
  if (stale.length > 0) all.push(say`${chineseList(stale)} 仍以为自己是领导者。`);
  if (cutOff.length > 0) all.push(say`${chineseList(cutOff)} 被隔断。`);
  if (dead.length > 0) all.push(say`${chineseList(dead)} 已停止。`);
  if (frozen.length > 0) all.push(say`${chineseList(frozen)} 被冻结。`);
  return all.slice(0, 2);
}

/** The sentence above the stage. */
export function chineseHeadline(situation: Situation): Phrase {
  const { broken } = situation;
  if (broken === undefined) return standing(situation);
  const name = CHINESE_PROPERTIES[broken.property].name;
  const more = broken.others === 0 ? '' : `等 ${broken.others + 1} 项`;
  return joinPhrases([say`${instantText(broken.at)} s 时保证被打破：${name}${more}。`, standing(situation)], '');
}

/** Who leads, what is committed, who is not well. */
function standing(situation: Situation): Phrase {
  const { headline } = situation;
  switch (headline.type) {
    case 'booting':
      return say`成员正在启动。`;
    case 'no-leader': {
      if (!headline.quorumPossible) return joinPhrases([say`不可能选出领导者：凑不成多数。`, ...troubles(situation)], '');
      const { claims } = situation;
      if (claims !== undefined)
        return joinPhrases([say`${claims.name} 自认是任期 ${claims.term} 的领导者，但没有多数跟随。`, ...troubles(situation)], '');
      if (headline.electing.length === 0) return joinPhrases([say`没有领导者，都在等待选举超时。`, ...troubles(situation)], '');
      return joinPhrases([say`没有领导者。${chineseList(headline.electing)} 正在请求投票。`, ...troubles(situation)], '');
    }
    case 'leader':
      return joinPhrases(
        [say`${headline.leader} 是任期 ${headline.term} 的领导者，已提交到 ${headline.commit}。`, ...troubles(situation)],
        '',
      );
  }
}
