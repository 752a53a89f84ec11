/** etcdctl endpoint …. */

import { HashKVRequest, MemberListRequest, RangeRequest, StatusRequest, type HashKVResponse, type StatusResponse } from '#api/gen/rpc.ts';
import { ClusterService, KVService, MaintenanceService } from '#api/rpc.ts';
import { utf8 } from '#kernel/bytes.ts';
import { formatDuration } from '#kernel/go-duration.ts';
import { goQuote } from '#ctl/duration.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { field, notSupported, outputFormat, printHeader, printJson } from '#ctl/etcdctl/display.ts';
import { hexId, humanSize, jsonObject, messageJson } from '#ctl/etcdctl/go-text.ts';
import {
  call,
  decodeAnswer,
  errorText,
  exit,
  Exit,
  fail,
  flagBool,
  flagInt,
  type Answer,
  type Ask,
  type Script,
  type ScriptContext,
} from '#ctl/etcdctl/script.ts';
import { table } from '#ctl/etcdctl/table.ts';

/** The given endpoints, or with --cluster the client URLs of all members. */
export function* targets(ctx: ScriptContext): Generator<Ask, readonly string[], Answer> {
  if (!flagBool(ctx, 'cluster')) return ctx.endpoints;
  const result = yield* call(ClusterService.MemberList, MemberListRequest.create({ linearizable: ctx.start.profile !== '3.4.23' }));
  if (!result.ok) return fail(Exit.Error, `failed to fetch endpoints from etcd cluster member list: ${errorText(result.error)}`);
  return result.value.members.flatMap((m) => m.clientURLs);
}

interface Health {
  readonly endpoint: string;
  readonly healthy: boolean;
  readonly took: string;
  readonly error: string;
}

function* health(ctx: ScriptContext): Script {
  yield* connect(ctx);
  const endpoints = yield* targets(ctx);
  const probe = RangeRequest.encode(RangeRequest.create({ key: utf8('health') })).finish();
  const answer = yield { type: 'calls', method: KVService.Range.path, body: probe, endpoints };
  const answers = answer.type === 'calls' ? answer.answers : [];
  const results = answers.map((a): Health => {
    const result = decodeAnswer(KVService.Range, a);
    // A refused permission still went through consensus.
    const healthy = result.ok || result.error.message === 'etcdserver: permission denied';
    return {
      endpoint: a.endpoint,
      healthy,
      took: formatDuration(a.tookMicros * 1000),
      error: result.ok || healthy ? '' : errorText(result.error),
    };
  });
  printHealth(ctx, results);
  if (results.some((r) => !r.healthy)) fail(Exit.Error, 'unhealthy cluster');
  return exit();
}

function printHealth(ctx: ScriptContext, results: readonly Health[]): void {
  const format = outputFormat(ctx);
  // 3.4 prints healthy lines on stderr too.
  const old = ctx.start.profile === '3.4.23';
  const out = (text: string): void => (old ? ctx.stderr(text) : ctx.stdout(text));
  if (format === 'simple') {
    for (const r of results) {
      if (r.healthy) out(`${r.endpoint} is healthy: successfully committed proposal: took = ${r.took}\n`);
      else ctx.stderr(`${r.endpoint} is unhealthy: failed to commit proposal: ${r.error}\n`);
    }
  } else if (format === 'json')
    printJson(
      ctx,
      results.map((r) =>
        jsonObject(['endpoint', r.endpoint], ['health', r.healthy], ['took', r.took], ['error', r.error === '' ? undefined : r.error]),
      ),
    );
  else if (format === 'table')
    ctx.stdout(
      table(
        ['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'],
        results.map((r) => [r.endpoint, String(r.healthy), r.took, r.error]),
      ),
    );
  else if (format === 'fields') {
    for (const r of results) {
      field(ctx, 'Endpoint', goQuote(r.endpoint));
      field(ctx, 'Health', r.healthy);
      field(ctx, 'Took', r.took);
      field(ctx, 'Error', r.error);
      ctx.stdout('\n');
    }
  } else notSupported(format);
}

interface EndpointStatus {
  readonly endpoint: string;
  readonly status: StatusResponse;
}

function* status(ctx: ScriptContext): Script {
  yield* connect(ctx);
  const found: EndpointStatus[] = [];
  let failed = false;
  for (const endpoint of yield* targets(ctx)) {
    const result = yield* call(MaintenanceService.Status, StatusRequest.create(), endpoint);
    if (result.ok) found.push({ endpoint, status: result.value });
    else {
      failed = true;
      ctx.stderr(`Failed to get the status of endpoint ${endpoint} (${errorText(result.error)})\n`);
    }
  }
  if (found.length > 0 || !failed) printStatus(ctx, found);
  return exit(failed ? Exit.Error : Exit.Success);
}

const STATUS_HEADER = [
  'ENDPOINT',
  'ID',
  'VERSION',
  'DB SIZE',
  'IS LEADER',
  'IS LEARNER',
  'RAFT TERM',
  'RAFT INDEX',
  'RAFT APPLIED INDEX',
  'ERRORS',
];

const statusRow = ({ endpoint, status: s }: EndpointStatus): readonly string[] => [
  endpoint,
  hexId(s.header?.memberId ?? 0n),
  s.version,
  humanSize(s.dbSize),
  String(s.leader === s.header?.memberId),
  String(s.isLearner),
  String(s.raftTerm),
  String(s.raftIndex),
  String(s.raftAppliedIndex),
  s.errors.join(', '),
];

function printStatus(ctx: ScriptContext, found: readonly EndpointStatus[]): void {
  const format = outputFormat(ctx);
  if (format === 'simple') for (const s of found) ctx.stdout(`${statusRow(s).join(', ')}\n`);
  else if (format === 'table') ctx.stdout(table(STATUS_HEADER, found.map(statusRow)));
  else if (format === 'json')
    printJson(
      ctx,
      found.map((s) => jsonObject(['Endpoint', s.endpoint], ['Status', messageJson('etcdserverpb.StatusResponse', s.status)])),
    );
  else if (format === 'fields') {
    for (const { endpoint, status: s } of found) {
      printHeader(ctx, s.header);
      field(ctx, 'Version', goQuote(s.version));
      field(ctx, 'DBSize', s.dbSize);
      field(ctx, 'Leader', s.leader);
      field(ctx, 'IsLearner', s.isLearner);
      field(ctx, 'RaftIndex', s.raftIndex);
      field(ctx, 'RaftTerm', s.raftTerm);
      field(ctx, 'RaftAppliedIndex', s.raftAppliedIndex);
      field(ctx, 'Errors', `[${s.errors.map(goQuote).join(' ')}]`);
      field(ctx, 'Endpoint', goQuote(endpoint));
      ctx.stdout('\n');
    }
  } else notSupported(format);
}

function* hashkv(ctx: ScriptContext): Script {
  yield* connect(ctx);
  const found: { readonly endpoint: string; readonly hash: HashKVResponse }[] = [];
  let failure = '';
  for (const endpoint of yield* targets(ctx)) {
    const result = yield* call(MaintenanceService.HashKV, HashKVRequest.create({ revision: flagInt(ctx, 'rev') }), endpoint);
    if (result.ok) found.push({ endpoint, hash: result.value });
    else {
      failure = errorText(result.error);
      ctx.stderr(`Failed to get the hash of endpoint ${endpoint} (${failure})\n`);
    }
  }
  const format = outputFormat(ctx);
  if (format === 'simple') for (const h of found) ctx.stdout(`${h.endpoint}, ${h.hash.hash}\n`);
  else if (format === 'table')
    ctx.stdout(
      table(
        ['ENDPOINT', 'HASH'],
        found.map((h) => [h.endpoint, String(h.hash.hash)]),
      ),
    );
  else if (format === 'json')
    printJson(
      ctx,
      found.map((h) => jsonObject(['Endpoint', h.endpoint], ['HashKV', messageJson('etcdserverpb.HashKVResponse', h.hash)])),
    );
  else if (format === 'fields') {
    for (const h of found) {
      printHeader(ctx, h.hash.header);
      field(ctx, 'Endpoint', goQuote(h.endpoint));
      field(ctx, 'Hash', h.hash.hash);
      ctx.stdout('\n');
    }
  } else notSupported(format);
  if (failure !== '') fail(Exit.Error, failure);
  return exit();
}

/** Flag of the commands that {@link targets} serves. */
export const CLUSTER = { name: 'cluster', type: 'bool', fallback: 'false', usage: 'ask every member of the cluster' } as const;

export const endpointCommand: Command = {
  name: 'endpoint',
  use: '<subcommand>',
  short: 'Asks members how they are',
  flags: [],
  children: [
    {
      name: 'hashkv',
      use: '',
      short: 'Prints a hash of the key-value history',
      flags: [CLUSTER, { name: 'rev', type: 'int64', fallback: '0', usage: 'up to this revision' }],
      run: hashkv,
    },
    { name: 'health', use: '', short: 'Checks whether a member can commit', flags: [CLUSTER], run: health },
    { name: 'status', use: '', short: 'Prints what members say of themselves', flags: [CLUSTER], run: status },
  ],
};
