/** JSON values for jq. Numbers beyond what JavaScript holds exactly keep their text: ids and revisions of etcd have 64 bits. */

import { scanJson, type JsonNode } from '#api/json/scan.ts';
import type { Json } from '#ctl/shell/tools/jq-values.ts';

/** A text that is no JSON. */
export class JsonProblem extends Error {
  override readonly name = 'JsonProblem';
}

/** All values of a text, one after another. @throws JsonProblem */
export function readJsonTexts(text: string): readonly Json[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const whole = scanJson(trimmed);
  if (whole.type === 'ok') return [valueOf(whole.node)];
  const out: Json[] = [];
  let held = '';
  for (const line of trimmed.split('\n')) {
    held += `${line}\n`;
    const scanned = scanJson(held.trim());
    if (scanned.type !== 'ok') continue;
    out.push(valueOf(scanned.node));
    held = '';
  }
  if (held.trim() !== '') throw new JsonProblem('Invalid JSON text');
  return out;
}

function valueOf(node: JsonNode): Json {
  switch (node.type) {
    case 'object':
      return new Map(node.entries.map(([key, value]) => [key, valueOf(value)] as const));
    case 'array':
      return node.items.map(valueOf);
    case 'string':
      return node.text;
    case 'number': {
      const number = Number(node.text);
      return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(node.text) ? BigInt(node.text) : number;
    }
    case 'bool':
      return node.value;
    case 'null':
      return null;
  }
}

const isList = (value: Exclude<Json, string | number | bigint | boolean | null>): value is readonly Json[] => Array.isArray(value);
const byText = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : a > b ? 1 : 0);

/** @param indent blanks a level, 0 for one line */
export function jsonText(value: Json, indent: number, sorted = false, level = 1): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return JSON.stringify(value);
  const gap = indent === 0 ? '' : `\n${' '.repeat(indent * level)}`;
  const end = indent === 0 ? '' : `\n${' '.repeat(indent * (level - 1))}`;
  const inner = (v: Json): string => jsonText(v, indent, sorted, level + 1);
  if (!isList(value)) {
    const entries = sorted ? [...value].toSorted(byText) : [...value];
    const colon = indent === 0 ? ':' : ': ';
    return entries.length === 0 ? '{}' : `{${entries.map(([k, v]) => `${gap}${JSON.stringify(k)}${colon}${inner(v)}`).join(',')}${end}}`;
  }
  return value.length === 0 ? '[]' : `[${value.map((v) => gap + inner(v)).join(',')}${end}]`;
}
