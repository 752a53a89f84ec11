/** Reads the `play` commands that break and mend things: members, clients, links, disks, clocks, timers, single messages. */

import { goQuote } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import { defined, flagBoolean, flagNumber, flagRange, flagText, type FlagKind, type PlayWords } from '#ctl/play-flags.ts';
import { checkNode, readNodes, ROLES, type PlayContext } from '#ctl/play-nodes.ts';
import type { DiskSettings, LinkSettings, NodeRef, PlayCommand, WorldCommand } from '#ctl/world-command.ts';

type FaultResult = { readonly type: 'ok'; readonly command: PlayCommand } | SyntaxProblem;
type Reader = (split: PlayWords, head: Word, context: PlayContext | undefined) => FaultResult;

interface FaultEntry {
  readonly flags: Readonly<Record<string, FlagKind>>;
  readonly read: Reader;
}

const world = (command: WorldCommand): FaultResult => ({ type: 'ok', command: { type: 'world', command } });
const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });

type MakeCommand = (nodes: readonly NodeRef[], flags: PlayWords['flags']) => WorldCommand;

const onNodes =
  (make: MakeCommand): Reader =>
  (split, head, context) => {
    const nodes = readNodes(split.words, head, context);
    return nodes.type === 'error' ? nodes : world(make(nodes.nodes, split.flags));
  };

/** What can be done to clients too. */
const onActors =
  (make: MakeCommand): Reader =>
  (split, head, context) => {
    const nodes = readNodes(split.words, head, context, context?.clients);
    return nodes.type === 'error' ? nodes : world(make(nodes.nodes, split.flags));
  };

/** The file of a data directory in which a bit is flipped: the newest of the log or of the snapshots, or a name. */
export const DATA_FILE = /^(?:wal|snap)(?:\/[0-9a-f]{16}-[0-9a-f]{16}\.(?:wal|snap))?$/;

export const FAULT_COMMANDS: Readonly<Record<string, FaultEntry>> = {
  kill: { flags: { 'power-loss': 'switch', at: 'text' }, read: readKill },
  crash: {
    flags: { reason: 'text' },
    read: onNodes((nodes, flags) => ({ type: 'crash', nodes, ...defined({ reason: flagText(flags, 'reason') }) })),
  },
  restart: { flags: {}, read: onNodes((nodes) => ({ type: 'restart', nodes })) },
  freeze: { flags: {}, read: onActors((nodes) => ({ type: 'freeze', nodes })) },
  thaw: { flags: {}, read: onActors((nodes) => ({ type: 'thaw', nodes })) },
  wipe: { flags: {}, read: onNodes((nodes) => ({ type: 'wipe', nodes })) },
  isolate: { flags: {}, read: onActors((nodes) => ({ type: 'isolate', nodes })) },
  timeout: { flags: {}, read: onNodes((nodes) => ({ type: 'timeout', nodes })) },
  partition: { flags: {}, read: readPartition },
  heal: { flags: { all: 'switch' }, read: readHeal },
  link: {
    flags: { cut: 'switch', latency: 'latency', loss: 'percent', duplicate: 'percent', reorder: 'percent', bandwidth: 'bandwidth' },
    read: readLink,
  },
  disk: {
    flags: {
      latency: 'latency',
      'backend-latency': 'latency',
      full: 'switch',
      'fail-fsync': 'switch',
      tear: 'count-or-off',
      corrupt: 'place',
      file: 'text',
    },
    read: readDisk,
  },
  clock: { flags: { rate: 'rate', jump: 'jump' }, read: readClock },
  timers: { flags: {}, read: readTimers },
  client: { flags: { retry: 'text' }, read: readClient },
  message: { flags: { drop: 'switch', duplicate: 'switch', deliver: 'switch', delay: 'time' }, read: readMessage },
};

function readKill(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const at = flagText(split.flags, 'at');
  const nodes = readNodes(split.words, head, context, at === undefined ? context?.clients : []);
  if (nodes.type === 'error') return nodes;
  if (at !== undefined && !/^\w{1,64}$/.test(at)) return problem(`${goQuote(at)} is no name of a crash point`, head.column);
  const powerLoss = flagBoolean(split.flags, 'power-loss') ?? false;
  return world({ type: 'kill', nodes: nodes.nodes, powerLoss, ...(at === undefined ? {} : { at }) });
}

function readHeal({ words, flags }: PlayWords): FaultResult {
  const [extra] = words;
  if (extra !== undefined) return problem(`play heal takes no ${goQuote(extra.text)}`, extra.column);
  return world(flagBoolean(flags, 'all') === true ? { type: 'heal', all: true } : { type: 'heal' });
}

function readPartition(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const sides: (readonly NodeRef[])[] = [];
  let side: Word[] = [];
  for (const word of [...split.words, undefined]) {
    if (word !== undefined && word.text !== '/') {
      side.push(word);
      continue;
    }
    if (side.length === 0)
      return problem('play partition needs members on each side: play partition etcd-1,etcd-2 / etcd-3', word?.column ?? head.column);
    const nodes = readNodes(side, head, context, context?.clients);
    if (nodes.type === 'error') return nodes;
    sides.push(nodes.nodes);
    side = [];
  }
  const seen = new Set<string>();
  for (const name of sides.flat()) {
    if (seen.has(name)) return problem(`${name} stands on two sides`, head.column);
    seen.add(name);
  }
  return world({ type: 'partition', sides });
}

function readLink(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const [from, arrow, to, extra] = split.words;
  const usage = 'play link needs two ends: play link etcd-1 > etcd-2 --cut, or <> for both directions';
  if (from === undefined || arrow === undefined || to === undefined || (arrow.text !== '>' && arrow.text !== '<>'))
    return problem(usage, arrow?.column ?? head.column);
  if (extra !== undefined) return problem(`play link takes no ${goQuote(extra.text)}`, extra.column);
  for (const end of [from, to]) {
    const checked = checkNode(end.text, end.column, context, context?.clients);
    if (checked !== undefined) return checked;
  }
  // `leader <> followers` and `all <> all` stand for every two different ones.
  if (from.text === to.text && !ROLES.has(from.text)) return problem('a link has two different ends', to.column);
  const { flags } = split;
  const settings: LinkSettings = defined({
    cut: flagBoolean(flags, 'cut'),
    latency: flagRange(flags, 'latency'),
    loss: flagNumber(flags, 'loss'),
    duplicate: flagNumber(flags, 'duplicate'),
    reorder: flagNumber(flags, 'reorder'),
    bandwidth: flagNumber(flags, 'bandwidth'),
  });
  if (flags.size === 0) return problem('play link needs --cut, --latency, --loss, --duplicate, --reorder or --bandwidth', head.column);
  return world({ type: 'link', from: from.text, to: to.text, both: arrow.text === '<>', settings });
}

function readDisk(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const nodes = readNodes(split.words, head, context);
  if (nodes.type === 'error') return nodes;
  const { flags } = split;
  if (flags.size === 0)
    return problem('play disk needs --latency, --backend-latency, --full, --fail-fsync, --tear or --corrupt', head.column);
  const corruptFile = flagText(flags, 'file');
  if (corruptFile !== undefined && !flags.has('corrupt')) return problem('--file says where --corrupt flips a bit', head.column);
  if (corruptFile !== undefined && !DATA_FILE.test(corruptFile))
    return problem(
      `--file: wal, snap or a file such as wal/0000000000000000-0000000000000000.wal, not ${goQuote(corruptFile)}`,
      head.column,
    );
  const tear = flags.get('tear');
  const corrupt = flags.get('corrupt');
  const settings: DiskSettings = defined({
    walLatency: flagRange(flags, 'latency'),
    backendLatency: flagRange(flags, 'backend-latency'),
    full: flagBoolean(flags, 'full'),
    failFsync: flagBoolean(flags, 'fail-fsync'),
    tear: typeof tear === 'number' ? tear : tear === false ? (false as const) : undefined,
    corrupt: typeof corrupt === 'number' ? corrupt : corrupt === undefined ? undefined : ('random' as const),
    corruptFile,
  });
  return world({ type: 'disk', nodes: nodes.nodes, settings });
}

function readClock(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const nodes = readNodes(split.words, head, context, context?.clients);
  if (nodes.type === 'error') return nodes;
  const settings = defined({ rate: flagNumber(split.flags, 'rate'), jumpMicros: flagNumber(split.flags, 'jump') });
  return split.flags.size === 0
    ? problem('play clock needs --rate, such as --rate 1.2, or --jump, such as --jump 5s or --jump=-5s', head.column)
    : world({ type: 'clock', nodes: nodes.nodes, ...settings });
}

function readTimers(split: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const [mode, ...words] = split.words;
  if (mode?.text !== 'align' && mode?.text !== 'spread')
    return problem('play timers needs align or spread, and members if not all are meant', mode?.column ?? head.column);
  if (words.length === 0) return world({ type: 'timers', nodes: ['all'], mode: mode.text });
  const nodes = readNodes(words, head, context);
  return nodes.type === 'error' ? nodes : world({ type: 'timers', nodes: nodes.nodes, mode: mode.text });
}

function readClient({ words, flags }: PlayWords, head: Word, context: PlayContext | undefined): FaultResult {
  const [name, extra] = words;
  if (name === undefined) return problem('play client needs a client: play client you --retry blind', head.column);
  if (extra !== undefined) return problem(`play client takes one client, not ${goQuote(extra.text)} too`, extra.column);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name.text)) return problem(`${goQuote(name.text)} is no name of a client`, name.column);
  if (context?.members.includes(name.text) === true) return problem(`${name.text} is a member, not a client`, name.column);
  const retry = flagText(flags, 'retry');
  if (retry !== 'none' && retry !== 'blind')
    return problem(`play client needs --retry none or --retry blind${retry === undefined ? '' : `, not ${goQuote(retry)}`}`, head.column);
  return world({ type: 'client', client: name.text, retry });
}

function readMessage(split: PlayWords, head: Word): FaultResult {
  const [event, extra] = split.words;
  if (event === undefined || !/^\d{1,16}$/.test(event.text))
    return problem('play message needs the number of the event that sent it', event?.column ?? head.column);
  if (extra !== undefined) return problem(`play message takes no ${goQuote(extra.text)}`, extra.column);
  const delay = flagNumber(split.flags, 'delay');
  const chosen = (['drop', 'duplicate', 'deliver'] as const).filter((action) => flagBoolean(split.flags, action) === true);
  const [action] = chosen;
  if (chosen.length + (delay === undefined ? 0 : 1) !== 1)
    return problem('play message needs one of --drop, --duplicate, --deliver, --delay D', head.column);
  return world({ type: 'message', event: Number(event.text), action: action ?? 'delay', delayMicros: delay ?? 0 });
}
