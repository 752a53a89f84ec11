/** Printers of watch responses. */

import { ResponseHeader, type WatchResponse } from '#api/gen/rpc.ts';
import { eventName, field, outputFormat, printHeader, printJson, printKv, printKvFields, printRest } from '#ctl/etcdctl/display.ts';
import { jsonObject, messageJson } from '#ctl/etcdctl/go-text.ts';
import type { ScriptContext } from '#ctl/etcdctl/script.ts';

export function printWatch(ctx: ScriptContext, r: WatchResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') {
    printJson(
      ctx,
      jsonObject(
        ['Header', messageJson('etcdserverpb.ResponseHeader', r.header ?? ResponseHeader.create())],
        ['Events', r.events.map((e) => messageJson('mvccpb.Event', e))],
        ['CompactRevision', r.compactRevision],
        ['Canceled', r.canceled],
        ['Created', r.created],
      ),
    );
  } else if (format === 'simple') {
    for (const e of r.events) {
      ctx.stdout(`${eventName(e)}\n`);
      if (e.prevKv !== undefined) printKv(ctx, e.prevKv);
      if (e.kv !== undefined) printKv(ctx, e.kv);
    }
  } else if (format === 'fields') {
    printHeader(ctx, r.header);
    for (const e of r.events) {
      field(ctx, 'Type', eventName(e));
      if (e.prevKv !== undefined) printKvFields(ctx, 'Prev', e.prevKv);
      if (e.kv !== undefined) printKvFields(ctx, '', e.kv);
    }
  } else printRest(ctx, format, 'etcdserverpb.WatchResponse', { ...r, watchId: 0n, cancelReason: '', fragment: false });
}
