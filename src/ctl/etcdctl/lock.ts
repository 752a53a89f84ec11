/** etcdctl lock and elect. */

import { fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { RangeRequest, WatchCreateRequest, WatchRequest, type RangeResponse } from '#api/gen/rpc.ts';
import { KVService, WatchService } from '#api/rpc.ts';
import { childError } from '#ctl/etcdctl/child-end.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { printRange } from '#ctl/etcdctl/kv-print.ts';
import { prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import { become, exit, Exit, fail, flagBool, flagInt, must, type Outcome, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import {
  claimOf,
  dropClaim,
  firstUnder,
  isOldest,
  makeClaim,
  mustLookAgain,
  onSessionEvent,
  openSession,
  sessionExpired,
  WATCH_STREAM,
  type Claim,
} from '#ctl/etcdctl/session.ts';

/** Seconds of an election's session. */
const ELECT_TTL = 60n;
const CHILD = 1;

function* lock(ctx: ScriptContext): Script {
  const [name] = ctx.args;
  if (name === undefined) return fail(Exit.BadArgs, 'lock takes a lock name argument and an optional command to execute');
  const lease = yield* openSession(ctx, flagInt(ctx, 'ttl'));
  return become('lock wait', yield* makeClaim(name, lease, new Uint8Array(0)));
}

function* elect(ctx: ScriptContext): Script {
  const [name, proposal] = ctx.args;
  if (name === undefined || ctx.args.length > 2)
    return fail(Exit.BadArgs, 'elect takes one election name argument and an optional proposal argument');
  const listen = flagBool(ctx, 'listen');
  if (proposal === undefined && !listen) fail(Exit.BadArgs, 'no proposal argument but -l not set');
  if (proposal !== undefined && listen) fail(Exit.BadArgs, 'proposal given but -l is set');
  if (listen) {
    yield* connect(ctx);
    return become('elect observe', { prefix: utf8(`${name}/`), seen: 0n, watching: false });
  }
  const lease = yield* openSession(ctx, ELECT_TTL);
  return become('lock wait', yield* makeClaim(name, lease, utf8(proposal ?? '')));
}

/** Looks whether it is our turn. */
function* wait(ctx: ScriptContext, data: Plain): Script {
  const claim = claimOf(data);
  return become((yield* isOldest(ctx, claim)) ? 'lock acquired' : 'lock queue', claim);
}

/** Waits for the claim before ours to go. */
function* queue(ctx: ScriptContext, data: Plain): Script {
  const claim = claimOf(data);
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') {
    yield* dropClaim(claim);
    return fail(Exit.Error, 'context canceled');
  }
  if (onSessionEvent(ctx, claim.lease, event)) return sessionExpired('');
  if (!mustLookAgain(event)) return become('lock queue', claim);
  ctx.close(WATCH_STREAM);
  return become('lock wait', claim);
}

function* acquired(ctx: ScriptContext, data: Plain): Script {
  const claim = claimOf(data);
  const r: RangeResponse = yield* must(KVService.Range, RangeRequest.create({ key: claim.key }));
  if (r.kvs.length === 0) fail(Exit.Error, 'lock lost on init');
  const [, ...command] = ctx.args;
  if (command.length > 0 && !('listen' in ctx.flags)) {
    ctx.spawn(CHILD, command, {
      ...ctx.start.env,
      ETCD_LOCK_KEY: fromUtf8(claim.key),
      ETCD_LOCK_REV: String(r.header?.revision ?? 0n),
    });
    return become('lock run', { claim, signalled: false });
  }
  printRange(ctx, r);
  return become('lock hold', claim);
}

/** Waits for the command that runs under the lock; the session goes on meanwhile. A Ctrl-C reaches the command too, and it is waited for. */
function* runUnderLock(ctx: ScriptContext, data: Plain): Script {
  const { claim, signalled } = data as { readonly claim: Claim; readonly signalled: boolean }; // only `acquired` and this phase enter it
  const event = yield { type: 'next', lines: false };
  if (event.type !== 'child' || event.event.type === 'output') {
    onSessionEvent(ctx, claim.lease, event);
    return become('lock run', { claim, signalled: signalled || event.type === 'signal' });
  }
  yield* dropClaim(claim);
  const error = childError(ctx.args[1] ?? '', event.event, signalled);
  if (error === undefined) return exit();
  // Since 3.5 the command's exit code is that of `lock`.
  const passedOn = ctx.start.profile !== '3.4.23' && event.event.type === 'exit' && !signalled;
  return fail(passedOn && event.event.type === 'exit' ? event.event.code : Exit.Error, error);
}

/** Holds until a signal. */
function* hold(ctx: ScriptContext, data: Plain): Script {
  const claim = claimOf(data);
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') {
    yield* dropClaim(claim);
    return exit();
  }
  if (onSessionEvent(ctx, claim.lease, event)) return sessionExpired('listen' in ctx.flags ? 'elect: ' : '');
  return become('lock hold', claim);
}

type Observation = { readonly prefix: Bytes; readonly seen: bigint; readonly watching: boolean };

/** Prints the leader when it changes: the oldest key under the name, looked up again after each change below it. */
function* observe(ctx: ScriptContext, data: Plain): Script {
  const o = data as Observation; // only elect and this phase enter it
  const r: RangeResponse = yield* must(KVService.Range, firstUnder(o.prefix));
  const [leader] = r.kvs;
  const again = (seen: bigint): Outcome => become('elect events', { ...o, seen, watching: true });
  if (!o.watching) {
    const value = WatchCreateRequest.create({
      key: o.prefix,
      rangeEnd: prefixEnd(o.prefix),
      startRevision: (r.header?.revision ?? 0n) + 1n,
    });
    ctx.open(WATCH_STREAM, WatchService.Watch.path, WatchRequest.encode({ requestUnion: { type: 'createRequest', value } }).finish());
  }
  if (leader === undefined || leader.modRevision === o.seen) return again(o.seen);
  printRange(ctx, r);
  return again(leader.modRevision);
}

function* observeEvents(_: ScriptContext, data: Plain): Script {
  const o = data as Observation; // as above
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') return exit();
  return become('elect observe', event.type === 'stream-end' ? { ...o, watching: false } : o);
}

export const lockCommands: readonly Command[] = [
  {
    name: 'lock',
    use: '<lockname> [exec-command arg1 arg2 ...]',
    short: 'Holds a named lock',
    flags: [{ name: 'ttl', type: 'int', fallback: '10', usage: 'seconds that the lock outlives its holder' }],
    run: lock,
    phases: { 'lock wait': wait, 'lock queue': queue, 'lock acquired': acquired, 'lock run': runUnderLock, 'lock hold': hold },
  },
  {
    name: 'elect',
    use: '<election-name> [proposal]',
    short: 'Takes part in an election, or observes it',
    flags: [{ name: 'listen', shorthand: 'l', type: 'bool', fallback: 'false', usage: 'observe' }],
    run: elect,
    phases: { 'elect observe': observe, 'elect events': observeEvents },
  },
];
