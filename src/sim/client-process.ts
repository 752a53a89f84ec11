/** Processes of clients: starting a program, giving it events, doing what it asks for. */

import type { ProgramEffect, ProgramEvent, ProgramStep } from '#ctl/program.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { present, unreachable } from '#kernel/assert.ts';
import { millis, type EventId } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8, type Bytes } from '#kernel/bytes.ts';
import { encodePlain } from '#kernel/plain.ts';
import { reachChild, spawnChild } from '#sim/child-requests.ts';
import type { CallId } from '#etcd/contract.ts';
import type { CallItem } from '#sim/agenda.ts';
import { callFrom, processFrom, type Call, type ClientActor, type Parent, type Process } from '#sim/client-actor.ts';
import { doFile } from '#sim/process-files.ts';
import { toGrid } from '#sim/links.ts';
import { memberTime } from '#sim/member-seat.ts';
import { mayRepeat } from '#sim/retry-policy.ts';
import { sendCallItem } from '#sim/transport.ts';
import { clientNamed, nowOf, rememberExit, routeTo, type WorldCore } from '#sim/world-core.ts';

/** A port that nobody listens on refuses after this long. */
const REFUSE_MICROS = millis(1);
/** What a process killed by a signal that it cannot catch leaves behind. */
const KILLED = 137;

/** Starts a program; its name was checked when the command came in. */
export function startProcess(core: WorldCore, command: Extract<WorldCommand, { readonly type: 'start' }>, cause: EventId): void {
  const client = clientNamed(core, command.client);
  const stdin = command.stdin === undefined ? undefined : utf8(command.stdin);
  launchProcess(core, client, { ...command, stdin }, undefined, cause);
  settleProcesses(core, client);
}

/** What a process begins with. Without `stdin` its standard input stays open. */
type Beginning = Omit<Extract<WorldCommand, { readonly type: 'start' }>, 'type' | 'client' | 'stdin'> & {
  readonly stdin: Bytes | undefined;
};

/** Begins a process. What it does to others of this client waits for {@link settleProcesses}. */
export function launchProcess(core: WorldCore, client: ClientActor, command: Beginning, parent: Parent | undefined, cause: EventId): void {
  const program = present(core.programs[command.argv[0] ?? ''], () => `program ${command.argv[0] ?? ''}`);
  const event = client.events.emit('process-started', nowOf(core), cause, { process: command.process, argv: encodePlain(command.argv) });
  const { argv, env, columns } = command;
  const process = processFrom({
    name: command.process,
    argv,
    env,
    parent,
    children: new Map(),
    spawned: 0,
    state: undefined,
    timers: new Map(),
    nextGeneration: 1,
    doubt: false,
    calls: new Map(),
  });
  client.processes.set(process.name, process);
  const epochMillis = core.options.epochMillis + Math.floor(client.clock.offset / 1000);
  take(
    core,
    client,
    process,
    program.start({ argv, env, now: memberTime(client, core.now), epochMillis, columns, profile: core.options.profile }),
    event,
  );
  if (command.stdin === undefined) return;
  if (command.stdin.length > 0) stepNow(core, client, process.name, { type: 'stdin', data: command.stdin }, event);
  stepNow(core, client, process.name, { type: 'stdin-end' }, event);
}

/** Gives a process an event; nothing happens if it has ended. */
export function stepProcess(core: WorldCore, client: ClientActor, name: string, event: ProgramEvent, cause: EventId): void {
  stepNow(core, client, name, event, cause);
  settleProcesses(core, client);
}

/** Gives processes what others of their client did to them in this instant, until nothing is left. Starting one takes time, so this ends. */
export function settleProcesses(core: WorldCore, client: ClientActor): void {
  for (let next = client.between.shift(); next !== undefined; next = client.between.shift())
    stepNow(core, client, next.process, next.event, next.cause);
}

function stepNow(core: WorldCore, client: ClientActor, name: string, event: ProgramEvent, cause: EventId): void {
  const process = client.processes.get(name);
  if (process === undefined) return;
  const program = present(core.programs[process.argv[0] ?? ''], () => `program ${process.argv[0] ?? ''}`);
  take(core, client, process, program.step(process.state, event, memberTime(client, core.now)), cause);
}

/** Ends all processes of a client without asking them. */
export function killClient(core: WorldCore, client: ClientActor, cause: EventId): void {
  for (const process of Array.from(client.processes.values()))
    if (client.processes.has(process.name)) endProcess(core, client, process, KILLED, cause);
  client.backlog = [];
  client.between.length = 0;
}

function take(core: WorldCore, client: ClientActor, process: Process, step: ProgramStep, cause: EventId): void {
  process.state = step.state;
  for (const effect of step.effects) {
    if (!client.processes.has(process.name)) return;
    perform(core, client, process, effect, cause);
  }
}

function perform(core: WorldCore, client: ClientActor, process: Process, effect: ProgramEffect, cause: EventId): void {
  const at = nowOf(core);
  switch (effect.type) {
    case 'stdout':
    case 'stderr': {
      const { parent } = process;
      if (parent !== undefined) {
        tellParent(core, client, parent, effect, cause);
        return;
      }
      client.events.emit('process-output', at, cause, { process: process.name, stderr: effect.type === 'stderr', data: effect.data });
      core.listener.output?.(process.name, effect.type === 'stderr', effect.data);
      return;
    }
    case 'open':
    case 'open-http':
      openCall(core, client, process, effect, cause);
      return;
    case 'send':
    case 'half-close':
    case 'cancel':
      onCall(core, client, process, effect, cause);
      return;
    case 'timer': {
      const generation = process.nextGeneration++;
      process.timers.set(effect.timer, generation);
      const due = toGrid(core.now + Math.max(1, effect.afterMicros / client.clock.rate));
      core.agenda.add(due, { type: 'timer', client: client.actor, process: process.name, timer: effect.timer, generation, cause });
      return;
    }
    case 'cancel-timer':
      process.timers.delete(effect.timer);
      return;
    case 'file':
      doFile(core, client, process, effect, cause);
      return;
    case 'spawn':
      spawnChild(core, client, process, effect, cause);
      return;
    case 'child-input':
    case 'child-signal': {
      const killed = client.processes.get(reachChild(client, process, effect, cause) ?? '');
      if (killed !== undefined) endProcess(core, client, killed, KILLED, cause);
      return;
    }
    case 'exit':
      endProcess(core, client, process, effect.code, cause);
      return;
    default:
      unreachable(effect, 'program effect');
  }
}

type OpenEffect = Extract<ProgramEffect, { readonly type: 'open' | 'open-http' }>;

function openCall(core: WorldCore, client: ClientActor, process: Process, effect: OpenEffect, cause: EventId): void {
  const number = client.nextCall++;
  const id = { client: client.actor, call: number };
  const event = client.events.emit('call-opened', nowOf(core), cause, {
    process: process.name,
    call: number,
    endpoint: effect.endpoint,
    method: effect.method,
    body: effect.body,
  });
  const member = routeTo(core, effect.endpoint);
  const call = callFrom({
    call: number,
    process: process.name,
    programCall: effect.call,
    member,
    endpoint: effect.endpoint,
    method: effect.method,
    state: 'opening',
    incarnation: 0,
    taken: 0,
    again: effect.type === 'open' && mayRepeat(client, effect.method) ? openingOf(id, effect) : undefined,
    repeats: 0,
  });
  client.calls.set(number, call);
  core.listener.call?.(
    client,
    number,
    {
      type: 'open',
      process: process.name,
      member,
      method: effect.method,
      ...(effect.type === 'open' ? {} : { target: effect.target }),
      body: effect.body,
    },
    nowOf(core),
  );
  process.calls.set(effect.call, number);
  if (member === 0) {
    core.agenda.add(toGrid(core.now + REFUSE_MICROS), {
      type: 'call-failed',
      client: client.actor,
      call: number,
      reason: 'refused',
      cause: event,
    });
    return;
  }
  const { body } = effect;
  if (effect.type === 'open') sendCallItem(core, client.actor, member, openingOf(id, effect), event);
  else
    sendCallItem(
      core,
      client.actor,
      member,
      { type: 'http', id, method: effect.method, target: effect.target, headers: effect.headers, body },
      event,
    );
}

/** The first piece of a call. */
function openingOf(id: CallId, { method, body, token, requireLeader }: Extract<OpenEffect, { readonly type: 'open' }>): CallItem {
  return { type: 'call', id, method, body, token, ...(requireLeader === true ? { requireLeader: true } : {}) };
}

type CallEffect = Extract<ProgramEffect, { readonly type: 'send' | 'half-close' | 'cancel' }>;

function onCall(core: WorldCore, client: ClientActor, process: Process, effect: CallEffect, cause: EventId): void {
  const number = process.calls.get(effect.call);
  const call = number === undefined ? undefined : client.calls.get(number);
  if (call === undefined) return; // it ended before the program heard of it
  if (effect.type === 'cancel') {
    process.doubt = true;
    cancelCall(core, client, call, cause);
    process.calls.delete(effect.call);
    return;
  }
  const body = effect.type === 'send' ? effect.body : EMPTY_BYTES;
  if (effect.type === 'send') core.listener.call?.(client, call.call, { type: 'send', body }, nowOf(core));
  const sent = client.events.emit('call-sent', nowOf(core), cause, { process: process.name, call: call.call, bytes: body.length });
  if (call.member === 0) return;
  const id = { client: client.actor, call: call.call };
  sendCallItem(
    core,
    client.actor,
    call.member,
    effect.type === 'send' ? { type: 'call-message', id, body } : { type: 'call-half-close', id },
    sent,
  );
}

function cancelCall(core: WorldCore, client: ClientActor, call: Call, cause: EventId): void {
  core.listener.call?.(client, call.call, { type: 'cancel' }, nowOf(core));
  const sent = client.events.emit('call-cancelled', nowOf(core), cause, { process: call.process, call: call.call });
  client.calls.delete(call.call);
  if (call.member !== 0)
    sendCallItem(core, client.actor, call.member, { type: 'call-cancel', id: { client: client.actor, call: call.call } }, sent);
}

/** A child's output: the parent's own, or an event for it. */
function tellParent(
  core: WorldCore,
  client: ClientActor,
  parent: Parent,
  effect: Extract<ProgramEffect, { readonly type: 'stdout' | 'stderr' }>,
  cause: EventId,
): void {
  const above = client.processes.get(parent.process);
  if (above === undefined) return;
  if (parent.output === 'inherit') return perform(core, client, above, effect, cause);
  const event = { type: 'output', stderr: effect.type === 'stderr', data: effect.data } as const;
  client.between.push({ process: above.name, event: { type: 'child', child: parent.child, event }, cause });
}

/** Ends a process without asking it. */
export function killProcess(core: WorldCore, client: ClientActor, name: string, cause: EventId): void {
  const process = client.processes.get(name);
  if (process !== undefined) endProcess(core, client, process, KILLED, cause);
  settleProcesses(core, client);
}

function endProcess(core: WorldCore, client: ClientActor, process: Process, code: number, cause: EventId): void {
  for (const number of process.calls.values()) {
    const call = client.calls.get(number);
    if (call !== undefined) process.doubt = true;
    if (call !== undefined) cancelCall(core, client, call, cause);
  }
  client.processes.delete(process.name);
  for (const child of process.children.values()) {
    const running = client.processes.get(child.name);
    if (running !== undefined) endProcess(core, client, running, KILLED, cause);
  }
  const above = process.parent === undefined ? undefined : client.processes.get(process.parent.process);
  if (above !== undefined && process.parent !== undefined) {
    above.children.delete(process.parent.child);
    above.doubt ||= process.doubt;
    client.between.push({
      process: above.name,
      event: { type: 'child', child: process.parent.child, event: { type: 'exit', code } },
      cause,
    });
  }
  client.events.emit('process-exited', nowOf(core), cause, { process: process.name, code });
  rememberExit(core, process.name, { code, doubt: process.doubt });
  core.listener.exited?.(process.name, code);
}
