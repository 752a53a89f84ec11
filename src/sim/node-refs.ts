/** Who a command means: members by name, number or role, and clients by name; unknown ones are answered with the list of those that exist. */

import type { NodeRef } from '#ctl/world-command.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import type { Seat } from '#sim/member-seat.ts';
import { findClient, type WorldCore } from '#sim/world-core.ts';

export type Target = { readonly type: 'member'; readonly seat: Seat } | { readonly type: 'client'; readonly client: ClientActor };

/** `explicit`: named one by one, so that one to which the command cannot be done is an error rather than passed over. */
export type TargetsResult =
  | { readonly type: 'ok'; readonly targets: readonly { readonly target: Target; readonly explicit: boolean }[] }
  | { readonly type: 'error'; readonly message: string };

/** The running member that leads in the highest term. */
export function leaderSeat(core: WorldCore): Seat | undefined {
  let best: Seat | undefined;
  for (const seat of core.seats) {
    if (seat.life !== 'up' || seat.status?.role !== 'leader') continue;
    if (best?.status === undefined || seat.status.term > best.status.term) best = seat;
  }
  return best;
}

/** Names that exist, for messages. */
export function knownNames(core: WorldCore): string {
  return [...core.seats.map((s) => s.name), ...[...core.clients.values()].map((c) => c.name)].join(', ');
}

/** Resolves references in order, each target once. */
export function resolveTargets(core: WorldCore, refs: readonly NodeRef[]): TargetsResult {
  const targets: { readonly target: Target; readonly explicit: boolean }[] = [];
  const seen = new Set<unknown>();
  for (const ref of refs) {
    const found = resolveRef(core, ref);
    if (found.type === 'error') return found;
    for (const one of found.targets) {
      const key = one.target.type === 'member' ? one.target.seat : one.target.client;
      if (seen.has(key)) continue;
      seen.add(key);
      targets.push(one);
    }
  }
  return { type: 'ok', targets };
}

function resolveRef(core: WorldCore, ref: NodeRef): TargetsResult {
  const members = (seats: readonly Seat[], explicit: boolean): TargetsResult => ({
    type: 'ok',
    targets: seats.map((seat) => ({ target: { type: 'member', seat }, explicit })),
  });
  const named = core.seats.find((s) => s.name === ref);
  if (named !== undefined) return members([named], true);
  if (ref === 'all') return members(core.seats, false);
  if (ref === 'leader' || ref === 'followers') {
    const leader = leaderSeat(core);
    if (leader === undefined) return { type: 'error', message: 'there is no leader now' };
    return ref === 'leader'
      ? members([leader], true)
      : members(
          core.seats.filter((s) => s !== leader),
          false,
        );
  }
  const numbered = /^\d{1,4}$/.test(ref) ? core.seats[Number(ref) - 1] : undefined;
  if (numbered !== undefined) return members([numbered], true);
  const client = findClient(core, ref);
  if (client !== undefined) return { type: 'ok', targets: [{ target: { type: 'client', client }, explicit: true }] };
  return { type: 'error', message: `no member ${JSON.stringify(ref)}: there are ${knownNames(core)}` };
}
