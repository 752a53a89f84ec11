/** etcdctl check perf: a minute of writes at a given rate, with a progress bar and a verdict. Time is virtual, so is what it measures. */

import { CompactionRequest, DefragmentRequest, DeleteRangeRequest, PutRequest, RangeRequest } from '#api/gen/rpc.ts';
import { KVService, MaintenanceService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { goQuote } from '#ctl/duration.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import type { FlagSpec } from '#ctl/etcdctl/flags.ts';
import { prefixEnd } from '#ctl/etcdctl/kv-ops.ts';
import { barLine } from '#ctl/etcdctl/progress-bar.ts';
import {
  become,
  errorText,
  exit,
  Exit,
  fail,
  flagBool,
  flagString,
  must,
  type Answer,
  type Ask,
  type Outcome,
  type Script,
  type ScriptContext,
} from '#ctl/etcdctl/script.ts';

/** A load of etcdctl: writes a second and clients at once. */
interface Load {
  readonly limit: number;
  readonly clients: number;
}
const LOADS: Readonly<Record<string, Load>> = {
  s: { limit: 150, clients: 50 },
  m: { limit: 1000, clients: 200 },
  l: { limit: 8000, clients: 500 },
  xl: { limit: 15000, clients: 1000 },
};
const NAMES: Readonly<Record<string, string>> = { small: 's', medium: 'm', large: 'l', xLarge: 'xl' };
/** A minute of more is hundreds of megabytes, which a tab does not hold. */
const LIMIT_MAX = 1000;

const SECONDS = 60;
const TICKS_PER_SECOND = 10;
const TICK_TIMER = 1;
const KEY_BYTES = 256;
const VALUE = new Uint8Array(1024).fill(120);
/** etcdctl's bounds of a good cluster. */
const RATE_MIN = 0.9;
const SLOWEST_SECONDS_MAX = 0.5;
const STDDEV_SECONDS_MAX = 0.1;

/** What was measured so far; plain data. Times in seconds. */
type Measure = {
  readonly tick: number;
  readonly sent: number;
  readonly inFlight: number;
  readonly done: number;
  readonly sum: number;
  readonly squares: number;
  readonly slowest: number;
  /** How often each error came. */
  readonly errors: Readonly<Record<string, number>>;
};

function loadOf(ctx: ScriptContext): Load {
  const name = flagString(ctx, 'load');
  const load = Object.hasOwn(NAMES, name) ? LOADS[NAMES[name] ?? ''] : Object.hasOwn(LOADS, name) ? LOADS[name] : undefined;
  return load ?? fail(Exit.BadFeature, `unknown load option ${name}`);
}

function* perf(ctx: ScriptContext): Script {
  const load = loadOf(ctx);
  if (load.limit > LIMIT_MAX)
    fail(
      Exit.Error,
      `${load.limit} writes/s for a minute are more than the playground holds in memory: --load=s or --load=m can be run here`,
    );
  yield* connect(ctx);
  const prefix = flagString(ctx, 'prefix');
  const key = utf8(prefix);
  const found = yield* must(KVService.Range, RangeRequest.create({ key, rangeEnd: prefixEnd(key), limit: 1n, keysOnly: true }));
  if (found.kvs.length > 0)
    fail(Exit.InvalidInput, `prefix ${goQuote(prefix)} has keys. Delete with etcdctl del --prefix ${prefix} first.`);
  ctx.timer(TICK_TIMER, 1e6 / TICKS_PER_SECOND);
  ctx.stdout(barLine(0, SECONDS, ctx.start.columns));
  return become('check perf run', { tick: 0, sent: 0, inFlight: 0, done: 0, sum: 0, squares: 0, slowest: 0, errors: {} } satisfies Measure);
}

/** The nth put; its key is new. */
const putOf = (prefix: string, n: number): Uint8Array =>
  PutRequest.encode(PutRequest.create({ key: utf8(prefix + String(n).padStart(KEY_BYTES, '0')), value: VALUE })).finish();

/** Sends what is due; no client sends before its last put is answered. */
function sendDue(ctx: ScriptContext, m: Measure): Measure {
  const { limit, clients } = loadOf(ctx);
  if (m.tick >= SECONDS * TICKS_PER_SECOND) return m;
  const due = Math.min(Math.floor(((m.tick + 1) * limit) / TICKS_PER_SECOND) - m.sent, clients - m.inFlight);
  for (let i = 1; i <= due; i++) ctx.call(m.sent + i, KVService.Put.path, putOf(flagString(ctx, 'prefix'), m.sent + i));
  return due <= 0 ? m : { ...m, sent: m.sent + due, inFlight: m.inFlight + due };
}

function tookOne(m: Measure, event: Extract<Answer, { readonly type: 'called' }>): Measure {
  const { error, tookMicros } = event.answer;
  if (error !== undefined) {
    const text = errorText(error);
    return { ...m, inFlight: m.inFlight - 1, errors: { ...m.errors, [text]: (m.errors[text] ?? 0) + 1 } };
  }
  const took = tookMicros / 1e6;
  return {
    ...m,
    inFlight: m.inFlight - 1,
    done: m.done + 1,
    sum: m.sum + took,
    squares: m.squares + took * took,
    slowest: Math.max(m.slowest, took),
  };
}

function* perfRun(ctx: ScriptContext, data: Plain): Script {
  const before = data as Measure; // only perf and this phase enter it
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') return exit(event.signal === 'INT' ? 130 : 143);
  let m = before;
  if (event.type === 'called') m = tookOne(before, event);
  if (event.type === 'timer') {
    m = { ...before, tick: before.tick + 1 };
    if (m.tick < SECONDS * TICKS_PER_SECOND) ctx.timer(TICK_TIMER, 1e6 / TICKS_PER_SECOND);
    if (m.tick % TICKS_PER_SECOND === 0) ctx.stdout(barLine(m.tick / TICKS_PER_SECOND, SECONDS, ctx.start.columns));
  }
  m = sendDue(ctx, m);
  if (m.tick < SECONDS * TICKS_PER_SECOND || m.inFlight > 0) return become('check perf run', m);
  ctx.stdout('\n');
  yield* cleanUp(ctx);
  return verdict(ctx, m);
}

/** Deletes what was written and, if wished, gives its space back. */
function* cleanUp(ctx: ScriptContext): Generator<Ask, void, Answer> {
  const key = utf8(flagString(ctx, 'prefix'));
  const deleted = yield* must(KVService.DeleteRange, DeleteRangeRequest.create({ key, rangeEnd: prefixEnd(key) }));
  const revision = deleted.header?.revision ?? 0n;
  if (flagBool(ctx, 'auto-compact')) {
    ctx.stdout(`Compacting with revision ${revision}\n`);
    yield* must(KVService.Compact, CompactionRequest.create({ revision, physical: true }));
    ctx.stdout(`Compacted with revision ${revision}\n`);
  }
  if (!flagBool(ctx, 'auto-defrag')) return;
  for (const endpoint of ctx.endpoints) {
    ctx.stdout(`Defragmenting ${goQuote(endpoint)}\n`);
    yield* must(MaintenanceService.Defragment, DefragmentRequest.create(), endpoint);
    ctx.stdout(`Defragmented ${goQuote(endpoint)}\n`);
  }
}

function verdict(ctx: ScriptContext, m: Measure): Outcome {
  const rate = m.done / SECONDS;
  const mean = m.done === 0 ? 0 : m.sum / m.done;
  const stddev = m.done === 0 ? 0 : Math.sqrt(Math.max(0, m.squares / m.done - mean * mean));
  const lines: string[] = [];
  const failures = Object.entries(m.errors);
  if (failures.length > 0) lines.push('FAIL: too many errors', ...failures.map(([text, n]) => `FAIL: ERROR(${text}) -> ${n}`));
  const judge = (good: boolean, pass: string, failed: string): boolean => {
    lines.push(good ? `PASS: ${pass}` : failed);
    return good;
  };
  const writes = Math.floor(rate) + 1;
  const results = [
    failures.length === 0,
    judge(rate / loadOf(ctx).limit > RATE_MIN, `Throughput is ${writes} writes/s`, `FAIL: Throughput too low: ${writes} writes/s`),
    judge(
      m.slowest <= SLOWEST_SECONDS_MAX,
      `Slowest request took ${m.slowest.toFixed(6)}s`,
      `Slowest request took too long: ${m.slowest.toFixed(6)}s`,
    ),
    judge(stddev <= STDDEV_SECONDS_MAX, `Stddev is ${stddev.toFixed(6)}s`, `Stddev too high: ${stddev.toFixed(6)}s`),
  ];
  const good = results.every(Boolean);
  ctx.stdout([...lines, good ? 'PASS' : 'FAIL', ''].join('\n'));
  return exit(good ? Exit.Success : Exit.Error);
}

/** It weighs a server's memory, and the members have none of their own here. */
function* datascale(ctx: ScriptContext): Script {
  yield* [];
  loadOf(ctx);
  return fail(
    Exit.Error,
    'check datascale weighs the memory of a server process, and all members share that of the tab: check perf can be run here',
  );
}

const flags = (prefix: string): readonly FlagSpec[] => [
  { name: 'auto-compact', type: 'bool', fallback: 'false', usage: 'compact the store afterwards' },
  { name: 'auto-defrag', type: 'bool', fallback: 'false', usage: 'defragment the members afterwards' },
  { name: 'load', type: 'string', fallback: 's', usage: 's (small), m (medium), l (large) or xl (xLarge)' },
  { name: 'prefix', type: 'string', fallback: prefix, usage: 'where its keys go' },
];

export const checkCommand: Command = {
  name: 'check',
  use: '<subcommand>',
  short: 'Measures a cluster',
  flags: [],
  children: [
    {
      name: 'datascale',
      use: '[options]',
      short: 'Weighs the memory that keys take (explained)',
      flags: flags('/etcdctl-check-datascale/'),
      run: datascale,
    },
    {
      name: 'perf',
      use: '[options]',
      short: 'Measures writes for a minute',
      flags: flags('/etcdctl-check-perf/'),
      run: perf,
      phases: { 'check perf run': perfRun },
    },
  ],
};
