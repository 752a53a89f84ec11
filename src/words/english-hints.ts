/** The hints in English. */

import type { HintId, HintWords } from '#words/hint-id.ts';

/** What each hint says, and its button. */
export const englishHints: Readonly<Record<HintId, HintWords>> = {
  'wait-election': {
    text: () => 'Each member waits a random time for a leader. The first to run out of patience asks the others for their votes.',
    action: undefined,
  },
  put: {
    text: (who) => `${who} leads. Put a key and follow it: to the leader, to a majority, and only then “OK”.`,
    action: () => 'Put a key',
  },
  'kill-leader': {
    text: (who) => `What if the leader, ${who}, dies? Nothing that was acknowledged may be lost.`,
    action: (who) => `Kill ${who}`,
  },
  restart: { text: (who) => `${who} is down. Start it again: it reads its own disk and catches up.`, action: (who) => `Restart ${who}` },
  crashed: { text: (who) => `${who} stopped at a failed check of its own. Its report is under “Member”.`, action: (who) => `Show ${who}` },
  'no-quorum': {
    text: (who) => `Fewer than a majority can meet, so nothing can be committed. ${who} could help.`,
    action: (who) => `Restart ${who}`,
  },
  thaw: {
    text: (who) => `${who} is frozen. The others cannot tell it from a dead one; it does not know that time passes.`,
    action: (who) => `Thaw ${who}`,
  },
  cut: { text: () => 'Cut the network in two: only a side with a majority can go on.', action: () => 'Cut the network' },
  'write-minority': {
    text: (who) => `Put a key through ${who}, on the smaller side: it waits, and times out in the end.`,
    action: (who) => `Put through ${who}`,
  },
  heal: { text: () => 'Heal the network and see how the logs become one again.', action: () => 'Heal' },
  pause: { text: () => 'Pause with the space bar, then take one step at a time with the full stop.', action: () => 'Pause' },
  terminal: {
    text: () => 'Everything here is also a line: type etcdctl and play commands in the terminal.',
    action: () => 'Open the terminal',
  },
  free: { text: () => 'Click a member to kill, freeze or cut it off. Press ? for the keys and the legend.', action: undefined },
};
