/** World commands: whether one can be done to the world as it is, and doing it. */

import type { NodeRef, WorldCommand } from '#ctl/world-command.ts';
import { CRASH_POINT_NAMES, isCrashPoint } from '#etcd/crash-points.ts';
import { assert, unreachable } from '#kernel/assert.ts';
import type { EventId } from '#kernel/brand.ts';
import { utf8 } from '#kernel/bytes.ts';
import {
  armMember,
  changeDisk,
  forceTimeout,
  freezeClient,
  freezeMember,
  killMember,
  setTimers,
  thawClient,
  thawMember,
  wipeMember,
} from '#sim/faults.ts';
import { healAll, healNetwork } from '#sim/heal.ts';
import type { ClientActor } from '#sim/client-actor.ts';
import { changeClock } from '#sim/clocks.ts';
import type { Seat } from '#sim/member-seat.ts';
import { settingText } from '#sim/setting-text.ts';
import { signalGroup } from '#sim/child-process.ts';
import { killClient, killProcess, startProcess, stepProcess } from '#sim/client-process.ts';
import { planFile } from '#sim/file-command.ts';
import { faultMessage, flightOf } from '#sim/message-fault.ts';
import { resolveTargets, type Target } from '#sim/node-refs.ts';
import { planLaunch, planStart, startAgain } from '#sim/launch.ts';
import { settleLinks } from '#sim/transport.ts';
import {
  CLIENTS_MAX,
  actorName,
  clientNamed,
  clientOfProcess,
  findClient,
  isRunning as isSeatRunning,
  nowOf,
  type WorldCore,
} from '#sim/world-core.ts';

type Checked<T> = { readonly type: 'ok'; readonly value: T } | { readonly type: 'error'; readonly message: string };

const ok = <T>(value: T): Checked<T> => ({ type: 'ok', value });
const problem = (message: string): { readonly type: 'error'; readonly message: string } => ({ type: 'error', message });

/** Says why a command cannot be done now, or undefined. Changes nothing. */
export function checkCommand(core: WorldCore, command: WorldCommand): string | undefined {
  const plan = planCommand(core, command);
  return plan.type === 'error' ? plan.message : undefined;
}

/** Does a command that {@link checkCommand} has nothing against. `cause` is its trace event. */
export function applyCommand(core: WorldCore, command: WorldCommand, cause: EventId): void {
  const plan = planCommand(core, command);
  assert(plan.type === 'ok', () => `command ${command.type} was checked`);
  if (plan.type === 'ok') plan.value(cause);
}

/** What a command will do when it is applied, or why it cannot be done. */
type Plan = Checked<(cause: EventId) => void>;

function planCommand(core: WorldCore, command: WorldCommand): Plan {
  switch (command.type) {
    case 'kill':
      return planKill(core, command);
    case 'crash': {
      const { nodes, reason } = command;
      return planMembers(
        core,
        nodes,
        'crash',
        (seat) => (seat.life === 'up' ? undefined : `${seat.name} is not running`),
        (seat, cause) => seat.inbox.push({ type: 'fail-assertion', reason, cause }),
      );
    }
    case 'restart':
      return planMembers(
        core,
        command.nodes,
        'restart',
        (seat) => (seat.life === 'dead' || seat.life === 'crashed' ? undefined : `${seat.name} is running: kill it first`),
        (seat, cause) => startAgain(core, seat, cause),
      );
    case 'launch':
      return planLaunch(core, command.flags);
    case 'start-member':
      return planStart(core, command);
    case 'freeze':
      return planEach(
        core,
        command.nodes,
        'freeze',
        (t) => isRunning(t) && !isFrozen(t),
        'is not running, or frozen already',
        (target, cause) => (target.type === 'member' ? freezeMember(core, target.seat, cause) : freezeClient(core, target.client, cause)),
      );
    case 'thaw':
      return planEach(core, command.nodes, 'thaw', isFrozen, 'is not frozen', (target, cause) =>
        target.type === 'member' ? thawMember(core, target.seat, cause) : thawClient(core, target.client, cause),
      );
    case 'wipe':
      return planMembers(
        core,
        command.nodes,
        'wipe',
        () => undefined,
        (seat, cause) => wipeMember(core, seat, cause),
      );
    case 'timeout':
      return planMembers(
        core,
        command.nodes,
        'timeout',
        (seat) => (seat.life === 'up' ? undefined : `${seat.name} is not running`),
        (seat, cause) => forceTimeout(core, seat, cause),
      );
    case 'clock':
      return planEach(
        core,
        command.nodes,
        'clock',
        () => true,
        '',
        (target, cause) => changeClock(core, ownerOf(target), command, cause),
      );
    case 'timers':
      return planTimers(core, command);
    case 'client':
      return planClient(core, command);
    case 'disk':
      return planMembers(
        core,
        command.nodes,
        'disk',
        () => undefined,
        (seat, cause) => changeDisk(core, seat, command.settings, cause),
      );
    case 'partition':
    case 'isolate':
      return planPartition(core, command);
    case 'heal':
      return ok((cause) => (command.all === true ? healAll(core, cause) : healNetwork(core, cause)));
    case 'link':
      return planLink(core, command);
    case 'message': {
      const flight = flightOf(core, command.event);
      return flight === undefined
        ? problem(`no message ${command.event} is on its way between members`)
        : ok((cause) => faultMessage(core, command, cause));
    }
    case 'file':
      return planFile(core, command);
    case 'start':
    case 'stdin':
    case 'signal':
      return planProcess(core, command);
    default:
      return unreachable(command, 'world command');
  }
}

const isRunning = (t: Target): boolean => t.type === 'client' || isSeatRunning(t.seat);
const isFrozen = (t: Target): boolean => (t.type === 'client' ? t.client.frozen : t.seat.life === 'frozen');
const targetName = (t: Target): string => (t.type === 'client' ? t.client.name : t.seat.name);

/** Roles such as `all` pass over targets to which it cannot be done; a name must fit. */
function planEach(
  core: WorldCore,
  refs: readonly NodeRef[],
  what: string,
  fits: (target: Target) => boolean,
  why: string,
  act: (target: Target, cause: EventId) => void,
): Plan {
  const resolved = resolveTargets(core, refs);
  if (resolved.type === 'error') return resolved;
  const wrong = resolved.targets.find((t) => t.explicit && !fits(t.target));
  if (wrong !== undefined) return problem(`${targetName(wrong.target)} ${why}`);
  const targets = resolved.targets.filter((t) => fits(t.target)).map((t) => t.target);
  if (targets.length === 0) return problem(`nothing to ${what}: no member fits`);
  return ok((cause) => {
    for (const target of targets) act(target, cause);
  });
}

const ownerOf = (t: Target): Seat | ClientActor => (t.type === 'client' ? t.client : t.seat);

/** Now, or at a named point. */
function planKill(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'kill' }>): Plan {
  const { nodes, powerLoss, at } = command;
  if (at === undefined)
    return planEach(core, nodes, 'kill', isRunning, 'is not running', (target, cause) =>
      target.type === 'member' ? killMember(core, target.seat, powerLoss, cause) : killClient(core, target.client, cause),
    );
  if (!isCrashPoint(at)) return problem(`no crash point ${JSON.stringify(at)}: there are ${CRASH_POINT_NAMES.join(', ')}`);
  return planMembers(
    core,
    nodes,
    'kill',
    (seat) => (seat.life === 'up' ? undefined : `${seat.name} is not running`),
    (seat, cause) => armMember(core, seat, at, powerLoss, cause),
  );
}

/** A leader has no election timer. */
function planTimers(core: WorldCore, { nodes, mode }: Extract<WorldCommand, { readonly type: 'timers' }>): Plan {
  const resolved = resolveTargets(core, nodes);
  if (resolved.type === 'error') return resolved;
  const seats: Seat[] = [];
  for (const { target, explicit } of resolved.targets) {
    if (target.type === 'client') return problem(`${target.client.name} is a client: it has no election timer`);
    if (target.seat.life === 'up' && target.seat.status?.role !== 'leader') seats.push(target.seat);
    else if (explicit)
      return problem(`${target.seat.name} has no election timer: it ${target.seat.life === 'up' ? 'leads' : 'is not running'}`);
  }
  if (seats.length === 0) return problem('nothing to time: no member has an election timer');
  return ok((cause) => setTimers(core, seats, mode, cause));
}

function planClient(core: WorldCore, { client: name, retry }: Extract<WorldCommand, { readonly type: 'client' }>): Plan {
  const refusal = refuseClient(core, name);
  if (refusal !== undefined) return problem(refusal);
  return ok((cause) => {
    const client = clientNamed(core, name);
    client.retry = retry;
    core.events.emit('client-changed', nowOf(core), cause, { client: client.actor, setting: settingText({ retry }) });
  });
}

/** Why there cannot be a client of that name. */
function refuseClient(core: WorldCore, name: string): string | undefined {
  if (core.seats.some((s) => s.name === name)) return `${name} is a member, not a client`;
  return findClient(core, name) === undefined && core.clients.size >= CLIENTS_MAX ? `there are ${CLIENTS_MAX} clients already` : undefined;
}

type MemberTarget = Extract<Target, { readonly type: 'member' }>;

function planMembers(
  core: WorldCore,
  refs: readonly NodeRef[],
  what: string,
  refuse: (seat: MemberTarget['seat']) => string | undefined,
  act: (seat: MemberTarget['seat'], cause: EventId) => void,
): Plan {
  const resolved = resolveTargets(core, refs);
  if (resolved.type === 'error') return resolved;
  const seats: MemberTarget['seat'][] = [];
  for (const { target, explicit } of resolved.targets) {
    if (target.type === 'client') return problem(`${target.client.name} is a client: play ${what} takes members`);
    const refusal = refuse(target.seat);
    if (refusal === undefined) seats.push(target.seat);
    else if (explicit) return problem(refusal);
  }
  if (seats.length === 0) return problem(`nothing to ${what}: no member fits`);
  return ok((cause) => {
    for (const seat of seats) act(seat, cause);
  });
}

const actorOf = (t: Target): number => (t.type === 'member' ? t.seat.actor : t.client.actor);

/** Members that no side names form one more; `isolate` takes members out of the sides that there are. */
function planPartition(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'partition' | 'isolate' }>): Plan {
  const named: number[][] = [];
  for (const refs of command.type === 'partition' ? command.sides : [command.nodes]) {
    const resolved = resolveTargets(core, refs);
    if (resolved.type === 'error') return resolved;
    named.push(resolved.targets.map((t) => actorOf(t.target)));
  }
  const flat = named.flat();
  const twice = flat.find((actor, i) => flat.indexOf(actor) !== i);
  if (twice !== undefined) return problem(`${actorName(core, twice)} stands on two sides`);
  const members = core.seats.map((s) => s.actor);
  const before = core.links.sides.length === 0 ? [members] : core.links.sides;
  const sides =
    command.type === 'partition'
      ? [...named, members.filter((m) => !flat.includes(m))]
      : [...before.map((side) => side.filter((actor) => !flat.includes(actor))), ...flat.map((actor) => [actor])];
  return ok((cause) => {
    core.links.sides = sides.filter((side) => side.length > 0);
    const text = core.links.sides.map((side) => side.map((actor) => actorName(core, actor)).join(',')).join(' / ');
    core.events.emit('network-partitioned', nowOf(core), cause, { sides: text });
    settleLinks(core);
  });
}

function planLink(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'link' }>): Plan {
  const from = resolveTargets(core, [command.from]);
  if (from.type === 'error') return from;
  const to = resolveTargets(core, [command.to]);
  if (to.type === 'error') return to;
  const pairs = from.targets
    .flatMap((a) => to.targets.map((b) => [actorOf(a.target), actorOf(b.target)] as const))
    .filter(([a, b]) => a !== b);
  if (pairs.length === 0) return problem('a link has two different ends');
  return ok((cause) => {
    for (const [a, b] of pairs) {
      for (const [x, y] of command.both ? [[a, b] as const, [b, a] as const] : [[a, b] as const]) {
        core.links.change(core.links.get(x, y), command.settings);
        core.events.emit('link-changed', nowOf(core), cause, { from: x, to: y, setting: settingText(command.settings) });
      }
    }
    settleLinks(core);
  });
}

function planProcess(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'start' | 'stdin' | 'signal' }>): Plan {
  const owner = clientOfProcess(core, command.process);
  if (command.type === 'start') {
    const [program = ''] = command.argv;
    if (owner !== undefined || core.exits.has(command.process))
      return problem(`there is a process ${JSON.stringify(command.process)} already`);
    if (!Object.hasOwn(core.programs, program)) return problem(`${program}: command not found`);
    const refusal = refuseClient(core, command.client);
    if (refusal !== undefined) return problem(refusal);
    return ok((cause) => startProcess(core, command, cause));
  }
  if (owner === undefined) return problem(`no process ${JSON.stringify(command.process)} is running`);
  if (command.type === 'signal') {
    return ok((cause) => {
      const event = owner.events.emit('process-signalled', nowOf(core), cause, { process: command.process, signal: command.signal });
      if (command.signal === 'KILL') killProcess(core, owner, command.process, event);
      else signalGroup(core, owner, command.process, command.signal, event);
    });
  }
  return ok((cause) => {
    if (command.data !== '') stepProcess(core, owner, command.process, { type: 'stdin', data: utf8(command.data) }, cause);
    if (command.end) stepProcess(core, owner, command.process, { type: 'stdin-end' }, cause);
  });
}
