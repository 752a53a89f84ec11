/** A frame: the world and what its members answered, as plain data for the page. Reads only; nothing here reaches the trace. */

import { LOAD_PROGRAM } from '#ctl/load-settings.ts';
import { loadStateOf } from '#sim/load-commands.ts';
import { NO_NODE, type NodeId } from '#kernel/brand.ts';
import { idToHex, type Cast } from '#host/cast.ts';
import { clockView, linkSettings } from '#host/fault-view.ts';
import { activityOf } from '#host/labels.ts';
import type { MemberDetail } from '#host/member-detail.ts';
import { hasFollowing, memberView } from '#host/member-view.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { isPlain, type Link } from '#sim/links.ts';
import { actorName } from '#sim/world-core.ts';
import type { World } from '#sim/world.ts';
import type { SafetyView } from '#view/safety.ts';
import type { ClientView, Frame, Headline, LinkView, MemberView, Pace, RunView } from '#view/frame.ts';

/** How the run is shown, as the conductor knows it. */
export interface FrameTime {
  /** Virtual µs. */
  readonly now: number;
  readonly rate: number;
  readonly until: number;
  readonly playing: boolean;
  readonly pace: Pace;
  readonly head: number;
  readonly looking: boolean;
  /** As {@link Frame.since}. */
  readonly since: number;
}

/** What stays the same over a run. */
export type RunFacts = Pick<RunView, 'generation' | 'storage' | 'secondTab' | 'engine'>;

/** Names of a world's actors. */
export function castOf(world: () => World): Cast {
  const core = (): World['core'] => world().core;
  return {
    actorName: (actor) =>
      actor === 0 ? 'world' : core().seats.length >= actor || core().clients.has(actor) ? actorName(core(), actor) : String(actor),
    nodeName: (id) => core().seatById.get(id)?.name ?? idToHex(id),
    get members() {
      return core().seats.length;
    },
    get heartbeatMicros() {
      return core().options.heartbeatMicros;
    },
  };
}

export function buildFrame(
  world: World,
  facts: RunFacts,
  time: FrameTime,
  { messages, crowd }: Pick<Frame, 'messages' | 'crowd'>,
  details: ReadonlyMap<number, MemberDetail>,
  safety: readonly SafetyView[],
): Frame {
  const { core } = world;
  const cast = castOf(() => world);
  const members = core.seats.map((seat) => memberView(seat, core.seats, cast, core.options, details.get(seat.actor)));
  return {
    run: runView(world, facts),
    ...time,
    members,
    clients: [...core.clients.values()].map(clientView),
    messages,
    crowd,
    links: core.links
      .all()
      .filter((link) => !isPlain(link))
      .map((link) => linkView(link, cast)),
    partition: core.links.sides.map((side) => side.map((actor) => cast.actorName(actor))),
    headline: headlineOf(world, members),
    safe: safety.every(({ state }) => state !== 'violated'),
    safety,
  };
}

function runView({ options, seed }: World, facts: RunFacts): RunView {
  return {
    ...facts,
    profile: options.profile,
    seed,
    nodes: options.nodes,
    heartbeatMicros: options.heartbeatMicros,
    electionMicros: options.electionMicros,
  };
}

function clientView(client: ClientActor): ClientView {
  const clock = clockView(client.clock);
  // A load that was told to stop stays for its measurements, and asks nothing more.
  const process = [...client.processes.values()].findLast((each) => each.argv[0] !== LOAD_PROGRAM || loadStateOf(each).sending);
  const calls = [...client.calls.values()].filter((call) => call.process === process?.name);
  return {
    name: client.name,
    frozen: client.frozen,
    activity: process === undefined ? undefined : activityOf(process.argv),
    endpoint: calls.at(-1)?.endpoint,
    ...(client.retry === 'none' ? {} : { retry: client.retry }),
    ...(clock === undefined ? {} : { clock }),
  };
}

const percent = (share: number): string => `${Number((share * 100).toFixed(2))}%`;
const time = (micros: number): string => `${Number((micros / 1000).toFixed(3))}ms`;

function linkView(link: Link, cast: Cast): LinkView {
  const notes: string[] = [];
  if (link.latency !== undefined)
    notes.push(
      link.latency.minMicros === link.latency.maxMicros
        ? time(link.latency.minMicros)
        : `${time(link.latency.minMicros)}..${time(link.latency.maxMicros)}`,
    );
  if (link.loss > 0) notes.push(`loss ${percent(link.loss)}`);
  if (link.duplicate > 0) notes.push(`duplicate ${percent(link.duplicate)}`);
  if (link.reorder > 0) notes.push(`reorder ${percent(link.reorder)}`);
  if (link.bandwidth > 0) notes.push(`${link.bandwidth}B/s`);
  return {
    from: cast.actorName(link.from),
    to: cast.actorName(link.to),
    cut: link.cut,
    note: notes.join(', '),
    settings: linkSettings(link),
  };
}

/** Entries of bootstrap are at term 1; the first election begins the second. */
const BOOTSTRAP_TERM = 1;

function headlineOf(world: World, members: readonly MemberView[]): Headline {
  const { seats } = world.core;
  const leaders = seats.filter((s) => s.life === 'up' && s.status?.role === 'leader');
  const working = leaders
    .filter((s) => s.status !== undefined && hasFollowing(s.status, seats))
    .sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0];
  if (working?.status !== undefined) {
    const stale = leaders.filter((s) => s !== working).map((s) => s.name);
    return { type: 'leader', leader: working.name, term: working.status.term, commit: working.status.commit, stale };
  }
  const electing = members.filter((m) => m.life === 'up' && (m.role === 'candidate' || m.role === 'pre-candidate')).map((m) => m.name);
  const isFresh = members.every((m) => m.term <= BOOTSTRAP_TERM && m.role === 'follower' && m.incarnation <= 1 && m.life === 'up');
  if (isFresh) return { type: 'booting' };
  return { type: 'no-leader', electing, quorumPossible: isQuorumPossible(world) };
}

/** Some live member's voters are live by majority and not kept apart by a partition. */
export function isQuorumPossible(world: World): boolean {
  const { seats, links } = world.core;
  const live = seats.filter((s) => s.life === 'up');
  const sides = links.sides.length === 0 ? [live.map((s) => s.actor)] : links.sides;
  const voters: readonly NodeId[] = live.find((s) => s.status !== undefined)?.status?.voters ?? [];
  const needed = voters.length === 0 ? seats.length : voters.length;
  const isVoter = (id: NodeId): boolean => voters.length === 0 || voters.includes(id);
  return sides.some((side) => live.filter((s) => side.includes(s.actor) && isVoter(s.status?.id ?? NO_NODE)).length * 2 > needed);
}
