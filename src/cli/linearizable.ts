/**
 * `npm run linearizable -- FILE…`: whether histories of a key-value store are linearizable, by complete search. A file holds one operation a line, as JSON:
 * `{"client":"c1","begin":0,"end":12,"op":"put","key":"x","value":"1"}`; `op` is `put`, `get` (`value`: what it showed, null for nothing), `delete` or
 * `cas` (`expected`, `value`, and `ok`: whether it was done). Without `end` the outcome is unknown. The last line is `N histories, M violations`;
 * exit code 1 if M > 0, 2 for a file that is none.
 */

import { readFileSync } from 'node:fs';
import * as v from 'valibot';

import type { Action, ActionResult, Operation, TxnRequest } from '#checker/history.ts';
import { checkLinearizable } from '#checker/linearizable.ts';
import { violationText } from '#checker/violation.ts';

const text = v.pipe(v.string(), v.maxLength(100_000));
const line = v.object({
  client: text,
  begin: v.pipe(v.number(), v.finite()),
  end: v.optional(v.nullable(v.pipe(v.number(), v.finite()))),
  op: v.picklist(['put', 'get', 'delete', 'cas']),
  key: text,
  value: v.optional(v.nullable(text)),
  expected: v.optional(text),
  ok: v.optional(v.boolean()),
});
type Line = v.InferOutput<typeof line>;

function operationOf(one: Line, call: number): Operation {
  const { key, value, end, client } = one;
  const range = { start: key, end: undefined };
  const read: Action = { type: 'range', range, revision: 0, limit: 0, countOnly: false, keysOnly: false };
  const put: Action = { type: 'put', key, value: value ?? '', lease: 0n, prevKv: false };
  const kvs = typeof value === 'string' ? [{ key, value, create: 0, mod: 0, version: 0, lease: 0n }] : [];
  const isDone = one.ok ?? true;
  const [action, result]: readonly [Action, ActionResult] =
    one.op === 'get'
      ? [read, { type: 'range', kvs, count: kvs.length, more: false }]
      : one.op === 'delete'
        ? [
            { type: 'delete', range, prevKv: false },
            { type: 'delete', deleted: isDone ? 1 : 0, previous: [] },
          ]
        : [put, { type: 'put', previous: undefined }];
  const guards: TxnRequest['guards'] = one.op === 'cas' ? [{ key, target: 'value', result: 'equal', wanted: one.expected ?? '' }] : [];
  const succeeded = one.op !== 'cas' || isDone;
  const request: TxnRequest = { type: 'txn', guards, success: [action], failure: [], serializable: false };
  const common = { client, call, member: 0, request, invokedAt: one.begin };
  if (typeof end !== 'number') return { ...common, outcome: { type: 'unknown', message: 'no answer' }, returnedAt: Infinity };
  const answer = { type: 'txn', revision: 0, succeeded, results: succeeded ? [result] : [] } as const;
  return { ...common, outcome: { type: 'ok', answer }, returnedAt: end };
}

/** The operations of a file. @throws Error that names the line */
function readHistory(content: string): readonly Operation[] {
  return content.split('\n').flatMap((raw, i): readonly Operation[] => {
    if (raw.trim() === '') return [];
    try {
      return [operationOf(v.parse(line, JSON.parse(raw)), i + 1)];
    } catch (error) {
      throw new Error(`line ${i + 1}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  });
}

function main(files: readonly string[]): number {
  if (files.length === 0) {
    console.error('usage: npm run linearizable -- FILE…');
    return 2;
  }
  let violations = 0;
  for (const file of files) {
    try {
      const end = checkLinearizable(readHistory(readFileSync(file, 'utf8')), { revisions: false });
      if (end.type === 'violated') violations++;
      console.log(
        `${file}: ${end.type === 'violated' ? violationText(end.violation) : end.type === 'holds' ? 'linearizable' : `undecided after ${end.steps} steps`}`,
      );
    } catch (error) {
      console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
      return 2;
    }
  }
  console.log(`${files.length} histories, ${violations} violations`);
  return violations === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
