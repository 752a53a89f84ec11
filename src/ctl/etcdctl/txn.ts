/** etcdctl txn: comparisons, then two lists of requests, each ended by an empty line of standard input. */

import { fromUtf8 } from '#kernel/bytes.ts';
import type { TxnRequest, Compare, RequestOp } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { printTxn } from '#ctl/etcdctl/kv-print.ts';
import { exit, Exit, fail, flagBool, must, type Answer, type Ask, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { parseCompare, parseOperation } from '#ctl/etcdctl/txn-parse.ts';

/** Lines up to an empty one; a line that the input ends in is not taken. */
function* section<T>(
  ctx: ScriptContext,
  prompt: string,
  parse: (ctx: ScriptContext, line: string) => T,
): Generator<Ask, readonly T[], Answer> {
  if (flagBool(ctx, 'interactive')) ctx.stdout(`${prompt}:\n`);
  const items: T[] = [];
  for (;;) {
    const line = yield { type: 'line' };
    if (line.type !== 'line' || line.end) return fail(Exit.InvalidInput, 'EOF');
    const text = fromUtf8(line.data).trim();
    if (text === '') return items;
    items.push(parse(ctx, text));
  }
}

function* txn(ctx: ScriptContext): Script {
  if (ctx.args.length > 0) fail(Exit.BadArgs, 'txn command does not accept argument');
  const compare: readonly Compare[] = yield* section(ctx, 'compares', (_, line) => parseCompare(line));
  const success: readonly RequestOp[] = yield* section(ctx, 'success requests (get, put, del)', parseOperation);
  const failure: readonly RequestOp[] = yield* section(ctx, 'failure requests (get, put, del)', parseOperation);
  yield* connect(ctx);
  printTxn(ctx, yield* must(KVService.Txn, { compare, success, failure } satisfies TxnRequest));
  return exit();
}

export const txnCommand: Command = {
  name: 'txn',
  use: '[options]',
  short: 'Applies several requests at once, if comparisons hold',
  flags: [{ name: 'interactive', shorthand: 'i', type: 'bool', fallback: 'false', usage: 'ask for each part' }],
  run: txn,
};
