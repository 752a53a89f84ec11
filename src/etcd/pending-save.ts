/** A write to the WAL between its submission and its completion, with everything that waits for it. Plain data. */

import { eventIdFromNumber, simTime, type EventId, type SimTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import type { Entry } from '#raft/entry.ts';
import type { Message } from '#raft/message.ts';
import { readMessage, writeMessage } from '#raft/message-codec.ts';
import {
  readEntry,
  readHardState,
  readList,
  readOptional,
  readSnapshot,
  writeEntry,
  writeHardState,
  writeList,
  writeOptional,
  writeSnapshot,
} from '#raft/state-codec.ts';
import type { HardState, Snapshot } from '#raft/state.ts';

export interface PendingSave {
  /** 0 for a write that needs no flush but has to wait behind others. */
  readonly op: number;
  readonly entries: readonly Entry[];
  readonly hardState: HardState | undefined;
  readonly snapshot: Snapshot | undefined;
  /** To be sent, or stepped if to this member, when it is durable. */
  readonly messages: readonly Message[];
  /** To be applied when it is durable: only together with a snapshot. */
  readonly committed: readonly Entry[];
  /** The trace event of its submission. */
  readonly event: EventId;
  /** Its completion was told, and an earlier write's was not. */
  isDone: boolean;
  /** When it was submitted. */
  readonly since: SimTime;
}

export function writePendingSave(w: Writer, save: PendingSave): void {
  w.varint(save.op);
  writeList(w, save.entries, writeEntry);
  writeOptional(w, save.hardState, writeHardState);
  writeOptional(w, save.snapshot, writeSnapshot);
  writeList(w, save.messages, writeMessage);
  writeList(w, save.committed, writeEntry);
  w.varint(save.event).bool(save.isDone).varint(save.since);
}

/** @throws DecodeError */
export function readPendingSave(r: Reader): PendingSave {
  return {
    op: r.varint(),
    entries: readList(r, readEntry),
    hardState: readOptional(r, readHardState),
    snapshot: readOptional(r, readSnapshot),
    messages: readList(r, readMessage),
    committed: readList(r, readEntry),
    event: eventIdFromNumber(r.varint()),
    isDone: r.bool(),
    since: simTime(r.varint()),
  };
}
