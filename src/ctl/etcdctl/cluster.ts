/** etcdctl member … and move-leader. */

import {
  MemberAddRequest,
  MemberListRequest,
  MemberPromoteRequest,
  MemberRemoveRequest,
  MemberUpdateRequest,
  MoveLeaderRequest,
  StatusRequest,
  type Member,
} from '#api/gen/rpc.ts';
import { ClusterService, MaintenanceService } from '#api/rpc.ts';
import { goQuote } from '#ctl/duration.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { field, outputFormat, printHeader, printJson, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import { parseGoInt } from '#ctl/etcdctl/flags.ts';
import { hexId, messageJson, type Json, JsonObject } from '#ctl/etcdctl/go-text.ts';
import { peerUrlProblem } from '#ctl/etcdctl/peer-urls.ts';
import { exit, Exit, fail, flagBool, flagList, must, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { table } from '#ctl/etcdctl/table.ts';

const HEADER = ['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'];

const memberRow = (m: Member): readonly string[] => [
  hexId(m.ID),
  m.name === '' ? 'unstarted' : 'started',
  m.name,
  m.peerURLs.join(','),
  m.clientURLs.join(','),
  String(m.isLearner),
];

function* list(ctx: ScriptContext): Script {
  yield* connect(ctx);
  const linearizable = ctx.start.profile !== '3.4.23';
  const r = yield* must(ClusterService.MemberList, MemberListRequest.create({ linearizable }));
  const format = outputFormat(ctx);
  if (format === 'simple') for (const m of r.members) ctx.stdout(`${memberRow(m).join(', ')}\n`);
  else if (format === 'table') ctx.stdout(table(HEADER, r.members.map(memberRow)));
  else if (format === 'json') printMembersJson(ctx, 'etcdserverpb.MemberListResponse', r);
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    for (const m of r.members) {
      field(ctx, 'ID', m.ID);
      field(ctx, 'Name', goQuote(m.name));
      for (const u of m.peerURLs) field(ctx, 'PeerURL', goQuote(u));
      for (const u of m.clientURLs) field(ctx, 'ClientURL', goQuote(u));
      field(ctx, 'IsLearner', m.isLearner);
      ctx.stdout('\n');
    }
  } else printRest(ctx, format, 'etcdserverpb.MemberListResponse', r);
  return exit();
}

/** JSON of member responses; since 3.5 --hex writes ids in hexadecimal text. */
function printMembersJson(ctx: ScriptContext, type: string, message: object): void {
  const json = messageJson(type, message);
  printJson(ctx, flagBool(ctx, 'hex') && ctx.start.profile !== '3.4.23' ? hexIds(json) : json);
}

function hexIds(value: Json): Json {
  if (value instanceof JsonObject)
    return new JsonObject(
      value.entries.map(
        ([k, v]) => [k, typeof v === 'bigint' && /^(ID|cluster_id|member_id)$/.test(k) ? v.toString(16) : hexIds(v)] as const,
      ),
    );
  return typeof value === 'object' && value !== null ? value.map(hexIds) : value;
}

const printChange = (ctx: ScriptContext, type: string, message: object, simple: string): void => {
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(simple);
  else if (format === 'json') printMembersJson(ctx, type, message);
  else if (format === 'fields') printMessage(ctx, type, message);
  else printRest(ctx, format, type, message);
};

/** Refuses what etcd's URL list refuses. */
function checkUrls(urls: readonly string[]): readonly string[] {
  const problem = peerUrlProblem(urls);
  return problem === undefined ? urls.toSorted() : fail(Exit.Error, problem);
}

function memberId(ctx: ScriptContext): bigint {
  const [text] = ctx.args;
  if (text === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'member ID is not provided');
  const id = parseGoInt(text, 16, 'uint64');
  return id.type === 'ok' ? id.value : fail(Exit.BadArgs, `bad member ID arg (${id.message}), expecting ID in Hex`);
}

const padId = (id: bigint): string => id.toString(16).padStart(16, ' ');

function* add(ctx: ScriptContext): Script {
  const [name] = ctx.args;
  if (name === undefined) return fail(Exit.BadArgs, 'member name not provided');
  if (ctx.args.length > 1) {
    const hint = ctx.args.length === 2 && /^https?:\/\//.test(ctx.args[1] ?? '') ? `, did you mean --peer-urls=${ctx.args[1] ?? ''}` : '';
    return fail(Exit.BadArgs, `too many arguments${hint}`);
  }
  const urls = flagList(ctx, 'peer-urls');
  if (urls.length === 0) return fail(Exit.BadArgs, 'member peer urls not provided');
  const peerURLs = checkUrls(urls);
  yield* connect(ctx);
  const r = yield* must(ClusterService.MemberAdd, MemberAddRequest.create({ peerURLs, isLearner: flagBool(ctx, 'learner') }));
  const added = r.member?.ID ?? 0n;
  const format = outputFormat(ctx);
  if (format !== 'simple') {
    printChange(ctx, 'etcdserverpb.MemberAddResponse', r, '');
    return exit();
  }
  ctx.stdout(`Member ${padId(added)} added to cluster ${padId(r.header?.clusterId ?? 0n)}\n`);
  const cluster = r.members.flatMap((m) => m.peerURLs.map((u) => `${m.ID === added ? name : m.name}=${u}`));
  ctx.stdout(
    `\nETCD_NAME="${name}"\nETCD_INITIAL_CLUSTER="${cluster.join(',')}"\nETCD_INITIAL_ADVERTISE_PEER_URLS="${r.member?.peerURLs.join(',') ?? ''}"\nETCD_INITIAL_CLUSTER_STATE="existing"\n`,
  );
  return exit();
}

function* remove(ctx: ScriptContext): Script {
  const ID = memberId(ctx);
  yield* connect(ctx);
  const r = yield* must(ClusterService.MemberRemove, MemberRemoveRequest.create({ ID }));
  printChange(
    ctx,
    'etcdserverpb.MemberRemoveResponse',
    r,
    `Member ${padId(ID)} removed from cluster ${padId(r.header?.clusterId ?? 0n)}\n`,
  );
  return exit();
}

function* update(ctx: ScriptContext): Script {
  const ID = memberId(ctx);
  const urls = flagList(ctx, 'peer-urls');
  if (urls.length === 0) return fail(Exit.BadArgs, 'member peer urls not provided');
  yield* connect(ctx);
  checkUrls(urls);
  const r = yield* must(ClusterService.MemberUpdate, MemberUpdateRequest.create({ ID, peerURLs: urls }));
  printChange(ctx, 'etcdserverpb.MemberUpdateResponse', r, `Member ${padId(ID)} updated in cluster ${padId(r.header?.clusterId ?? 0n)}\n`);
  return exit();
}

function* promote(ctx: ScriptContext): Script {
  const ID = memberId(ctx);
  yield* connect(ctx);
  const r = yield* must(ClusterService.MemberPromote, MemberPromoteRequest.create({ ID }));
  printChange(
    ctx,
    'etcdserverpb.MemberPromoteResponse',
    r,
    `Member ${padId(ID)} promoted in cluster ${padId(r.header?.clusterId ?? 0n)}\n`,
  );
  return exit();
}

function* moveLeader(ctx: ScriptContext): Script {
  const [text] = ctx.args;
  if (text === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'move-leader command needs 1 argument');
  const target = parseGoInt(text, 16, 'uint64');
  if (target.type === 'error') return fail(Exit.BadArgs, target.message);
  yield* connect(ctx);
  for (const endpoint of ctx.endpoints) {
    const status = yield* must(MaintenanceService.Status, StatusRequest.create(), endpoint);
    const leader = status.header?.memberId ?? 0n;
    if (leader !== status.leader) continue;
    const r = yield* must(MaintenanceService.MoveLeader, MoveLeaderRequest.create({ targetID: target.value }), endpoint);
    const format = outputFormat(ctx);
    if (format === 'simple') ctx.stdout(`Leadership transferred from ${hexId(leader)} to ${hexId(target.value)}\n`);
    else if (format === 'json') printMessage(ctx, 'etcdserverpb.MoveLeaderResponse', r);
    else printRest(ctx, format, 'etcdserverpb.MoveLeaderResponse', r);
    return exit();
  }
  return fail(Exit.BadArgs, `no leader endpoint given at [${ctx.endpoints.join(' ')}]`);
}

const PEER_URLS = { name: 'peer-urls', type: 'strings', fallback: '', usage: 'comma-separated peer URLs of the member' } as const;

export const memberCommand: Command = {
  name: 'member',
  use: '<subcommand>',
  short: 'Shows and changes who belongs to the cluster',
  flags: [],
  children: [
    {
      name: 'add',
      use: '<memberName> [options]',
      short: 'Adds a member',
      flags: [PEER_URLS, { name: 'learner', type: 'bool', fallback: 'false', usage: 'add it as a learner' }],
      run: add,
    },
    { name: 'list', use: '', short: 'Lists the members', flags: [], run: list },
    { name: 'promote', use: '<memberID>', short: 'Makes a learner a voter', flags: [], run: promote },
    { name: 'remove', use: '<memberID>', short: 'Removes a member', flags: [], run: remove },
    { name: 'update', use: '<memberID> [options]', short: 'Changes the peer URLs of a member', flags: [PEER_URLS], run: update },
  ],
};

export const moveLeaderCommand: Command = {
  name: 'move-leader',
  use: '<transferee-member-id>',
  short: 'Hands the leadership to another member',
  flags: [],
  run: moveLeader,
};
