/** Scripts about configuration changes alone: `simple`, `enter-joint`, `leave-joint` on one configuration, from an empty one on. */

import { logIndex, type NodeId } from '#kernel/brand.ts';
import { confChangeErrorText, enterJoint, leaveJoint, simpleChange, type ConfChangeOutcome } from '#raft/confchange.ts';
import { parseChanges, type ConfChangeSingle } from '#raft/conf-change.ts';
import { EMPTY_CONFIGURATION, isLearner, isTracked, trackedIds, type Configuration } from '#raft/configuration.ts';
import { describeConfiguration, describeProgress } from '#raft/describe.ts';
import { newProgress, viewProgress, type Progress } from '#raft/progress.ts';
import { checkKeys, flagOf, ScriptError, UnknownCommandError, type Directive } from '#cli/conformance/raft/script.ts';

export const CONFCHANGE_COMMANDS: readonly string[] = ['simple', 'enter-joint', 'leave-joint'];

function change(config: Configuration, directive: Directive, changes: readonly ConfChangeSingle[]): ConfChangeOutcome | undefined {
  switch (directive.command) {
    case 'simple':
      return simpleChange(config, changes);
    case 'enter-joint':
      return enterJoint(config, flagOf(directive, 'autoleave'), changes);
    case 'leave-joint':
      return leaveJoint(config);
    default:
      return undefined;
  }
}

/** A runner of such scripts; it keeps the configuration between directives. */
export function confChangeRunner(): (directive: Directive) => string {
  let config = EMPTY_CONFIGURATION;
  const progress = new Map<NodeId, Progress>();
  let lastIndex = 0;
  return (directive) => {
    checkKeys(directive, ['autoleave']);
    const changes = parseChanges(directive.input);
    if (changes === undefined) throw new ScriptError(`cannot read the operations: ${directive.input}`);
    const at = lastIndex;
    lastIndex += 1;
    if (directive.command === 'leave-joint' && changes.length > 0) return 'this command takes no input';
    const outcome = change(config, directive, changes);
    if (outcome === undefined) throw new UnknownCommandError(directive);
    if (!outcome.ok) return confChangeErrorText(outcome.error);
    config = outcome.config;
    for (const id of progress.keys()) if (!isTracked(config, id)) progress.delete(id);
    for (const id of outcome.fresh) progress.set(id, newProgress(logIndex(Math.max(at, 1)), true));
    const lines = trackedIds(config).map((id) => {
      const peer = progress.get(id);
      if (peer === undefined) throw new ScriptError(`node ${id} is in the configuration and has no progress`);
      return `${id}: ${describeProgress(viewProgress(peer, isLearner(config, id)))}\n`;
    });
    return `${describeConfiguration(config)}\n${lines.join('')}`;
  };
}
