/** Printers of the key-value responses, also for those inside a transaction. */

import type { DeleteRangeResponse, PutResponse, RangeResponse, ResponseOp, TxnResponse } from '#api/gen/rpc.ts';
import { field, outputFormat, printHeader, printKv, printKvFields, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import type { ScriptContext } from '#ctl/etcdctl/script.ts';

export function printPut(ctx: ScriptContext, r: PutResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') return printMessage(ctx, 'etcdserverpb.PutResponse', r);
  if (format === 'simple') {
    ctx.stdout('OK\n');
    if (r.prevKv !== undefined) printKv(ctx, r.prevKv);
  } else if (format === 'fields') putFields(ctx, r);
  else printRest(ctx, format, 'etcdserverpb.PutResponse', r);
}

function putFields(ctx: ScriptContext, r: PutResponse): void {
  printHeader(ctx, r.header);
  if (r.prevKv !== undefined) printKvFields(ctx, 'Prev', r.prevKv);
}

export function printRange(ctx: ScriptContext, r: RangeResponse, valueOnly = false): void {
  const format = outputFormat(ctx);
  if (format === 'json') return printMessage(ctx, 'etcdserverpb.RangeResponse', r);
  if (format === 'simple') for (const kv of r.kvs) printKv(ctx, kv, valueOnly);
  else if (format === 'fields') rangeFields(ctx, r);
  else printRest(ctx, format, 'etcdserverpb.RangeResponse', r);
}

function rangeFields(ctx: ScriptContext, r: RangeResponse): void {
  printHeader(ctx, r.header);
  for (const kv of r.kvs) printKvFields(ctx, '', kv);
  field(ctx, 'More', r.more);
  field(ctx, 'Count', r.count);
}

export function printDelete(ctx: ScriptContext, r: DeleteRangeResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') return printMessage(ctx, 'etcdserverpb.DeleteRangeResponse', r);
  if (format === 'simple') {
    ctx.stdout(`${r.deleted}\n`);
    for (const kv of r.prevKvs) printKv(ctx, kv);
  } else if (format === 'fields') deleteFields(ctx, r);
  else printRest(ctx, format, 'etcdserverpb.DeleteRangeResponse', r);
}

function deleteFields(ctx: ScriptContext, r: DeleteRangeResponse): void {
  printHeader(ctx, r.header);
  field(ctx, 'Deleted', r.deleted);
  for (const kv of r.prevKvs) printKvFields(ctx, 'Prev', kv);
}

export function printTxn(ctx: ScriptContext, r: TxnResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') return printMessage(ctx, 'etcdserverpb.TxnResponse', r);
  if (format === 'simple') {
    ctx.stdout(r.succeeded ? 'SUCCESS\n' : 'FAILURE\n');
    for (const op of r.responses) {
      ctx.stdout('\n');
      printOp(ctx, op);
    }
  } else if (format === 'fields') {
    printHeader(ctx, r.header);
    field(ctx, 'Succeeded', r.succeeded);
    for (const op of r.responses) printOp(ctx, op);
  } else printRest(ctx, format, 'etcdserverpb.TxnResponse', r);
}

function printOp(ctx: ScriptContext, op: ResponseOp): void {
  switch (op.response?.type) {
    case 'responseRange':
      return printRange(ctx, op.response.value);
    case 'responsePut':
      return printPut(ctx, op.response.value);
    case 'responseDeleteRange':
      return printDelete(ctx, op.response.value);
    case 'responseTxn':
      return printTxn(ctx, op.response.value);
    case undefined:
      return;
  }
}
