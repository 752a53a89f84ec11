/** The output formats (`-w`) and what all printers share. */

import { concatBytes, utf8, type Bytes } from '#kernel/bytes.ts';
import type { Event, KeyValue } from '#api/gen/kv.ts';
import type { ResponseHeader } from '#api/gen/rpc.ts';
import { METHODS } from '#api/rpc.ts';
import type { MessageCodec } from '#api/wire.ts';
import { goJson, hexBytes, messageJson, quoteBytes, type Json } from '#ctl/etcdctl/go-text.ts';
import { Exit, fail, flagBool, flagString, type ScriptContext } from '#ctl/etcdctl/script.ts';

export type Format = 'simple' | 'json' | 'fields' | 'table' | 'protobuf';

/** The format that was asked for; an unknown one ends the command. */
export function outputFormat(ctx: ScriptContext): Format {
  const name = flagString(ctx, 'write-out');
  switch (name) {
    case 'simple':
    case 'json':
    case 'fields':
    case 'table':
    case 'protobuf':
      return name;
    default:
      return fail(Exit.BadFeature, 'unsupported output format');
  }
}

/** Ends the command: its result has no such format. */
export const notSupported = (format: Format): never => fail(Exit.BadFeature, `${format} not supported as output format`);

const RESPONSES: ReadonlyMap<string, MessageCodec<unknown>> = new Map(
  [...METHODS.values()].map((method) => [method.responseType, method.response]),
);

/**
 * What no printer of its own takes: a response in protobuf's binary form, without a newline; any other format ends the command.
 * @param type full name of the response message, `etcdserverpb.PutResponse`
 */
export function printRest(ctx: ScriptContext, format: Format, type: string, response: object): void {
  const codec = format === 'protobuf' ? RESPONSES.get(type) : undefined;
  if (codec === undefined) return notSupported(format);
  ctx.stdout(codec.encode(response).finish());
}

/** Prints one line of JSON. */
export const printJson = (ctx: ScriptContext, value: Json): void => ctx.stdout(`${goJson(value)}\n`);
/** Prints a message as Go's encoding/json does. */
export const printMessage = (ctx: ScriptContext, type: string, message: object): void => printJson(ctx, messageJson(type, message));

/** A key or a value and a newline, raw or in hex. */
export function printBytes(ctx: ScriptContext, bytes: Bytes): void {
  ctx.stdout(flagBool(ctx, 'hex') ? `${hexBytes(bytes)}\n` : concatBytes([bytes, utf8('\n')]));
}

/** Key and value on a line each. */
export function printKv(ctx: ScriptContext, kv: KeyValue, valueOnly = false): void {
  if (!valueOnly) printBytes(ctx, kv.key);
  printBytes(ctx, kv.value);
}

/** `"Name" : value` lines. */
export const field = (ctx: ScriptContext, name: string, value: string | bigint | number | boolean): void =>
  ctx.stdout(`"${name}" : ${value}\n`);

export function printHeader(ctx: ScriptContext, h: ResponseHeader | undefined): void {
  field(ctx, 'ClusterID', h?.clusterId ?? 0n);
  field(ctx, 'MemberID', h?.memberId ?? 0n);
  field(ctx, 'Revision', h?.revision ?? 0n);
  field(ctx, 'RaftTerm', h?.raftTerm ?? 0n);
}

/** A key-value in fields. @param prefix `Prev` before the names of a previous one */
export function printKvFields(ctx: ScriptContext, prefix: string, kv: KeyValue): void {
  field(ctx, `${prefix}Key`, quoteBytes(kv.key));
  field(ctx, `${prefix}CreateRevision`, kv.createRevision);
  field(ctx, `${prefix}ModRevision`, kv.modRevision);
  field(ctx, `${prefix}Version`, kv.version);
  field(ctx, `${prefix}Value`, quoteBytes(kv.value));
  field(ctx, `${prefix}Lease`, kv.lease);
}

export const eventName = (event: Event): string => (event.type === 1 ? 'DELETE' : 'PUT');

/** The header's fields, flattened into a JSON object as Go's embedding does. */
export function headerEntries(h: ResponseHeader | undefined): readonly (readonly [string, Json | undefined])[] {
  return [
    ['cluster_id', nonZero(h?.clusterId)],
    ['member_id', nonZero(h?.memberId)],
    ['revision', nonZero(h?.revision)],
    ['raft_term', nonZero(h?.raftTerm)],
  ];
}
const nonZero = (n: bigint | undefined): bigint | undefined => (n === 0n ? undefined : n);
