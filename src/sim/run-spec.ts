/**
 * A run as data: (engine version, seed, options, timed commands). This is what a link, a stored run and a bug report hold; equal specs give
 * equal traces, byte for byte. Options that equal the defaults of their profile are left out of the encoding, so that links stay short.
 */

import * as v from 'valibot';

import type { WorldCommand } from '#ctl/world-command.ts';
import { equalBytes, type Bytes } from '#kernel/bytes.ts';
import { DecodeError } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { worldCommandSchema } from '#sim/command-schema.ts';
import { defaultRunOptions, runOptionsSchema, type RunOptions } from '#sim/run-options.ts';

/** Changes whenever the same spec would give another trace. It is not the page's version. */
export const ENGINE_VERSION = '8';

/** A command and the virtual time (µs) that it is applied at, before the other events of that time. */
export interface TimedCommand {
  readonly at: number;
  readonly command: WorldCommand;
}

export interface RunSpec {
  readonly engine: string;
  /** A whole number in [0, 2^53). */
  readonly seed: number;
  readonly options: RunOptions;
  /** In the order in which they are applied; times never fall. Each in its canonical form (src/sim/command-schema.ts), which a world sees to itself. */
  readonly commands: readonly TimedCommand[];
}

/** Longest command list of a run: a world refuses further commands then. */
export const COMMANDS_MAX = 100_000;

/** `where` is a path into the data, such as `options.nodes`; empty for the whole. */
export type RunSpecResult =
  { readonly type: 'ok'; readonly spec: RunSpec } | { readonly type: 'error'; readonly where: string; readonly message: string };

const FORMAT = 1;

const specSchema = v.strictObject({
  engine: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  options: runOptionsSchema,
  commands: v.pipe(
    v.array(v.strictObject({ at: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), command: worldCommandSchema })),
    v.maxLength(COMMANDS_MAX),
    v.check((list) => list.every((c, i) => c.at >= (list[i - 1]?.at ?? 0)), 'times of commands must not fall'),
  ),
});

/** A spec of the present engine without commands. */
export const newRunSpec = (seed: number, options: RunOptions): RunSpec => ({ engine: ENGINE_VERSION, seed, options, commands: [] });

/** Checks a spec that came from outside. */
export function validateRunSpec(input: unknown): RunSpecResult {
  const parsed = v.safeParse(specSchema, input);
  if (parsed.success) {
    const unknown = unknownField(input, parsed.output);
    return unknown === undefined
      ? { type: 'ok', spec: parsed.output }
      : { type: 'error', where: unknown.join('.'), message: 'there is no such field' };
  }
  const [issue] = parsed.issues;
  return { type: 'error', where: v.getDotPath(issue) ?? '', message: issue.message };
}

/** The path to a field with a value that was left out on the way, because the schema has none of that name. */
function unknownField(input: unknown, output: unknown): readonly string[] | undefined {
  if (typeof input !== 'object' || input === null || typeof output !== 'object' || output === null) return undefined;
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(output, name)) return [name];
    const within = unknownField(value, Reflect.get(output, name));
    if (within !== undefined) return [name, ...within];
  }
  return undefined;
}

// RunOptions and WorldCommand consist of plain data only; interfaces just have no index signature.
const asPlain = (value: object): Plain => value as unknown as Plain;

/** Compact bytes; the same spec always gives the same. */
export function encodeRunSpec(spec: RunSpec): Bytes {
  const defaults = new Map(Object.entries(defaultRunOptions(spec.options.profile)));
  const options: Record<string, Plain> = { profile: spec.options.profile };
  for (const [name, value] of Object.entries(spec.options)) {
    const plain = value as Plain; // every option is plain data
    if (!equalBytes(encodePlain(plain), encodePlain(defaults.get(name) as Plain))) options[name] = plain; // as above
  }
  return encodePlain([FORMAT, spec.engine, spec.seed, options, spec.commands.map((c) => [c.at, asPlain(c.command)])]);
}

/** Reads {@link encodeRunSpec}'s bytes, or says what is wrong where. */
export function decodeRunSpec(bytes: Bytes): RunSpecResult {
  const failed = (message: string, where = ''): RunSpecResult => ({ type: 'error', where, message });
  let plain: Plain;
  try {
    plain = decodePlain(bytes);
  } catch (error) {
    if (error instanceof DecodeError || error instanceof SyntaxError) return failed(`not a run: ${error.message}`);
    throw error;
  }
  if (!Array.isArray(plain)) return failed('not a run: no list at the top');
  const [format, engine, seed, options, commands, ...more] = plain as readonly Plain[]; // isArray forgets the items' type
  if (format !== FORMAT)
    return failed(`format ${typeof format === 'number' ? format : typeof format} is not known, this page reads ${FORMAT}`);
  if (more.length > 0) return failed('more parts than a run has');
  if (!isRecord(options)) return failed('must be an object', 'options');
  if (!Array.isArray(commands)) return failed('must be a list', 'commands');
  const list = commands as readonly Plain[]; // isArray forgets the items' type
  const timed = list.map((c): unknown => {
    if (!Array.isArray(c) || c.length !== 2) return c;
    const [at, command] = c as readonly Plain[]; // as above
    return { at, command };
  });
  const profile = options['profile'] === '3.4.23' ? '3.4.23' : '3.5';
  return validateRunSpec({ engine, seed, options: { ...defaultRunOptions(profile), ...options }, commands: timed });
}

function isRecord(value: Plain | undefined): value is Readonly<Record<string, Plain>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
