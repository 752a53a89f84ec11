/** What a follower does with its leader's messages (paper §5.3, §7). */

import { logIndex, term as termOf, type LogIndex, type NodeId } from '#kernel/brand.ts';
import type { Core } from '#raft/core.ts';
import { NO_LIMIT, type Entry } from '#raft/entry.ts';
import type { MsgApp, MsgHeartbeat } from '#raft/message.ts';
import { send, sendAfterAppend } from '#raft/send.ts';

/** Tells the sender that everything up to `index` is here; leaves when it is durable. */
export function acknowledge(core: Core, to: NodeId, index: LogIndex): void {
  sendAfterAppend(core, {
    type: 'MsgAppResp',
    from: core.id,
    to,
    term: core.term,
    index,
    reject: false,
    rejectHint: logIndex(0),
    logTerm: termOf(0),
  });
}

/** Takes over entries, or says where the logs may agree. */
export function handleAppend(core: Core, message: MsgApp): void {
  const { log } = core;
  const previous = { term: message.logTerm, index: message.index };
  if (previous.index < log.committed) {
    // An old message: what is committed here agrees with every leader's log.
    core.emit({ type: 'stale-append-answered', peer: message.from, index: message.index, commit: log.committed });
    acknowledge(core, message.from, log.committed);
    return;
  }
  const entries = core.settings.broken.keepConflicting === true ? keptOr(core, message) : message.entries;
  const last = log.maybeAppend(matchedOr(core, message), entries, message.commit);
  if (last !== undefined) {
    acknowledge(core, message.from, last);
    return;
  }
  const ownTerm = log.termOrZero(message.index);
  // Skip all of our entries whose term is above the leader's: the logs can only agree before them.
  const end = log.lastIndex();
  const hint = log.findConflictByTerm(message.index < end ? message.index : end, message.logTerm);
  core.emit({
    type: 'append-rejected',
    ownTerm,
    index: message.index,
    logTerm: message.logTerm,
    peer: message.from,
    hint: hint.index,
    hintTerm: hint.term,
  });
  sendAfterAppend(core, {
    type: 'MsgAppResp',
    from: core.id,
    to: message.from,
    term: core.term,
    index: message.index,
    reject: true,
    rejectHint: hint.index,
    logTerm: hint.term,
  });
}

/** The entry before the message's; with Log Matching broken on purpose, whatever stands there. */
function matchedOr(core: Core, message: MsgApp): { readonly term: MsgApp['logTerm']; readonly index: LogIndex } {
  const isBroken = core.settings.broken.skipLogMatching === true && message.index <= core.log.lastIndex();
  return { term: isBroken ? core.log.termOrZero(message.index) : message.logTerm, index: message.index };
}

/** Broken on purpose: what stands in the log already is taken for what the leader sent. */
function keptOr(core: Core, { entries }: MsgApp): readonly Entry[] {
  const { log } = core;
  return entries.map((entry) => {
    const own = entry.index > log.lastIndex() ? undefined : log.slice(entry.index, logIndex(entry.index + 1), NO_LIMIT);
    return (own?.ok === true ? own.value[0] : undefined) ?? entry;
  });
}

/** A leader's sign of life, which may also move the commit index. */
export function handleHeartbeat(core: Core, message: MsgHeartbeat): void {
  core.log.commitTo(message.commit, 'told-by-leader');
  send(core, { type: 'MsgHeartbeatResp', from: core.id, to: message.from, term: core.term, context: message.context });
}
