/** A whole run at one moment: the world and every member with its disk. From it the run continues as if it had never stopped. */

import type { Bytes } from '#kernel/bytes.ts';
import { Reader, Writer } from '#kernel/codec.ts';
import type { MemberCheckpoint, RestoreInfo, SyncNodeHost } from '#sim/node-host.ts';
import { World, type WorldSetup } from '#sim/world.ts';

export interface Checkpoint {
  /** `World.save()`. */
  readonly world: Bytes;
  /** All members, by number. */
  readonly members: readonly MemberCheckpoint[];
}

export function encodeCheckpoint(checkpoint: Checkpoint): Bytes {
  const w = new Writer(1 << 16);
  w.bytes(checkpoint.world).varint(checkpoint.members.length);
  for (const member of checkpoint.members) {
    w.varint(member.actor).bool(member.state !== undefined);
    if (member.state !== undefined) w.bytes(member.state);
    w.bytes(member.disk);
    writeBlocks(w, member.stateBlocks);
    writeBlocks(w, member.diskBlocks);
  }
  return w.finish();
}

/** @throws DecodeError on bytes that are no checkpoint */
export function decodeCheckpoint(bytes: Bytes): Checkpoint {
  const r = new Reader(bytes);
  const world = r.bytes();
  const members: MemberCheckpoint[] = [];
  for (let n = r.varint(); n > 0; n--) members.push(readMember(r));
  return { world, members };
}

function readMember(r: Reader): MemberCheckpoint {
  const actor = r.varint();
  return { actor, state: r.bool() ? r.bytes() : undefined, disk: r.bytes(), stateBlocks: readBlocks(r), diskBlocks: readBlocks(r) };
}

/** The blocks of a member's checkpoint. */
export function writeBlocks(w: Writer, blocks: readonly Bytes[]): void {
  w.varint(blocks.length);
  for (const block of blocks) w.bytes(block);
}

/** Each is a copy: blocks live longer than what they came in. */
export const readBlocks = (r: Reader): readonly Bytes[] => Array.from({ length: r.varint() }, () => r.bytes().slice());

/** Between two instants. */
export function takeCheckpoint(world: World, host: SyncNodeHost): Checkpoint {
  return { world: world.save(), members: world.core.seats.map((seat) => host.checkpoint(seat.actor)) };
}

/** What a host needs to put a member back; undefined for one that never started. */
export function restoreInfo(world: World, actor: number): RestoreInfo | undefined {
  const seat = world.core.seats[actor - 1];
  return seat?.info === undefined ? undefined : { config: seat.config, info: seat.info };
}

/** Continues from a checkpoint with the members in `host`. @throws DecodeError */
export function restoreCheckpoint(setup: WorldSetup, checkpoint: Checkpoint, host: SyncNodeHost): World {
  const world = World.restore(setup, checkpoint.world);
  for (const member of checkpoint.members) {
    const how = restoreInfo(world, member.actor);
    if (how !== undefined) host.restore(member, how);
  }
  return world;
}
