/** etcdctl put, get, del, compaction. */

import type { Bytes } from '#kernel/bytes.ts';
import { CompactionRequest } from '#api/gen/rpc.ts';
import { KVService } from '#api/rpc.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { outputFormat } from '#ctl/etcdctl/display.ts';
import { parseGoInt } from '#ctl/etcdctl/flags.ts';
import {
  COUNT_ONLY_FLAG,
  DEL_FLAGS,
  DEL_RANGE_FLAG,
  delRequest,
  GET_FLAGS,
  getRequest,
  PUT_FLAGS,
  putRequest,
} from '#ctl/etcdctl/kv-ops.ts';
import { printDelete, printPut, printRange } from '#ctl/etcdctl/kv-print.ts';
import { exit, Exit, fail, flagBool, must, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

function* put(ctx: ScriptContext): Script {
  let input: Bytes | undefined;
  if (ctx.args.length === 1 && !flagBool(ctx, 'ignore-value')) {
    const answer = yield { type: 'input' };
    if (answer.type === 'input' && answer.data.length > 0) input = answer.data;
  }
  const request = putRequest(ctx.args, ctx.flags, input);
  yield* connect(ctx);
  printPut(ctx, yield* must(KVService.Put, request));
  return exit();
}

function* get(ctx: ScriptContext): Script {
  const request = getRequest(ctx.args, ctx.flags);
  yield* connect(ctx);
  const response = yield* must(KVService.Range, request);
  const format = outputFormat(ctx);
  if (flagBool(ctx, 'count-only') && format !== 'fields') fail(Exit.BadArgs, '--count-only is only for `--write-out=fields`');
  const valueOnly = flagBool(ctx, 'print-value-only');
  if (valueOnly && format !== 'simple') fail(Exit.BadArgs, 'print-value-only is only for `--write-out=simple`');
  printRange(ctx, response, valueOnly);
  return exit();
}

function* del(ctx: ScriptContext): Script {
  const request = delRequest(ctx.args, ctx.flags);
  yield* connect(ctx);
  printDelete(ctx, yield* must(KVService.DeleteRange, request));
  return exit();
}

function* compaction(ctx: ScriptContext): Script {
  const [text] = ctx.args;
  if (text === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'compaction command needs 1 argument');
  const revision = parseGoInt(text, 10, 'int64');
  if (revision.type === 'error') return fail(Exit.Error, revision.message);
  yield* connect(ctx);
  yield* must(KVService.Compact, CompactionRequest.create({ revision: revision.value, physical: flagBool(ctx, 'physical') }));
  ctx.stdout(`compacted revision ${revision.value}\n`);
  return exit();
}

/** @param newer whether the modelled release is 3.5 or later */
export const kvCommands = (newer: boolean): readonly Command[] => [
  { name: 'put', use: '<key> [value]', short: 'Stores a value under a key', flags: PUT_FLAGS, run: put },
  {
    name: 'get',
    use: '<key> [range_end]',
    short: 'Reads a key or a range of keys',
    flags: newer ? [...GET_FLAGS, COUNT_ONLY_FLAG] : GET_FLAGS,
    run: get,
  },
  {
    name: 'del',
    use: '<key> [range_end]',
    short: 'Deletes a key or a range of keys',
    flags: newer ? [...DEL_FLAGS, DEL_RANGE_FLAG] : DEL_FLAGS,
    run: del,
  },
  {
    name: 'compaction',
    use: '<revision>',
    short: 'Forgets the history before a revision',
    flags: [{ name: 'physical', type: 'bool', fallback: 'false', usage: 'wait until it is gone from the backend' }],
    run: compaction,
  },
];
