/** Reads the `play …` commands (DESIGN §5): what is done to the world, or to the session that plays it. */

import { goQuote, parseMicros } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import { defined, flagBoolean, flagNumber, flagRange, flagText, splitFlags, type FlagKind, type PlayWords } from '#ctl/play-flags.ts';
import { PLAY_HELP } from '#ctl/play-help.ts';
import { RECORDED_COMMANDS } from '#ctl/recorded-command.ts';
import { FAULT_COMMANDS } from '#ctl/play-faults.ts';
import type { PlayContext } from '#ctl/play-nodes.ts';
import { readStart, START_FLAGS } from '#ctl/play-start.ts';
import { readTraffic, TRAFFIC_FLAGS } from '#ctl/play-traffic.ts';
import { BROKEN_RULES, type BrokenRule } from '#kernel/broken-rule.ts';
import { parsePredicate } from '#ctl/predicate-parser.ts';
import type { BreakAction, PlayCommand, RunOptionsInput } from '#ctl/world-command.ts';

export type PlayResult = { readonly type: 'ok'; readonly command: PlayCommand } | SyntaxProblem;

/** Longest wait of `play until` without `--within`, µs. */
export const UNTIL_WITHIN_MICROS = 60_000_000;
const NODES_MAX = 9;

type Reader = (split: PlayWords, head: Word, context: PlayContext | undefined) => PlayResult;

interface CommandEntry {
  readonly flags: Readonly<Record<string, FlagKind>>;
  readonly read: Reader;
}

const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });
const noMore = (split: PlayWords, head: Word, command: PlayCommand): PlayResult => {
  const [extra] = split.words;
  return extra === undefined ? { type: 'ok', command } : problem(`play ${head.text} takes no ${goQuote(extra.text)}`, extra.column);
};

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  new: {
    flags: {
      nodes: 'count',
      seed: 'count',
      profile: 'text',
      prevote: 'switch',
      'check-quorum': 'switch',
      'election-timeout': 'time',
      heartbeat: 'time',
      latency: 'latency',
      'disk-latency': 'latency',
      'client-latency': 'latency',
      'backend-latency': 'latency',
      'snapshot-latency': 'latency',
      epoch: 'count',
      'max-request-bytes': 'count',
      'max-txn-ops': 'count',
      'quota-backend-bytes': 'count',
      'wal-segment-bytes': 'count',
      'snapshot-count': 'count',
      'catch-up-entries': 'count',
      'enable-v2': 'switch',
      storage: 'text',
      break: 'text',
    },
    read: readNew,
  },
  start: { flags: START_FLAGS, read: readStart },
  ...FAULT_COMMANDS,
  traffic: { flags: TRAFFIC_FLAGS, read: (split, head, context) => readTraffic(split, head, context?.members) },
  run: { flags: { within: 'time' }, read: readRun },
  until: { flags: { within: 'time' }, read: readUntil },
  break: { flags: {}, read: readBreak },
  status: { flags: {}, read: (split, head) => noMore(split, head, { type: 'status' }) },
  step: { flags: {}, read: (split, head) => noMore(split, head, { type: 'step' }) },
  script: { flags: {}, read: (split, head) => noMore(split, head, { type: 'script' }) },
  load: { flags: {}, read: readLoad },
  ...RECORDED_COMMANDS,
  help: { flags: {}, read: () => ({ type: 'ok', command: { type: 'help' } }) },
};

/** Names of the commands, for completion. */
export const PLAY_COMMANDS: readonly string[] = Object.keys(COMMANDS);
export { PLAY_HELP };

/**
 * Reads the words after `play`.
 * @param words as {@link parseCommandLine} gives them
 */
export function parsePlay(words: readonly Word[], context?: PlayContext): PlayResult {
  const [head, ...rest] = words;
  if (head === undefined) return { type: 'ok', command: { type: 'help' } };
  const entry = Object.hasOwn(COMMANDS, head.text) ? COMMANDS[head.text] : undefined;
  if (entry === undefined) {
    const hint = head.text === 'member' ? 'members are added and removed with `etcdctl member`' : `there are ${PLAY_COMMANDS.join(', ')}`;
    return problem(`unknown command play ${head.text}: ${hint}`, head.column);
  }
  const split = splitFlags(head.text, rest, entry.flags);
  return split.type === 'error' ? split : entry.read(split, head, context);
}

/** Rules to break on purpose, separated by commas; undefined without the flag. */
function readBroken(flags: PlayWords['flags'], head: Word): readonly BrokenRule[] | undefined | SyntaxProblem {
  const names = flagText(flags, 'break')?.split(',');
  if (names === undefined) return undefined;
  const rules = BROKEN_RULES.filter((rule) => names.includes(rule));
  const unknown = names.find((name) => !rules.some((rule) => rule === name));
  return unknown === undefined ? rules : problem(`--break: no rule ${goQuote(unknown)}: there are ${BROKEN_RULES.join(', ')}`, head.column);
}

function readNew(split: PlayWords, head: Word): PlayResult {
  const { flags } = split;
  const nodes = flagNumber(flags, 'nodes');
  if (nodes !== undefined && (nodes < 1 || nodes > NODES_MAX)) return problem(`--nodes: from 1 to ${NODES_MAX}, not ${nodes}`, head.column);
  const profile = flagText(flags, 'profile');
  if (profile !== undefined && profile !== '3.4.23' && profile !== '3.5')
    return problem(`--profile: 3.4.23 or 3.5, not ${goQuote(profile)}`, head.column);
  const storageText = flagText(flags, 'storage');
  const storage: 'sync' | 'async' | undefined = storageText === 'sync' || storageText === 'async' ? storageText : undefined;
  if (storage !== storageText) return problem(`--storage: sync or async, not ${goQuote(storageText ?? '')}`, head.column);
  const electionMicros = flagNumber(flags, 'election-timeout');
  const heartbeatMicros = flagNumber(flags, 'heartbeat');
  const heartbeat = heartbeatMicros ?? 100_000;
  const election = electionMicros ?? 1_000_000;
  if (heartbeat < 1000 || election < 5 * heartbeat)
    return problem('--election-timeout must be at least 5 times --heartbeat, and that at least 1ms (etcd refuses less)', head.column);
  const broken = readBroken(flags, head);
  if (broken !== undefined && 'message' in broken) return broken;
  const options: RunOptionsInput = defined({
    nodes,
    seed: flagNumber(flags, 'seed'),
    profile,
    preVote: flagBoolean(flags, 'prevote'),
    checkQuorum: flagBoolean(flags, 'check-quorum'),
    electionMicros,
    heartbeatMicros,
    latency: flagRange(flags, 'latency'),
    diskLatency: flagRange(flags, 'disk-latency'),
    clientLatency: flagRange(flags, 'client-latency'),
    backendLatency: flagRange(flags, 'backend-latency'),
    snapshotLatency: flagRange(flags, 'snapshot-latency'),
    epochMillis: flagNumber(flags, 'epoch'),
    maxRequestBytes: flagNumber(flags, 'max-request-bytes'),
    maxTxnOps: flagNumber(flags, 'max-txn-ops'),
    quotaBackendBytes: flagNumber(flags, 'quota-backend-bytes'),
    walSegmentBytes: flagNumber(flags, 'wal-segment-bytes'),
    snapshotCount: flagNumber(flags, 'snapshot-count'),
    catchUpEntries: flagNumber(flags, 'catch-up-entries'),
    storage,
    enableV2: flagBoolean(flags, 'enable-v2'),
    broken,
  });
  return noMore(split, head, { type: 'new', options });
}

function readRun(split: PlayWords, head: Word, context: PlayContext | undefined): PlayResult {
  const [first, ...rest] = split.words;
  if (first === undefined) return problem('play run needs a duration, such as play run 500ms', head.column);
  if (first.text === 'until') return readUntil({ ...split, words: rest }, first, context);
  const time = parseMicros(first.text);
  if (time.type === 'error') return problem(time.message, first.column);
  if (split.flags.size > 0) return problem('--within belongs to play until', head.column);
  return noMore({ ...split, words: rest }, head, { type: 'run', micros: time.micros });
}

function readLoad(split: PlayWords, head: Word): PlayResult {
  const [file, ...more] = split.words;
  if (file === undefined) return problem('play load needs a file, such as one that `play script > run.play` made', head.column);
  return noMore({ ...split, words: more }, head, { type: 'load', path: file.text });
}

function readUntil(split: PlayWords, head: Word, context: PlayContext | undefined): PlayResult {
  const [first] = split.words;
  if (first === undefined) return problem('play until needs a condition, such as play until "leader"', head.column);
  const read = readCondition(split.words, first, context);
  if (read.type === 'error') return read;
  const withinMicros = flagNumber(split.flags, 'within') ?? UNTIL_WITHIN_MICROS;
  return { type: 'ok', command: { type: 'until', condition: read.condition, withinMicros } };
}

function readCondition(
  words: readonly Word[],
  first: Word,
  context: PlayContext | undefined,
): { readonly type: 'ok'; readonly condition: string } | SyntaxProblem {
  const condition = words.length === 1 ? first.text : joinWords(words);
  const parsed = parsePredicate(condition, context);
  if (parsed.type === 'error') return problem(`${parsed.message} (in the condition, at ${parsed.column})`, first.column);
  return { type: 'ok', condition };
}

/** `play break "COND"`, `list`, `delete N|all`, `enable N`, `disable N`. */
function readBreak(split: PlayWords, head: Word, context: PlayContext | undefined): PlayResult {
  const [first, number, extra] = split.words;
  const action = (command: BreakAction): PlayResult => ({ type: 'ok', command: { type: 'break', action: command } });
  if (first === undefined) return problem('play break needs a condition, or list, delete N, enable N, disable N', head.column);
  const verb = (['list', 'delete', 'enable', 'disable'] as const).find((word) => !first.quoted && word === first.text);
  if (verb === undefined) {
    const read = readCondition(split.words, first, context);
    return read.type === 'error' ? read : action({ type: 'add', condition: read.condition });
  }
  if (verb === 'list') return number === undefined ? action({ type: 'list' }) : problem('play break list takes nothing', number.column);
  if (extra !== undefined) return problem(`play break ${verb} takes one number`, extra.column);
  if (verb === 'delete' && number?.text === 'all') return action({ type: 'delete-all' });
  if (number === undefined || !/^\d{1,6}$/.test(number.text))
    return problem(`play break ${verb} needs the number of a breakpoint: play break list shows them`, number?.column ?? head.column);
  return action({ type: verb, id: Number(number.text) });
}

/** A condition without quotes around the whole (`play until term >= 3`): words again as one text, `>` and `=` together where they stood so. */
function joinWords(words: readonly Word[]): string {
  let text = '';
  let previous: Word | undefined;
  for (const word of words) {
    const joined = previous !== undefined && (previous.text === '>' || previous.text === '<') && word.column === previous.column + 1;
    text += `${previous === undefined || joined ? '' : ' '}${word.quoted ? JSON.stringify(word.text) : word.text}`;
    previous = word;
  }
  return text;
}
