/**
 * Shape, limits and canonical form of world commands. Whatever comes in (typed, from a link, a file, another tab, a test) goes through it before it is
 * recorded, because the bytes of a command are part of the trace: fields in the order that stands here, none that is undefined, no zero below zero.
 */

import * as v from 'valibot';

import { DATA_FILE } from '#ctl/play-faults.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { launchChangesSchema, launchFlagsSchema } from '#sim/launch-schema.ts';
import { latencySchema } from '#sim/run-options.ts';

const ref = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'not a name'));
const refs = v.pipe(v.array(ref), v.minLength(1), v.maxLength(64));
const chance = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const processName = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** UTF-16 units of one piece of text in a command. */
const TEXT_MAX = 4 * 1024 * 1024;
const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 40));
/** A jump of a clock, at most ten years either way, µs. */
const JUMP_MICROS_MAX = 10 * 366 * 86_400 * 1_000_000;
/** UTF-16 units of why a member crashed. */
export const CRASH_REASON_MAX = 300;
const text = v.pipe(v.string(), v.maxLength(TEXT_MAX));
const onNodes = <const T extends string>(type: T) => v.object({ type: v.literal(type), nodes: refs });

/** Names of variables that a shell can set. */
const env = v.pipe(
  v.record(v.pipe(v.string(), v.regex(/^\w{1,256}$/, 'not a name of a variable')), text),
  v.transform((variables) => Object.fromEntries(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)))),
);

const commands = v.variant('type', [
  v.object({
    type: v.literal('kill'),
    nodes: refs,
    powerLoss: v.boolean(),
    at: v.exactOptional(v.pipe(v.string(), v.regex(/^\w{1,64}$/, 'not a name'))),
  }),
  v.object({
    type: v.literal('crash'),
    nodes: refs,
    reason: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(CRASH_REASON_MAX))),
  }),
  onNodes('restart'),
  v.object({ type: v.literal('launch'), flags: launchFlagsSchema }),
  v.object({ type: v.literal('start-member'), node: ref, changes: launchChangesSchema }),
  onNodes('freeze'),
  onNodes('thaw'),
  onNodes('wipe'),
  onNodes('isolate'),
  onNodes('timeout'),
  v.object({ type: v.literal('partition'), sides: v.pipe(v.array(refs), v.minLength(1), v.maxLength(16)) }),
  v.object({ type: v.literal('heal'), all: v.exactOptional(v.literal(true)) }),
  v.object({
    type: v.literal('link'),
    from: ref,
    to: ref,
    both: v.boolean(),
    settings: v.object({
      cut: v.exactOptional(v.boolean()),
      latency: v.exactOptional(latencySchema),
      loss: v.exactOptional(chance),
      duplicate: v.exactOptional(chance),
      reorder: v.exactOptional(chance),
      bandwidth: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e15))),
    }),
  }),
  v.object({
    type: v.literal('disk'),
    nodes: refs,
    settings: v.object({
      walLatency: v.exactOptional(latencySchema),
      backendLatency: v.exactOptional(latencySchema),
      full: v.exactOptional(v.boolean()),
      failFsync: v.exactOptional(v.boolean()),
      tear: v.exactOptional(v.union([bytes, v.literal(false)])),
      corrupt: v.exactOptional(v.union([bytes, v.literal('random')])),
      corruptFile: v.exactOptional(v.pipe(v.string(), v.regex(DATA_FILE, 'no file of a data directory'))),
    }),
  }),
  v.object({
    type: v.literal('clock'),
    nodes: refs,
    rate: v.exactOptional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))),
    jumpMicros: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(-JUMP_MICROS_MAX), v.maxValue(JUMP_MICROS_MAX))),
  }),
  v.object({ type: v.literal('timers'), nodes: refs, mode: v.picklist(['align', 'spread']) }),
  v.object({ type: v.literal('client'), client: ref, retry: v.picklist(['none', 'blind']) }),
  // The one field that is there without a value.
  v.pipe(
    v.object({
      type: v.literal('start'),
      process: processName,
      client: ref,
      argv: v.pipe(v.array(text), v.minLength(1), v.maxLength(4096)),
      env,
      stdin: v.optional(text),
      columns: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000)),
    }),
    v.transform(({ columns, ...others }) => ({ ...others, stdin: others.stdin, columns })),
  ),
  v.object({ type: v.literal('stdin'), process: processName, data: text, end: v.boolean() }),
  v.object({ type: v.literal('signal'), process: processName, signal: v.picklist(['INT', 'TERM', 'KILL']) }),
  v.object({
    type: v.literal('file'),
    action: v.picklist(['write', 'append', 'remove', 'mkdir', 'rename']),
    path: v.pipe(v.string(), v.startsWith('/'), v.maxLength(1024)),
    text,
    base64: v.boolean(),
  }),
  v.object({
    type: v.literal('message'),
    event: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    action: v.picklist(['drop', 'duplicate', 'deliver', 'delay']),
    delayMicros: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(60_000_000)),
  }),
]) satisfies v.GenericSchema<unknown, WorldCommand>;

/** Deeper than any command goes: what lies there is left as it is, and refused. */
const DEPTH_MAX = 8;

/** A copy without undefined fields and without -0, which JSON writes as 0. */
function tidied(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return value + 0;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((item) => tidied(item, depth + 1));
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, tidied(field, depth + 1)]));
}

/** Commands that are known to be in their canonical form: a long run is played from its beginning more than once. */
const canonical = new WeakSet<object>();

/** A world command from outside in its canonical form. Fields that are not known are left out. */
export const worldCommandSchema = v.pipe(
  v.unknown(),
  v.transform((command) => tidied(command)),
  commands,
  v.transform((command) => {
    canonical.add(command);
    return command;
  }),
);

/** A command in the form in which it is recorded, or why none can be: which field, and what is wrong with it. */
export function canonicalCommand(
  command: WorldCommand,
): { readonly type: 'ok'; readonly command: WorldCommand } | { readonly type: 'error'; readonly message: string } {
  if (canonical.has(command)) return { type: 'ok', command };
  const parsed = v.safeParse(worldCommandSchema, command);
  if (parsed.success) return { type: 'ok', command: parsed.output };
  const [issue] = parsed.issues;
  return { type: 'error', message: [v.getDotPath(issue) ?? 'command', issue.message].join(': ') };
}
