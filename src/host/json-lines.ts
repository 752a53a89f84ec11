/** Where in a JSON text something stands, for the error about it: JSON.parse forgets that. JSON is YAML, and its reader remembers. */

import { isMap, isScalar, isSeq, LineCounter, parseDocument, type ParsedNode } from 'yaml';

/** Texts longer than this are not read a second time for the sake of a line number. Characters. */
const TEXT_MAX = 4 * 1024 * 1024;

/** The line, from 1, of what a path leads to, or of the deepest part of the path that is there. */
export function lineOfPath(text: string, path: readonly string[]): number | undefined {
  if (text.length > TEXT_MAX) return undefined;
  const lines = new LineCounter();
  let node: ParsedNode | null = parseDocument(text, { lineCounter: lines, uniqueKeys: false }).contents;
  let line = node === null ? undefined : lines.linePos(node.range[0]).line;
  for (const name of path) {
    node = childOf(node, name);
    if (node === null) break;
    ({ line } = lines.linePos(node.range[0]));
  }
  return line;
}

function childOf(node: ParsedNode | null, name: string): ParsedNode | null {
  if (isMap<ParsedNode, ParsedNode | null>(node)) return node.items.find(({ key }) => isScalar(key) && key.value === name)?.value ?? null;
  if (isSeq<ParsedNode>(node)) return node.items[Number(name)] ?? null;
  return null;
}
