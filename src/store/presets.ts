/** Ready-made situations, each a short list of lines. */

import type { MemberView } from '#view/frame.ts';

export const PRESETS = ['isolate-leader', 'split', 'flaky', 'slow-network', 'slow-disk', 'one-way', 'kill-majority', 'calm'] as const;
export type Preset = (typeof PRESETS)[number];

/** The lines of a preset for these members; empty if it makes no sense for so few. */
export function presetLines(preset: Preset, members: readonly MemberView[]): readonly string[] {
  const names = members.map((member) => member.name);
  const leader = members.find((member) => member.role === 'leader' && member.life === 'up' && !member.leadsWithoutQuorum)?.name;
  const follower = names.find((name) => name !== leader);
  const few = names.length < 2;
  // The smaller side takes the leader with it: then both sides have something to say.
  const ordered = leader === undefined ? names : [leader, ...names.filter((name) => name !== leader)];
  const half = Math.floor((names.length - 1) / 2);
  switch (preset) {
    case 'isolate-leader':
      return few ? [] : ['play isolate leader'];
    case 'split':
      return half < 1 ? [] : [`play partition ${ordered.slice(0, half).join(',')} / ${ordered.slice(half).join(',')}`];
    case 'flaky':
      return few ? [] : ['play link all <> all --loss 10% --latency 5ms..60ms'];
    case 'slow-network':
      return few ? [] : ['play link all <> all --latency 80ms'];
    case 'slow-disk':
      return follower === undefined ? [] : [`play disk ${follower} --latency 400ms`];
    case 'one-way':
      return follower === undefined || leader === undefined ? [] : [`play link ${leader} > ${follower} --cut`];
    case 'kill-majority':
      return few ? [] : [`play kill ${ordered.slice(0, Math.floor(names.length / 2) + 1).join(' ')}`];
    case 'calm':
      return ['play heal --all', ...members.filter(isDown).map(({ name }) => `play restart ${name}`), ...members.flatMap(thawLine)];
  }
}

const isDown = ({ life }: MemberView): boolean => life === 'dead' || life === 'crashed';
const thawLine = ({ name, life }: MemberView): readonly string[] => (life === 'frozen' ? [`play thaw ${name}`] : []);
