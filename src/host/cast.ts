/** Who is who in a run: names by actor number and by id, as the page shows them. */

import { eventActor, type EventId, type NodeId } from '#kernel/brand.ts';

export interface Cast {
  /** Name of a member or client; its number if it has none yet. */
  actorName(actor: number): string;
  /** Name of a member by its Raft id; hex if it is not known. */
  nodeName(id: NodeId): string;
  /** A member's number is at most this. */
  readonly members: number;
  readonly heartbeatMicros: number;
}

/** Hex, as etcdctl prints ids. */
export const idToHex = (id: NodeId): string => id.toString(16);

/** The member that an event happened at; undefined for the world and for clients. */
export function memberOfEvent(cast: Cast, id: EventId): string | undefined {
  const actor = eventActor(id);
  return actor >= 1 && actor <= cast.members ? cast.actorName(actor) : undefined;
}
