/** Which hint is shown: the one that goes on from where the visitor and the cluster are. */

import type { Frame } from '#view/frame.ts';
import type { HintId } from '#words/hint-id.ts';
import type { Milestone } from '#store/milestones.ts';

export interface Hint {
  readonly id: HintId;
  /** The member that it is about; empty if none. */
  readonly who: string;
}

const hint = (id: HintId, who = ''): Hint => ({ id, who });

/** The smaller side's first member that is up, or undefined. */
function minority(frame: Pick<Frame, 'members' | 'partition' | 'headline'>): string | undefined {
  const smallest = [...frame.partition].sort((a, b) => a.length - b.length)[0];
  return smallest?.find((name) => frame.members.some((member) => member.name === name && member.life === 'up'));
}

/** @param seen what the visitor has already done. */
export function chooseHint(frame: Pick<Frame, 'members' | 'partition' | 'headline'>, seen: readonly Milestone[]): Hint {
  const { headline, members } = frame;
  const first = (life: string): string | undefined => members.find((member) => member.life === life)?.name;
  const down = first('dead');
  const frozen = first('frozen');
  const crashed = first('crashed');
  if (crashed !== undefined) return hint('crashed', crashed);
  if (headline.type === 'no-leader' && !headline.quorumPossible && down !== undefined) return hint('no-quorum', down);
  if (frame.partition.length > 1) {
    const small = minority(frame);
    return small !== undefined && !seen.includes('minority') ? hint('write-minority', small) : hint('heal');
  }
  if (headline.type !== 'leader') return down === undefined || headline.type === 'booting' ? hint('wait-election') : hint('restart', down);
  if (down !== undefined) return hint('restart', down);
  if (frozen !== undefined) return hint('thaw', frozen);
  if (!seen.includes('put')) return hint('put', headline.leader);
  if (!seen.includes('kill')) return hint('kill-leader', headline.leader);
  if (!seen.includes('cut') && members.length > 2) return hint('cut');
  if (!seen.includes('pause')) return hint('pause');
  if (!seen.includes('terminal')) return hint('terminal');
  return hint('free');
}
