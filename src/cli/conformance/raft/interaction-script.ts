/** Scripts that drive whole nodes: every command of the language. */

import { logIndex, nodeId, NO_NODE, type NodeId } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { parseChanges, type ConfChange, type ConfChangeTransition } from '#raft/conf-change.ts';
import { describeEntries, describeMessage, describeProgress, describeRole } from '#raft/describe.ts';
import { NO_LIMIT } from '#raft/entry.ts';
import { raftErrorText, type StepResult } from '#raft/error.ts';
import { storageErrorText } from '#raft/memory-storage.ts';
import { MESSAGE_TYPES, type Message } from '#raft/message.ts';
import { addNodes } from '#cli/conformance/raft/add-nodes.ts';
import { Environment, LEVELS, type Command, type Level, type Outcome } from '#cli/conformance/raft/environment.ts';
import {
  deliver,
  isOwnVoter,
  processAppendThread,
  processApplyThread,
  processReady,
  stabilize,
  type Recipient,
} from '#cli/conformance/raft/processing.ts';
import {
  checkKeys,
  flagOf,
  numberOf,
  parseNumber,
  positionals,
  ScriptError,
  UnknownCommandError,
  valueOf,
  type Directive,
} from '#cli/conformance/raft/script.ts';

const toId = (n: number): NodeId => nodeId(BigInt(n));
const numbersOf = (directive: Directive): number[] => positionals(directive).map((word) => parseNumber(word, directive.command));
const firstNumber = (directive: Directive): number => parseNumber(positionals(directive)[0], directive.command);
const errorOf = (result: StepResult): Outcome => (result === undefined ? undefined : raftErrorText(result));

const writeLog: Command = (env, directive) => {
  const { storage } = env.node(firstNumber(directive));
  const first = storage.firstIndex();
  const last = storage.lastIndex();
  if (last < first) {
    env.write(`log is empty: first index=${first}, last index=${last}`);
    return undefined;
  }
  const entries = storage.entries(first, logIndex(last + 1), NO_LIMIT);
  if (!entries.ok) throw new ScriptError(`entries [${first}, ${last}]: ${entries.error}`);
  env.write(describeEntries(entries.value));
  return undefined;
};

const compact: Command = (env, directive) => {
  const [id, index] = numbersOf(directive);
  if (id === undefined || index === undefined) throw new ScriptError('compact needs a node and an index');
  const error = env.node(id).storage.compact(logIndex(index));
  return error === undefined ? writeLog(env, directive) : storageErrorText(error);
};

const deliverMessages: Command = (env, directive) => {
  const typeName = valueOf(directive, 'type');
  const type = MESSAGE_TYPES.find((candidate) => candidate === typeName);
  if (typeName !== undefined && type === undefined) throw new ScriptError(`unknown message type ${typeName}`);
  const recipients: Recipient[] = [];
  for (const { key, values, hasValue } of directive.args) {
    if (!hasValue) recipients.push({ id: parseNumber(key, 'recipient'), isDropping: false });
    else if (key === 'drop') for (const value of values) recipients.push({ id: parseNumber(value, 'drop'), isDropping: true });
  }
  const getters = new Set(recipients.filter(({ isDropping }) => !isDropping).map(({ id }) => id));
  if (recipients.some(({ id, isDropping }) => isDropping && getters.has(id)))
    throw new ScriptError('a node cannot both get and lose messages');
  if (deliver(env, recipients, type) === 0) env.write('no messages\n');
  return undefined;
};

/** A command for one node, or with a header and indented for several. */
function forEachNode(header: string, run: (env: Environment, id: number) => void): Command {
  return (env, directive) => {
    const ids = numbersOf(directive);
    if (ids.length === 0) throw new ScriptError(`${directive.command} needs a node`);
    for (const id of ids) {
      if (ids.length === 1) {
        run(env, id);
      } else {
        env.write(`> ${id} ${header}\n`);
        env.indented(() => run(env, id));
      }
    }
    return undefined;
  };
}

/** Sets the level; undefined if there is no such one. */
function setLevel(env: Environment, name: string | undefined): Outcome {
  const level: Level | undefined = LEVELS.find((candidate) => candidate === name?.toUpperCase());
  if (level === undefined) return `log levels must be either of [${LEVELS.join(' ')}]`;
  env.level = level;
  return undefined;
}

const stabilizeNodes: Command = (env, directive) => {
  const before = env.level;
  const level = valueOf(directive, 'log-level');
  if (level !== undefined) {
    const error = setLevel(env, level);
    if (error !== undefined) return error;
  }
  const ids = numbersOf(directive);
  try {
    stabilize(env, ids.length === 0 ? env.ids() : ids);
  } finally {
    env.level = before;
  }
  return undefined;
};

const writeState: Command = (env) => {
  for (const node of env.nodes) {
    const { id, role, term: at, lead } = node.raw.basicStatus();
    env.write(`${id}: ${describeRole(role)} (${isOwnVoter(node) ? 'Voter' : 'Non-Voter'}) Term:${at} Lead:${lead}\n`);
  }
  return undefined;
};

const writeStatus: Command = (env, directive) => {
  for (const [id, progress] of env.node(firstNumber(directive)).raw.basicStatus().progressById)
    env.write(`${id}: ${describeProgress(progress)}\n`);
  return undefined;
};

const sendSnapshot: Command = (env, directive) => {
  const [from, to] = numbersOf(directive);
  if (from === undefined || to === undefined) throw new ScriptError('send-snapshot needs two nodes');
  const { raw, history } = env.node(from);
  const snapshot = history.at(-1);
  if (snapshot === undefined) throw new ScriptError(`node ${from} has no history`);
  const message: Message = { type: 'MsgSnap', from: toId(from), to: toId(to), term: raw.basicStatus().term, snapshot };
  env.messages.push(message);
  env.write(describeMessage(message));
  return undefined;
};

const propose: Command = (env, directive) => {
  const [id, data] = directive.args;
  if (directive.args.length !== 2 || id === undefined || data === undefined || data.hasValue)
    throw new ScriptError('propose needs a node and one key');
  return errorOf(env.node(parseNumber(id.key, 'propose')).raw.propose(utf8(data.key)));
};

const TRANSITIONS: Readonly<Record<string, ConfChangeTransition>> = {
  auto: 'auto',
  implicit: 'joint-implicit',
  explicit: 'joint-explicit',
};

function confChangeOf(directive: Directive): ConfChange {
  const changes = parseChanges(directive.input);
  if (changes === undefined) throw new ScriptError(`cannot read the operations: ${directive.input}`);
  const name = valueOf(directive, 'transition') ?? 'auto';
  const transition = TRANSITIONS[name];
  if (transition === undefined) throw new ScriptError(`unknown transition ${name}`);
  if (!flagOf(directive, 'v1')) return { version: 2, transition, changes, context: EMPTY_BYTES };
  const [change] = changes;
  if (change === undefined || changes.length > 1 || transition !== 'auto') {
    throw new ScriptError('v1 conf change can only have one operation and no transition');
  }
  return { version: 1, id: 0n, change, context: EMPTY_BYTES };
}

/** A command that does something to its first node and prints nothing of its own. */
const onNode =
  (run: (env: Environment, id: number, directive: Directive) => void): Command =>
  (env, directive) => {
    run(env, firstNumber(directive), directive);
    return undefined;
  };

function ticks(count: (settings: { readonly electionTicks: number; readonly heartbeatTicks: number }) => number): Command {
  return onNode((env, id) => {
    const { raw } = env.node(id);
    for (let i = count(raw.settings); i > 0; i--) raw.tick();
  });
}

const COMMANDS: Readonly<Record<string, Command>> = {
  _breakpoint: () => undefined,
  'add-nodes': addNodes,
  campaign: onNode((env, id) => env.node(id).raw.campaign()),
  compact,
  'deliver-msgs': deliverMessages,
  'process-ready': forEachNode('handling Ready', processReady),
  'process-append-thread': forEachNode('processing append thread', processAppendThread),
  'process-apply-thread': forEachNode('processing apply thread', processApplyThread),
  'log-level': (env, directive) => setLevel(env, positionals(directive)[0]),
  'raft-log': writeLog,
  'raft-state': writeState,
  'set-randomized-election-timeout': onNode((env, id, directive) => {
    const timeout = numberOf(directive, 'timeout');
    if (timeout === undefined) throw new ScriptError('set-randomized-election-timeout needs timeout=N');
    env.node(id).raw.setRandomizedElectionTimeout(timeout);
  }),
  stabilize: stabilizeNodes,
  status: writeStatus,
  'tick-election': ticks(({ electionTicks }) => electionTicks),
  'tick-heartbeat': ticks(({ heartbeatTicks }) => heartbeatTicks),
  'transfer-leadership': (env, directive) => {
    const from = parseNumber(valueOf(directive, 'from'), 'from');
    const to = parseNumber(valueOf(directive, 'to'), 'to');
    env.node(from).raw.transferLeader(toId(to));
    return undefined;
  },
  'forget-leader': onNode((env, id) => env.node(id).raw.forgetLeader()),
  'send-snapshot': sendSnapshot,
  propose,
  'propose-conf-change': (env, directive) => errorOf(env.node(firstNumber(directive)).raw.proposeConfChange(confChangeOf(directive))),
  'report-unreachable': onNode((env, id, directive) => {
    const peer = numbersOf(directive)[1];
    env.node(id).raw.reportUnreachable(peer === undefined ? NO_NODE : toId(peer));
  }),
};

/** The `key=value` arguments of the commands that have any. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'add-nodes': [
    'voters',
    'learners',
    'index',
    'content',
    'inflight',
    'async-storage-writes',
    'prevote',
    'checkquorum',
    'max-committed-size-per-ready',
    'disable-conf-change-validation',
    'read-only',
    'step-down-on-removal',
  ],
  'deliver-msgs': ['drop', 'type'],
  'set-randomized-election-timeout': ['timeout'],
  stabilize: ['log-level'],
  'transfer-leadership': ['from', 'to'],
  'propose-conf-change': ['v1', 'transition'],
};

/** A runner of such scripts; it keeps the world between directives. */
export function interactionRunner(): (directive: Directive) => string {
  const env = new Environment();
  return (directive) => {
    env.takeOutput();
    const command = COMMANDS[directive.command];
    if (command === undefined) throw new UnknownCommandError(directive);
    checkKeys(directive, KEYS[directive.command] ?? []);
    const error = command(env, directive);
    const output = env.takeOutput();
    if (error !== undefined) return env.level === 'NONE' ? error : output + error;
    return output === '' ? 'ok' : output;
  };
}
