/** Actions on time, members and the network. */

import type { Actions, Tools } from '#store/actions.ts';
import { memberLine, newLine, partitionLine } from '#store/command-lines.ts';
import { isSameSelection, selectedMember } from '#view/selection.ts';
import { withMilestone, type Milestone } from '#store/milestones.ts';

/** Running, pausing, stepping and the pace. */
export function timeActions({
  around,
  store,
  send,
  prefer,
}: Tools): Pick<
  Actions,
  | 'playOrPause'
  | 'play'
  | 'step'
  | 'stepBack'
  | 'seek'
  | 'goToBranch'
  | 'renameBranch'
  | 'deleteBranch'
  | 'setPace'
  | 'setVisible'
  | 'reach'
> {
  let wanted: number | undefined;
  let fetching = false;
  const fetch = async (): Promise<void> => {
    fetching = true;
    try {
      for (let at = wanted; at !== undefined; at = wanted) {
        wanted = undefined;
        await around.conductor.seek(at);
      }
    } finally {
      fetching = false;
    }
  };
  const reach = (milestone: Milestone): void => {
    prefer({ seen: withMilestone(store.getState().preferences.seen, milestone) });
  };
  return {
    reach,
    play: () => {
      send(around.conductor.play());
    },
    playOrPause: () => {
      const playing = store.getState().frame?.playing ?? false;
      if (playing) reach('pause');
      send(playing ? around.conductor.pause() : around.conductor.play());
    },
    step: () => {
      send(around.conductor.step(store.getState().preferences.step));
    },
    stepBack: () => {
      send(around.conductor.stepBack(store.getState().preferences.step));
    },
    seek: (at) => {
      wanted = at;
      if (!fetching) send(fetch());
    },
    goToBranch: (id) => {
      store.setState({ dialog: undefined });
      send(around.conductor.switchBranch(id));
    },
    renameBranch: (id, name) => {
      send(around.conductor.renameBranch(id, name));
    },
    deleteBranch: (id) => {
      send(around.conductor.deleteBranch(id));
    },
    setPace: (pace) => {
      send(around.conductor.setPace(pace));
    },
    setVisible: (visible) => {
      send(around.conductor.setVisible(visible));
    },
  };
}

/** Members, cuts and new clusters. */
export function clusterActions({
  store,
  click,
  prefer,
}: Tools): Pick<Actions, 'toMember' | 'select' | 'point' | 'explain' | 'pick' | 'chooseSides' | 'cut' | 'heal' | 'letGo' | 'newRun'> {
  const names = (): readonly string[] => store.getState().frame?.members.map((member) => member.name) ?? [];
  return {
    toMember: (verb, member) => {
      click(memberLine(verb, member));
    },
    select: (selected) => {
      store.setState({ selected });
    },
    point: (pointed) => {
      if (!isSameSelection(pointed, store.getState().pointed)) store.setState({ pointed });
    },
    explain: (selected) => {
      store.setState({ selected });
      prefer({ rail: true, railTab: 'why' });
    },
    pick: (member) => {
      const { choosing, selected } = store.getState();
      if (choosing === undefined)
        store.setState({ selected: selectedMember(selected) === member ? undefined : { type: 'member', name: member } });
      else store.setState({ choosing: choosing.includes(member) ? choosing.filter((name) => name !== member) : [...choosing, member] });
    },
    chooseSides: () => {
      const member = selectedMember(store.getState().selected);
      store.setState({ choosing: member === undefined ? [] : [member], selected: undefined });
    },
    cut: () => {
      const chosen = store.getState().choosing ?? [];
      if (chosen.length === 0 || chosen.length === names().length) return;
      store.setState({ choosing: undefined });
      click(partitionLine(chosen, names()));
    },
    heal: () => {
      click('play heal');
    },
    letGo: () => {
      const { dialog, choosing, menu, selected, mode } = store.getState();
      if (menu !== undefined) store.setState({ menu: undefined });
      else if (dialog !== undefined) store.setState({ dialog: undefined });
      else if (choosing !== undefined) store.setState({ choosing: undefined });
      else if (selected === undefined && mode === 'room') store.setState({ mode: 'page' });
      else store.setState({ selected: undefined });
    },
    newRun: (input) => {
      store.setState({ dialog: undefined, selected: undefined, choosing: undefined, requests: [] });
      click(newLine(input));
    },
  };
}
