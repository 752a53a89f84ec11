/** What happened between members and clients, for the space-time diagram: plain data, times in virtual µs, members and clients by name. */

import type { MemberLife, MemberRole, MessageView } from '#view/frame.ts';

/** A message on its way from one lane to another. */
export interface FlightRecord {
  /** The event that sent it. */
  readonly id: number;
  readonly kind: MessageView['kind'];
  readonly from: string;
  readonly to: string;
  readonly sentAt: number;
  /** When it arrived or was lost; undefined while it travels. */
  readonly endedAt: number | undefined;
  readonly lost: boolean;
  /** Term of a Raft message, 0 for others. */
  readonly term: number;
  readonly entries: number;
  /** What it is about, such as `put foo bar`; may be empty. */
  readonly label: string;
}

/** A member was this from `at` on. */
export interface RoleRecord {
  readonly lane: string;
  readonly at: number;
  readonly role: MemberRole;
  readonly term: number;
}

export interface LifeRecord {
  readonly lane: string;
  readonly at: number;
  readonly life: MemberLife;
}

/** A write of the log with its flush. */
export interface SaveRecord {
  readonly lane: string;
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
}

/** Entries up to `index` were applied. */
export interface AppliedRecord {
  readonly lane: string;
  readonly at: number;
  readonly index: number;
}

export interface History {
  /** Nothing before this is known. */
  readonly since: number;
  readonly members: readonly string[];
  readonly clients: readonly string[];
  /** By the time at which they were sent. */
  readonly flights: readonly FlightRecord[];
  readonly roles: readonly RoleRecord[];
  readonly lives: readonly LifeRecord[];
  readonly saves: readonly SaveRecord[];
  readonly applied: readonly AppliedRecord[];
}

/** What of the history is asked for. */
export interface HistoryQuery {
  /** Virtual µs; both ends belong to it. */
  readonly from: number;
  readonly to: number;
  readonly heartbeats: boolean;
}
