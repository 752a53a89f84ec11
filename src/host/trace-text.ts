/** One event of the trace as a reader's line: who, what kind, and its fields as text. */

import { worldCommandLine } from '#ctl/world-command-line.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { eventActor, NO_EVENT } from '#kernel/brand.ts';
import { fromUtf8, toHex, type Bytes } from '#kernel/bytes.ts';
import { decodePlain } from '#kernel/plain.ts';
import { decodeEvent } from '#raft/event-codec.ts';
import { decodeTraceEvent } from '#trace/event.ts';
import type { TraceLine } from '#view/branch-comparison.ts';

/** Characters of one value. */
const VALUE_MAX = 200;

/** @param record one record of the trace, without its length. @param nameOf names an actor by its number */
export function traceLine(record: Bytes, nameOf: (actor: number) => string): TraceLine {
  const { type, id, cause, at, ...fields } = decodeTraceEvent(record);
  const actor = eventActor(id);
  const own = { at, actor: actor === 0 ? 'world' : nameOf(actor) };
  if (type === 'raft' && 'event' in fields && fields.event instanceof Uint8Array) {
    const { type: kind, ...said } = decodeEvent(fields.event);
    return { ...own, kind, fields: textsOf(said, nameOf) };
  }
  if (type === 'command' && 'command' in fields && fields.command instanceof Uint8Array) {
    const command = decodePlain(fields.command) as unknown as WorldCommand; // the world wrote it
    return { ...own, kind: type, fields: [['line', worldCommandLine(command) ?? command.type]] };
  }
  const more: readonly (readonly [string, string])[] = cause === NO_EVENT ? [] : [['because of', nameOfEvent(cause, nameOf)]];
  return { ...own, kind: type, fields: [...textsOf(fields, nameOf), ...more] };
}

function nameOfEvent(id: number, nameOf: (actor: number) => string): string {
  const stride = 2 ** 40;
  const actor = Math.floor(id / stride);
  return `${actor === 0 ? 'world' : nameOf(actor)} ${id % stride}`;
}

function textsOf(fields: object, nameOf: (actor: number) => string): readonly (readonly [string, string])[] {
  return Object.entries(fields).map(([name, value]: [string, unknown]) => [name, textOf(name, value, nameOf).slice(0, VALUE_MAX)]);
}

const ACTOR_FIELDS = new Set(['member', 'client']);

function textOf(name: string, value: unknown, nameOf: (actor: number) => string): string {
  if (typeof value === 'bigint') return value.toString(16);
  if (typeof value === 'number') return ACTOR_FIELDS.has(name) && value > 0 ? nameOf(value) : `${value}`;
  if (value instanceof Uint8Array) return isText(value) ? fromUtf8(value) : toHex(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === undefined) return String(value);
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString(16) : part));
}

const isText = (bytes: Bytes): boolean => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
