/** Shape and limits of recorded world commands as they come from a link, a stored run or another tab. */

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
const text = v.pipe(v.string(), v.maxLength(TEXT_MAX));
const onNodes = <const T extends string>(type: T) => v.strictObject({ type: v.literal(type), nodes: refs });

/** A world command from outside. */
export const worldCommandSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('kill'),
    nodes: refs,
    powerLoss: v.boolean(),
    at: v.exactOptional(v.pipe(v.string(), v.regex(/^\w{1,64}$/, 'not a name'))),
  }),
  onNodes('crash'),
  onNodes('restart'),
  v.strictObject({ type: v.literal('launch'), flags: launchFlagsSchema }),
  v.strictObject({ type: v.literal('start-member'), node: ref, changes: launchChangesSchema }),
  onNodes('freeze'),
  onNodes('thaw'),
  onNodes('wipe'),
  onNodes('isolate'),
  onNodes('timeout'),
  v.strictObject({ type: v.literal('partition'), sides: v.pipe(v.array(refs), v.minLength(1), v.maxLength(16)) }),
  v.strictObject({ type: v.literal('heal'), all: v.exactOptional(v.literal(true)) }),
  v.strictObject({
    type: v.literal('link'),
    from: ref,
    to: ref,
    both: v.boolean(),
    settings: v.strictObject({
      cut: v.exactOptional(v.boolean()),
      latency: v.exactOptional(latencySchema),
      loss: v.exactOptional(chance),
      duplicate: v.exactOptional(chance),
      reorder: v.exactOptional(chance),
      bandwidth: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(1e15))),
    }),
  }),
  v.strictObject({
    type: v.literal('disk'),
    nodes: refs,
    settings: v.strictObject({
      walLatency: v.exactOptional(latencySchema),
      backendLatency: v.exactOptional(latencySchema),
      full: v.exactOptional(v.boolean()),
      failFsync: v.exactOptional(v.boolean()),
      tear: v.exactOptional(v.union([bytes, v.literal(false)])),
      corrupt: v.exactOptional(v.union([bytes, v.literal('random')])),
      corruptFile: v.exactOptional(v.pipe(v.string(), v.regex(DATA_FILE, 'no file of a data directory'))),
    }),
  }),
  v.strictObject({
    type: v.literal('clock'),
    nodes: refs,
    rate: v.exactOptional(v.pipe(v.number(), v.minValue(0.01), v.maxValue(100))),
    jumpMicros: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(-JUMP_MICROS_MAX), v.maxValue(JUMP_MICROS_MAX))),
  }),
  v.strictObject({ type: v.literal('timers'), nodes: refs, mode: v.picklist(['align', 'spread']) }),
  v.strictObject({ type: v.literal('client'), client: ref, retry: v.picklist(['none', 'blind']) }),
  // A file of JSON has no key for what is undefined; the order of the keys is part of the trace.
  v.pipe(
    v.strictObject({
      type: v.literal('start'),
      process: processName,
      client: ref,
      argv: v.pipe(v.array(text), v.minLength(1), v.maxLength(4096)),
      env: v.record(v.string(), text),
      stdin: v.optional(text),
      columns: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(10_000)),
    }),
    v.transform(({ type, process, client, argv, env, stdin, columns }) => ({ type, process, client, argv, env, stdin, columns })),
  ),
  v.strictObject({ type: v.literal('stdin'), process: processName, data: text, end: v.boolean() }),
  v.strictObject({ type: v.literal('signal'), process: processName, signal: v.picklist(['INT', 'TERM', 'KILL']) }),
  v.strictObject({
    type: v.literal('file'),
    action: v.picklist(['write', 'append', 'remove', 'mkdir', 'rename']),
    path: v.pipe(v.string(), v.startsWith('/'), v.maxLength(1024)),
    text,
    base64: v.boolean(),
  }),
  v.strictObject({
    type: v.literal('message'),
    event: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    action: v.picklist(['drop', 'duplicate', 'deliver', 'delay']),
    delayMicros: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(60_000_000)),
  }),
]) satisfies v.GenericSchema<unknown, WorldCommand>;
