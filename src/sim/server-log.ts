/**
 * The log of a member as its process prints it: zap's JSON in 3.5, capnslog's lines in 3.4. It is made from the trace when somebody reads it and is no part
 * of the run. Named deviations: there is no `caller` (the lines are not of etcd's source); 3.4 has the texts of its zap logger, with their fields behind them.
 */

import type { ServerLine } from '#ctl/server/start.ts';
import { LOG_LEVELS } from '#etcd/log-lines.ts';
import type { NodeId } from '#kernel/brand.ts';
import { toHex, type Bytes } from '#kernel/bytes.ts';
import { civilDate } from '#kernel/calendar.ts';
import { decodePlain, type Plain } from '#kernel/plain.ts';
import { decodeEvent } from '#raft/event-codec.ts';
import { logLine } from '#raft/log-text.ts';
import { decodeTrace } from '#trace/event.ts';
import type { RunOptions } from '#sim/run-options.ts';

/** What lines need to know: the profile decides the form, the epoch what time it is. */
export type LogForm = Pick<RunOptions, 'profile' | 'epochMillis'>;

interface Entry {
  readonly level: string;
  /** `raft` for the core's lines. */
  readonly logger: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, Plain>>;
}

/** A line that no member wrote. @param at virtual µs */
export const serverLine = (form: LogForm, at: number, { level, message, fields }: ServerLine): string =>
  lineOf(form, at, { level, logger: '', message, fields });

/** The lines of a block of a member's trace, `''` if it has none. @param id who the member is, for the core's lines */
export function logText(form: LogForm, block: Bytes, id: NodeId): string {
  let text = '';
  for (const event of decodeTrace(block)) {
    if (event.type === 'log') {
      const fields = decodePlain(event.fields);
      const level = LOG_LEVELS[event.level] ?? 'info';
      text += level === 'debug' ? '' : lineOf(form, event.at, { ...event, level, fields: isRecord(fields) ? fields : {} });
    } else if (event.type === 'raft') {
      const line = logLine(decodeEvent(event.event), id);
      if (line !== undefined && line.level !== 'DEBUG')
        text += lineOf(form, event.at, { level: line.level.toLowerCase(), logger: 'raft', message: decimalVoters(line.text), fields: {} });
    }
  }
  return text;
}

/** Raft of etcd 3.4 and 3.5 writes the ids of a configuration in decimal, later ones in hex like all others. */
const decimalVoters = (text: string): string =>
  text.replace(/ switched to configuration .*$/, (rest) =>
    rest.replace(/\b[0-9a-f]{1,16}\b(?=[ )])/g, (id) => BigInt(`0x${id}`).toString()),
  );

const isRecord = (value: Plain): value is Readonly<Record<string, Plain>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function lineOf({ profile, epochMillis }: LogForm, at: number, entry: Entry): string {
  const { level, logger, message, fields } = entry;
  const { date, time } = stampOf(epochMillis, at);
  if (profile !== '3.4.23') {
    const head = [`"level":"${level}"`, `"ts":"${date}T${time}Z"`, ...(logger === '' ? [] : [`"logger":"${logger}"`])];
    const rest = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`);
    return `{${[...head, `"msg":${JSON.stringify(message)}`, ...rest].join(',')}}\n`;
  }
  if (logger === 'raft') return `raft${date.replaceAll('-', '/')} ${time.slice(0, 8)} ${level.toUpperCase()}: ${message}\n`;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : jsonOf(value)}`);
  return `${date} ${time} ${LETTERS[level] ?? 'I'} | etcdserver: ${message}${rest.join('')}\n`;
}

/** capnslog's letters: what is fatal is critical. */
const LETTERS: Readonly<Record<string, string>> = { info: 'I', warn: 'W', error: 'E', fatal: 'C' };

/** A member's ids are texts in its fields; a number that JSON cannot hold is written whole. */
function jsonOf(value: Plain): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (value instanceof Uint8Array) return JSON.stringify(toHex(value));
  if (Array.isArray(value)) return `[${value.map((item: Plain) => jsonOf(item)).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, item]: readonly [string, Plain]) => `${JSON.stringify(name)}:${jsonOf(item)}`)
    .join(',')}}`;
}

const DAY_MILLIS = 86_400_000;

/** Virtual time as a date and a time of day with microseconds, in UTC. */
function stampOf(epochMillis: number, at: number): { readonly date: string; readonly time: string } {
  const millis = epochMillis + Math.floor(at / 1000);
  const { year, month, day } = civilDate(Math.floor(millis / DAY_MILLIS));
  const rest = millis % DAY_MILLIS;
  const digits = (value: number, length: number): string => `${Math.floor(value)}`.padStart(length, '0');
  const seconds = `${digits(rest / 3_600_000, 2)}:${digits((rest / 60_000) % 60, 2)}:${digits((rest / 1000) % 60, 2)}`;
  return { date: `${year}-${digits(month, 2)}-${digits(day, 2)}`, time: `${seconds}.${digits(rest % 1000, 3)}${digits(at % 1000, 3)}` };
}
