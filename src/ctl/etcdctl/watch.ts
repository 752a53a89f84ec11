/**
 * etcdctl watch: one or, read from standard input, several watches on one stream. A broken stream is opened again from the revision
 * after the last one seen, so that no event is lost or printed twice.
 */

import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { WatchCreateRequest, WatchRequest, WatchResponse } from '#api/gen/rpc.ts';
import { WatchService } from '#api/rpc.ts';
import { Code, ERRORS, type ApiError } from '#api/errors.ts';
import { goQuote } from '#ctl/duration.ts';
import { childError } from '#ctl/etcdctl/child-end.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { eventName } from '#ctl/etcdctl/display.ts';
import { parseFlags, type FlagSpec } from '#ctl/etcdctl/flags.ts';
import { lineWords } from '#ctl/etcdctl/go-scan.ts';
import { quoteBytes } from '#ctl/etcdctl/go-text.ts';
import { keyRange, type Flags } from '#ctl/etcdctl/kv-ops.ts';
import { become, errorText, exit, Exit, fail, flagBool, stop, type Outcome, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { printWatch } from '#ctl/etcdctl/watch-print.ts';

/** A watch of this client; plain data. */
type Watcher = {
  readonly key: Bytes;
  readonly rangeEnd: Bytes;
  readonly prevKv: boolean;
  readonly progress: boolean;
  /** Where it goes on: events below are old. 0: not known yet. */
  readonly nextRevision: bigint;
  /** The member's id of it; undefined until created. */
  readonly id: bigint | undefined;
  /** The command that runs at each event; empty for none. */
  readonly exec: readonly string[];
};

/** What a running watch keeps from event to event. */
type WatchData = {
  readonly watchers: readonly Watcher[];
  readonly inputEnded: boolean;
  /** Commands started so far. */
  readonly children: number;
};
/** Commands that are still to run, one after the other, each with its environment. */
type ExecData = {
  readonly next: WatchData;
  readonly command: readonly string[];
  readonly runs: readonly Readonly<Record<string, string>>[];
};

const STREAM = 1;
const REOPEN_TIMER = 1;
/** The client's pause before it opens a broken stream again, µs. */
const REOPEN_MICROS = 100_000;

const FLAGS: readonly FlagSpec[] = [
  { name: 'prefix', type: 'bool', fallback: 'false', usage: 'all keys that begin with the key' },
  { name: 'rev', type: 'int64', fallback: '0', usage: 'begin with this revision' },
  { name: 'prev-kv', type: 'bool', fallback: 'false', usage: 'print what each event replaced' },
];
const PROGRESS_FLAG: FlagSpec = { name: 'progress-notify', type: 'bool', fallback: 'false', usage: 'print how far an idle watch has come' };
const INTERACTIVE_FLAG: FlagSpec = {
  name: 'interactive',
  shorthand: 'i',
  type: 'bool',
  fallback: 'false',
  usage: 'read watches from standard input',
};

/** Why no watch can be made of some words; '' if one can. */
function watchArgs(
  all: readonly string[],
  dash: number,
  env: Readonly<Record<string, string>>,
): { readonly args: readonly string[]; readonly exec: readonly string[]; readonly problem: string } {
  const args = dash < 0 ? all : all.slice(0, dash);
  const exec = dash < 0 ? [] : all.slice(dash);
  const { ETCDCTL_WATCH_KEY: key = '', ETCDCTL_WATCH_RANGE_END: end = '' } = env;
  const refuse = (problem: string) => ({ args, exec, problem });
  if (dash >= 0 && exec.length === 0) return refuse(NO_COMMAND);
  if (key !== '' && args.length > 0) return refuse('bad number of arguments (found conflicting environment key)');
  if (key !== '') return { args: end === '' ? [key] : [key, end], exec, problem: '' };
  return args.length === 0 ? refuse('bad number of arguments') : { args, exec, problem: '' };
}
const NO_COMMAND = 'bad number of arguments (found separator --, but no commands)';

const TWO_ENDS = '`range_end` and `--prefix` are mutually exclusive';
const hasTwoEnds = (args: readonly string[], flags: Flags): boolean => args.length === 2 && flags['prefix'] === true;

function makeWatcher(args: readonly string[], flags: Flags, exec: readonly string[]): Watcher {
  const [key = '', end] = args;
  // Only exactly two arguments make a range; what stands beyond is ignored.
  const rangeEnd = args.length === 2 && end !== undefined ? utf8(end) : new Uint8Array(0);
  const { rev } = flags;
  return {
    ...keyRange(utf8(key), rangeEnd, { prefix: flags['prefix'] === true }),
    prevKv: flags['prev-kv'] === true,
    progress: flags['progress-notify'] === true,
    nextRevision: typeof rev === 'bigint' ? rev : 0n,
    id: undefined,
    exec,
  };
}

function createRequest(w: Watcher): Bytes {
  const value = WatchCreateRequest.create({
    key: w.key,
    rangeEnd: w.rangeEnd,
    startRevision: w.nextRevision,
    prevKv: w.prevKv,
    progressNotify: w.progress,
  });
  return WatchRequest.encode({ requestUnion: { type: 'createRequest', value } }).finish();
}

function* watch(ctx: ScriptContext): Script {
  if (flagBool(ctx, 'interactive')) {
    yield* connect(ctx);
    return become('watch events', { watchers: [], inputEnded: false, children: 0 } satisfies WatchData);
  }
  const { args, exec, problem } = watchArgs(ctx.args, ctx.dash, ctx.start.env);
  if (problem !== '') fail(Exit.BadArgs, problem);
  if (hasTwoEnds(args, ctx.flags)) fail(Exit.BadArgs, TWO_ENDS);
  const watcher = makeWatcher(args, ctx.flags, exec);
  yield* connect(ctx);
  ctx.open(STREAM, WatchService.Watch.path, createRequest(watcher));
  return become('watch events', { watchers: [watcher], inputEnded: true, children: 0 } satisfies WatchData);
}

const again = (data: WatchData): Outcome => become('watch events', data);

/** One event of running watches, then again. */
function* watchEvents(ctx: ScriptContext, plain: Plain): Script {
  const data = plain as WatchData; // only this file enters the phase
  const interactive = flagBool(ctx, 'interactive');
  const event = yield { type: 'next', lines: interactive && !data.inputEnded };
  switch (event.type) {
    case 'signal':
      return exit(event.signal === 'INT' ? 130 : 143);
    case 'timer':
      reopen(ctx, data);
      return again({ ...data, watchers: data.watchers.map((w) => ({ ...w, id: undefined })) });
    case 'line':
      return onLine(ctx, data, fromUtf8(event.data), event.end);
    case 'stream-end':
      return onStreamEnd(ctx, data, event.error);
    case 'stream':
      return onResponse(ctx, data, WatchResponse.decode(event.body));
    default:
      return again(data);
  }
}

function reopen(ctx: ScriptContext, data: WatchData): void {
  for (const [i, w] of data.watchers.entries()) {
    if (i === 0) ctx.open(STREAM, WatchService.Watch.path, createRequest(w));
    else ctx.send(STREAM, createRequest(w));
  }
}

function onStreamEnd(ctx: ScriptContext, data: WatchData, error: ApiError | undefined): Outcome {
  const lost = error === undefined || (error.code === Code.Unavailable && error.message !== ERRORS.NoLeader.message);
  if (!lost) return canceled(ctx, errorText(error));
  ctx.timer(REOPEN_TIMER, REOPEN_MICROS);
  return again(data);
}

function canceled(ctx: ScriptContext, reason: string): never {
  ctx.stderr(`watch was canceled (${reason})\n`);
  return fail(Exit.Interrupted, 'watch is canceled by the server');
}

/** A line of `watch -i`: `watch [flags] key [end] [-- command]`, or `progress`. */
function onLine(ctx: ScriptContext, data: WatchData, line: string, end: boolean): Outcome {
  // A line that the end of the input cuts short is not looked at.
  if (end) return fail(Exit.InvalidInput, `${ctx.start.profile === '3.4.23' ? 'Error' : 'error'} reading watch request line: EOF`);
  const words = lineWords(line);
  const [name = '', ...rest] = words;
  const refuse = (problem: string): Outcome => {
    ctx.stderr(`${problem}\n`);
    return again(data);
  };
  if (words.length === 0) return refuse(`Invalid command: ${line} (watch and progress supported)`);
  if (name === 'progress') {
    if (data.watchers.length > 0) ctx.send(STREAM, WatchRequest.encode({ requestUnion: { type: 'progressRequest', value: {} } }).finish());
    return again(data);
  }
  if (name !== 'watch') return refuse(`Invalid command ${line} (only support watch)`);
  if (rest.length === 0 && (ctx.start.env['ETCDCTL_WATCH_KEY'] ?? '') === '')
    return refuse(`Invalid command ${line} (command type or key is not provided)`);
  const parsed = parseFlags(rest, ctx.start.profile === '3.4.23' ? FLAGS : [...FLAGS, PROGRESS_FLAG]);
  if (parsed.type === 'error') return fail(Exit.BadArgs, parsed.message);
  const { args, exec, problem } = watchArgs(parsed.args, parsed.dash, ctx.start.env);
  if (problem === NO_COMMAND) return fail(Exit.BadArgs, problem);
  if (problem !== '') return refuse(`Invalid command ${line} (${problem})`);
  if (hasTwoEnds(args, parsed.values)) return refuse(`Invalid command ${line} (${TWO_ENDS})`);
  const watcher = makeWatcher(args, parsed.values, exec);
  if (data.watchers.length === 0) ctx.open(STREAM, WatchService.Watch.path, createRequest(watcher));
  else ctx.send(STREAM, createRequest(watcher));
  return again({ ...data, watchers: [...data.watchers, watcher] });
}

function onResponse(ctx: ScriptContext, data: WatchData, r: WatchResponse): Outcome {
  if (r.created) {
    // Watches are created in the order of the requests.
    const at = data.watchers.findIndex((w) => w.id === undefined);
    const created = data.watchers[at];
    if (created === undefined) return again(data);
    if (r.canceled) return onCanceled(ctx, data, r, at);
    const nextRevision = created.nextRevision === 0n ? (r.header?.revision ?? 0n) + 1n : created.nextRevision;
    return again({ ...data, watchers: data.watchers.with(at, { ...created, id: r.watchId, nextRevision }) });
  }
  const at = data.watchers.findIndex((w) => w.id === r.watchId);
  const watcher = data.watchers[at];
  if (r.canceled && watcher !== undefined) return onCanceled(ctx, data, r, at);
  if (r.events.length === 0) return onProgress(ctx, data, r);
  if (watcher === undefined) return again(data);
  const events = r.events.filter((e) => (e.kv?.modRevision ?? 0n) >= watcher.nextRevision);
  const last = events.at(-1);
  if (last === undefined) return again(data);
  printWatch(ctx, { ...r, events });
  const next = { ...data, watchers: data.watchers.with(at, { ...watcher, nextRevision: (last.kv?.modRevision ?? 0n) + 1n }) };
  if (watcher.exec.length === 0) return again(next);
  const runs = events.map((e) => ({
    ETCD_WATCH_REVISION: String(r.header?.revision ?? 0n),
    ETCD_WATCH_EVENT_TYPE: goQuote(eventName(e)),
    ETCD_WATCH_KEY: quoteBytes(e.kv?.key ?? new Uint8Array(0)),
    ETCD_WATCH_VALUE: quoteBytes(e.kv?.value ?? new Uint8Array(0)),
  }));
  return become('watch exec', { next, command: watcher.exec, runs } satisfies ExecData);
}

function onProgress(ctx: ScriptContext, data: WatchData, r: WatchResponse): Outcome {
  const revision = r.header?.revision ?? 0n;
  if (r.watchId !== -1n && !data.watchers.some((w) => w.id === r.watchId)) return again(data);
  // What concerns the whole stream is told by each of its watches.
  const told = r.watchId === -1n ? data.watchers.filter((w) => w.id !== undefined).length : 1;
  ctx.stdout(`progress notify: ${revision}\n`.repeat(told));
  const reached = data.watchers.map((w) =>
    (r.watchId === -1n || w.id === r.watchId) && w.nextRevision <= revision ? { ...w, nextRevision: revision + 1n } : w,
  );
  return again({ ...data, watchers: reached });
}

function onCanceled(ctx: ScriptContext, data: WatchData, r: WatchResponse, at: number): Outcome {
  printWatch(ctx, r);
  const reason =
    r.compactRevision !== 0n
      ? ERRORS.Compacted.message
      : r.cancelReason === ''
        ? ERRORS.FutureRev.message
        : /^(etcdserver: |rpc error: )/.test(r.cancelReason)
          ? r.cancelReason
          : `rpc error: code = FailedPrecondition desc = ${r.cancelReason}`;
  if (!flagBool(ctx, 'interactive')) return canceled(ctx, reason);
  ctx.stderr(`watch was canceled (${reason})\n`);
  return again({ ...data, watchers: data.watchers.filter((_, i) => i !== at) });
}

/** Runs the command after `--` for one event; what comes meanwhile waits. One that fails ends the watch. */
function* watchExec(ctx: ScriptContext, plain: Plain): Script {
  const { next, command, runs } = plain as ExecData; // only this file enters the phase
  const [env, ...rest] = runs;
  if (env === undefined) return again(next);
  const children = next.children + 1;
  ctx.spawn(children, command, { ...ctx.start.env, ...env });
  const ended = yield { type: 'child', child: children };
  const error = ended.type === 'child' ? childError(command[0] ?? '', ended.event) : undefined;
  if (error !== undefined) return stop(Exit.Error, `command [${command.map(goQuote).join(' ')}] error (${error})\n`);
  return become('watch exec', { next: { ...next, children }, command, runs: rest } satisfies ExecData);
}

/** @param newer whether the modelled release is 3.5 or later */
export const watchCommand = (newer: boolean): Command => ({
  name: 'watch',
  use: '[options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]',
  short: 'Prints the changes of keys as they happen',
  flags: newer ? [...FLAGS, INTERACTIVE_FLAG, PROGRESS_FLAG] : [...FLAGS, INTERACTIVE_FLAG],
  run: watch,
  phases: { 'watch events': watchEvents, 'watch exec': watchExec },
});
