/** etcdctl lease …. */

import { fromUtf8 } from '#kernel/bytes.ts';
import {
  LeaseGrantRequest,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesRequest,
  LeaseRevokeRequest,
  LeaseTimeToLiveRequest,
  ResponseHeader,
} from '#api/gen/rpc.ts';
import { base64 } from '#kernel/base64.ts';
import { LeaseService } from '#api/rpc.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import {
  field,
  headerEntries,
  notSupported,
  outputFormat,
  type Format,
  printHeader,
  printJson,
  printMessage,
  printRest,
} from '#ctl/etcdctl/display.ts';
import { parseGoInt } from '#ctl/etcdctl/flags.ts';
import { jsonObject, leaseHex, quoteBytes } from '#ctl/etcdctl/go-text.ts';
import { become, call, errorText, exit, Exit, fail, flagBool, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import type { Plain } from '#kernel/plain.ts';

/** The one argument of a command as a lease id. */
function leaseArgument(ctx: ScriptContext, missing: string): bigint {
  const [text] = ctx.args;
  if (text === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, missing);
  const id = parseGoInt(text, 16, 'int64');
  return id.type === 'ok' ? id.value : fail(Exit.BadArgs, `bad lease ID arg (${id.message}), expecting ID in Hex`);
}

/** etcdctl's protobuf of these answers is their header alone. */
function printHeaderOnly(ctx: ScriptContext, format: Format, header: ResponseHeader | undefined): void {
  if (format !== 'protobuf') return notSupported(format);
  ctx.stdout(ResponseHeader.encode(header ?? ResponseHeader.create()).finish());
}

function* grant(ctx: ScriptContext): Script {
  const [text] = ctx.args;
  if (text === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'lease grant command needs TTL argument');
  const ttl = parseGoInt(text, 10, 'int64');
  if (ttl.type === 'error') return fail(Exit.BadArgs, `bad TTL (${ttl.message})`);
  yield* connect(ctx);
  const result = yield* call(LeaseService.LeaseGrant, LeaseGrantRequest.create({ TTL: ttl.value }));
  if (!result.ok) return fail(Exit.Error, `failed to grant lease (${errorText(result.error)})`);
  const r = result.value;
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(`lease ${leaseHex(r.ID)} granted with TTL(${r.TTL}s)\n`);
  else if (format === 'json') printJson(ctx, jsonObject(...headerEntries(r.header), ['ID', r.ID], ['TTL', r.TTL], ['Error', r.error]));
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    field(ctx, 'ID', r.ID);
    field(ctx, 'TTL', r.TTL);
  } else printHeaderOnly(ctx, format, r.header);
  return exit();
}

function* revoke(ctx: ScriptContext): Script {
  const id = leaseArgument(ctx, 'lease revoke command needs 1 argument');
  yield* connect(ctx);
  const result = yield* call(LeaseService.LeaseRevoke, LeaseRevokeRequest.create({ ID: id }));
  if (!result.ok) return fail(Exit.Error, `failed to revoke lease (${errorText(result.error)})`);
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(`lease ${leaseHex(id)} revoked\n`);
  else if (format === 'json') printMessage(ctx, 'etcdserverpb.LeaseRevokeResponse', result.value);
  else if (format === 'fields') printHeader(ctx, result.value.header);
  else printRest(ctx, format, 'etcdserverpb.LeaseRevokeResponse', result.value);
  return exit();
}

function* timetolive(ctx: ScriptContext): Script {
  const id = leaseArgument(ctx, 'lease timetolive command needs lease ID as argument');
  const keys = flagBool(ctx, 'keys');
  yield* connect(ctx);
  const result = yield* call(LeaseService.LeaseTimeToLive, LeaseTimeToLiveRequest.create({ ID: id, keys }));
  if (!result.ok) return fail(Exit.BadConnection, errorText(result.error));
  const r = result.value;
  const format = outputFormat(ctx);
  if (format === 'simple') {
    if (r.grantedTTL === 0n && r.TTL === -1n) ctx.stdout(`lease ${leaseHex(r.ID)} already expired\n`);
    else
      ctx.stdout(
        `lease ${leaseHex(r.ID)} granted with TTL(${r.grantedTTL}s), remaining(${r.TTL}s)${keys ? `, attached keys([${r.keys.map(fromUtf8).join(' ')}])` : ''}\n`,
      );
  } else if (format === 'json') {
    printJson(
      ctx,
      jsonObject(
        ...headerEntries(r.header),
        ['id', r.ID],
        ['ttl', r.TTL],
        ['granted-ttl', r.grantedTTL],
        ['keys', r.keys.length === 0 ? null : r.keys.map(base64)],
      ),
    );
  } else if (format === 'fields') {
    printHeader(ctx, r.header);
    field(ctx, 'ID', r.ID);
    field(ctx, 'TTL', r.TTL);
    field(ctx, 'GrantedTTL', r.grantedTTL);
    for (const key of r.keys) field(ctx, 'Key', quoteBytes(key));
  } else printHeaderOnly(ctx, format, r.header);
  return exit();
}

function* list(ctx: ScriptContext): Script {
  yield* connect(ctx);
  const result = yield* call(LeaseService.LeaseLeases, LeaseLeasesRequest.create());
  if (!result.ok) return fail(Exit.BadConnection, errorText(result.error));
  const r = result.value;
  const format = outputFormat(ctx);
  if (format === 'simple') {
    ctx.stdout(`found ${r.leases.length} leases\n`);
    for (const lease of r.leases) ctx.stdout(`${leaseHex(lease.ID)}\n`);
  } else if (format === 'json')
    printJson(ctx, jsonObject(...headerEntries(r.header), ['leases', r.leases.map((l) => jsonObject(['id', l.ID]))]));
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    for (const lease of r.leases) field(ctx, 'ID', lease.ID);
  } else printHeaderOnly(ctx, format, r.header);
  return exit();
}

const STREAM = 1;
const RENEW_TIMER = 1;
/** How long the client waits before it opens a broken stream again, µs. */
const REOPEN_MICROS = 500_000;
const REOPEN_TIMER = 2;
/** How often the client looks which leases are due. */
const LOOK_SECONDS = 0.5;

function* keepAlive(ctx: ScriptContext): Script {
  const id = leaseArgument(ctx, 'lease keep-alive command needs lease ID as argument');
  yield* connect(ctx);
  const renew = LeaseKeepAliveRequest.encode({ ID: id }).finish();
  ctx.open(STREAM, LeaseService.LeaseKeepAlive.path, renew);
  if (renew.length === 0) ctx.send(STREAM, renew); // no lease: an empty message, which does not open a stream by itself
  return become('lease keep-alive wait', { id });
}

/** One event of a running keep-alive, then again. */
function* keepAliveWait(ctx: ScriptContext, data: Plain): Script {
  const id = typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'bigint' ? data.id : 0n;
  const again = become('lease keep-alive wait', data);
  const renew = LeaseKeepAliveRequest.encode({ ID: id }).finish();
  const event = yield { type: 'next', lines: false };
  if (event.type === 'signal') return exit(event.signal === 'INT' ? 130 : 143);
  if (event.type === 'timer') {
    if (event.timer === REOPEN_TIMER) ctx.open(STREAM, LeaseService.LeaseKeepAlive.path, renew);
    else ctx.send(STREAM, renew);
    return again;
  }
  if (event.type === 'stream-end') {
    ctx.cancelTimer(RENEW_TIMER);
    ctx.timer(REOPEN_TIMER, REOPEN_MICROS);
    return again;
  }
  if (event.type !== 'stream') return again;
  const r = LeaseKeepAliveResponse.decode(event.body);
  const once = flagBool(ctx, 'once');
  if (r.TTL <= 0n) {
    if (once) return fail(Exit.BadConnection, 'etcdserver: requested lease not found');
    ctx.stdout(`lease ${leaseHex(id)} expired or revoked.\n`);
    return exit();
  }
  printKeepAlive(ctx, r);
  if (once) return exit();
  // The client looks every half second for leases of which a third of the TTL has gone by.
  ctx.timer(RENEW_TIMER, Math.ceil(Number(r.TTL) / 3 / LOOK_SECONDS) * LOOK_SECONDS * 1_000_000);
  return again;
}

function printKeepAlive(ctx: ScriptContext, r: LeaseKeepAliveResponse): void {
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(`lease ${leaseHex(r.ID)} keepalived with TTL(${r.TTL})\n`);
  else if (format === 'json') printJson(ctx, jsonObject(...headerEntries(r.header), ['ID', r.ID], ['TTL', r.TTL]));
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    field(ctx, 'ID', r.ID);
    field(ctx, 'TTL', r.TTL);
  } else printHeaderOnly(ctx, format, r.header);
}

export const leaseCommand: Command = {
  name: 'lease',
  use: '<subcommand>',
  short: 'Grants, renews and revokes leases',
  flags: [],
  children: [
    { name: 'grant', use: '<ttl>', short: 'Creates a lease of so many seconds', flags: [], run: grant },
    {
      name: 'keep-alive',
      use: '[options] <leaseID>',
      short: 'Renews a lease again and again',
      flags: [{ name: 'once', type: 'bool', fallback: 'false', usage: 'renew once and end' }],
      run: keepAlive,
      phases: { 'lease keep-alive wait': keepAliveWait },
    },
    { name: 'list', use: '', short: 'Lists the leases', flags: [], run: list },
    { name: 'revoke', use: '<leaseID>', short: 'Ends a lease and deletes its keys', flags: [], run: revoke },
    {
      name: 'timetolive',
      use: '<leaseID> [options]',
      short: 'Shows how long a lease has left',
      flags: [{ name: 'keys', type: 'bool', fallback: 'false', usage: 'show the keys that hang on it' }],
      run: timetolive,
    },
  ],
};
