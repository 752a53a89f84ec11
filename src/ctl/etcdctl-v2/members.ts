/** cluster-health and the member commands of the v2 face. */

import { fromUtf8 } from '#kernel/bytes.ts';
import type { Plain } from '#kernel/plain.ts';
import { become, exit, flagBool, stop, type Answer, type Ask, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { peerUrlProblem } from '#ctl/etcdctl/peer-urls.ts';
import type { V2Command } from '#ctl/etcdctl-v2/cli.ts';
import {
  endpointsLine,
  exchange,
  failKeys,
  failureText,
  newClient,
  plainClient,
  send,
  type Client,
  type OnOther,
  type V2Request,
  type V2Response,
} from '#ctl/etcdctl-v2/client.ts';
import { fieldOf, goStrings, itemsOf, parseJson, textOf, type JsonValue } from '#ctl/etcdctl-v2/json.ts';
import { parseEndpoint } from '#ctl/etcdctl-v2/url.ts';

interface Member {
  readonly id: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
}

const readMember = (value: JsonValue): Member => ({
  id: textOf(fieldOf(value, 'id')),
  name: textOf(fieldOf(value, 'name')),
  peerURLs: itemsOf(fieldOf(value, 'peerURLs')).map(textOf),
  clientURLs: itemsOf(fieldOf(value, 'clientURLs')).map(textOf),
});
const bodyJson = (r: V2Response): JsonValue => parseJson(fromUtf8(r.body));

/** How an answer of `/v2/members` is refused: the member's own words for the statuses that carry them, else the status. */
function refusal(r: V2Response, expected: readonly number[], told: readonly number[]): string | undefined {
  if (told.includes(r.status)) return textOf(fieldOf(bodyJson(r), 'message'));
  return expected.includes(r.status) ? undefined : `unexpected status code ${r.status}`;
}

type Asked = { readonly ok: true; readonly client: Client; readonly response: V2Response } | { readonly ok: false; readonly text: string };

/** Asks the cluster; the text says why there is no answer. */
function* ask(
  ctx: ScriptContext,
  client: Client,
  request: V2Request,
  expected: readonly number[],
  told: readonly number[] = [],
): Generator<Ask, Asked, Answer> {
  const result = yield* send(ctx, client, request);
  if (!result.ok) return { ok: false, text: failureText(result.failure) };
  const text = refusal(result.response, expected, told);
  return text === undefined ? { ok: true, client: result.client, response: result.response } : { ok: false, text };
}

const MEMBERS: V2Request = { method: 'GET', target: '/v2/members' };
const membersOf = (r: V2Response): readonly Member[] => itemsOf(fieldOf(bodyJson(r), 'members')).map(readMember);

function* list(ctx: ScriptContext): Script {
  if (ctx.args.length !== 0) return stop(1, 'No arguments accepted\n');
  const client = yield* newClient(ctx);
  const members = yield* ask(ctx, client, MEMBERS, [200]);
  if (!members.ok) return stop(1, `${members.text}\n`);
  const leader = yield* ask(ctx, members.client, { method: 'GET', target: '/v2/members/leader' }, [200]);
  if (!leader.ok) return stop(1, `Failed to get leader:  ${leader.text}\n`);
  const leaderId = readMember(bodyJson(leader.response)).id;
  for (const m of membersOf(members.response))
    ctx.stdout(
      m.name === ''
        ? `${m.id}[unstarted]: peerURLs=${m.peerURLs.join(',')}\n`
        : `${m.id}: name=${m.name} peerURLs=${m.peerURLs.join(',')} clientURLs=${m.clientURLs.join(',')} isLeader=${m.id === leaderId}\n`,
    );
  return exit();
}

/** The body that names peer URLs, or the end of the command because one is none. */
function urlsBody(urls: readonly string[]): string {
  const problem = peerUrlProblem(urls);
  return problem === undefined ? `{"peerURLs":${goStrings(urls.toSorted())}}` : stop(1, `${problem}\n`);
}

const JSON_TYPE = 'application/json';

function* add(ctx: ScriptContext): Script {
  const [name, url] = ctx.args;
  if (name === undefined || url === undefined || ctx.args.length !== 2) return stop(1, 'Provide a name and a single member peerURL\n');
  const client = yield* newClient(ctx);
  const body = urlsBody([url]);
  const added = yield* ask(ctx, client, { method: 'POST', target: '/v2/members', contentType: JSON_TYPE, body }, [201], [409]);
  if (!added.ok) return stop(1, `${added.text}\n`);
  const { id } = readMember(bodyJson(added.response));
  ctx.stdout(`Added member named ${name} with ID ${id} to cluster\n\n`);
  const members = yield* ask(ctx, added.client, MEMBERS, [200]);
  if (!members.ok) return stop(1, `${members.text}\n`);
  const cluster = membersOf(members.response).flatMap((m) => m.peerURLs.map((u) => `${m.id === id ? name : m.name}=${u}`));
  ctx.stdout(`ETCD_NAME="${name}"\nETCD_INITIAL_CLUSTER="${cluster.join(',')}"\nETCD_INITIAL_CLUSTER_STATE="existing"\n`);
  return exit();
}

function* remove(ctx: ScriptContext): Script {
  const [id] = ctx.args;
  if (id === undefined || ctx.args.length !== 1) return stop(1, 'Provide a single member ID\n');
  const client = yield* newClient(ctx);
  const members = yield* ask(ctx, client, MEMBERS, [200]);
  if (!members.ok) return stop(1, `Error while verifying ID against known members: ${members.text}\n`);
  if (!membersOf(members.response).some((m) => m.id === id)) return stop(1, `Couldn't find a member in the cluster with an ID of ${id}.\n`);
  const target = `/v2/members/${encodeURIComponent(id)}`;
  const removed = yield* ask(ctx, members.client, { method: 'DELETE', target }, [204, 410]);
  if (!removed.ok) return stop(1, `Received an error trying to remove member ${id}: ${removed.text}`.replace(/\n?$/, '\n'));
  ctx.stdout(`Removed member ${id} from cluster\n`);
  return exit();
}

function* update(ctx: ScriptContext): Script {
  const [id, urls] = ctx.args;
  if (id === undefined || urls === undefined || ctx.args.length !== 2)
    return stop(1, 'Provide an ID and a list of comma separated peerURL (0xabcd http://example.com,http://example1.com)\n');
  const client = yield* newClient(ctx);
  const target = `/v2/members/${encodeURIComponent(id)}`;
  const body = urlsBody(urls.split(','));
  const updated = yield* ask(ctx, client, { method: 'PUT', target, contentType: JSON_TYPE, body }, [204], [404, 409]);
  if (!updated.ok) return stop(1, `${updated.text}\n`);
  ctx.stdout(`Updated member with ID ${id} in cluster\n`);
  return exit();
}

/** Seconds between two checks of --forever. */
const CHECK_TIMER = 1;
const CHECK_MICROS = 10_000_000;

function* health(ctx: ScriptContext): Script {
  const client = yield* plainClient(ctx);
  if (flagBool(ctx, 'debug')) ctx.stderr(endpointsLine(client));
  return become('v2 cluster-health check', client);
}

const onOther =
  (ctx: ScriptContext): OnOther =>
  (answer) => {
    if (answer.type === 'signal') stop(flagBool(ctx, 'forever') && answer.signal === 'INT' ? 0 : answer.signal === 'INT' ? 130 : 143, '');
  };

/** Asks a member for its health, one of its URLs after the other. */
function* memberHealth(ctx: ScriptContext, member: Member): Generator<Ask, boolean, Answer> {
  if (member.clientURLs.length === 0) {
    ctx.stdout(`member ${member.id} is unreachable: no available published client urls\n`);
    return false;
  }
  for (const url of member.clientURLs) {
    const parsed = parseEndpoint(url);
    if (parsed.type === 'error') continue;
    const request: V2Request = { method: 'GET', target: '/health' };
    // No limit: a member that is frozen holds the whole check up, as the real one does.
    const options = { authorization: '', headMicros: 0, totalMicros: 0, onOther: onOther(ctx) };
    const outcome = yield* exchange(ctx, parsed.endpoint, request, options);
    const json = outcome.type === 'response' ? parseJson(fromUtf8(outcome.body)) : undefined;
    if (json === undefined) {
      const { address } = parsed.endpoint;
      const why =
        outcome.type === 'refused' ? `dial tcp ${address.replace(/^localhost:/, '127.0.0.1:')}: connect: connection refused` : 'EOF';
      ctx.stdout(`failed to check the health of member ${member.id} on ${url}: Get "${url}/health": ${why}\n`);
      continue;
    }
    const value = fieldOf(json, 'health');
    const healthy = value === 'true' || value === true;
    ctx.stdout(`member ${member.id} is ${healthy ? '' : 'un'}healthy: got ${healthy ? '' : 'un'}healthy result from ${url}\n`);
    return healthy;
  }
  ctx.stdout(`member ${member.id} is unreachable: [${member.clientURLs.join(' ')}] are all unreachable\n`);
  return false;
}

function* healthCheck(ctx: ScriptContext, data: Plain): Script {
  const result = yield* send(ctx, data as Client, MEMBERS, onOther(ctx)); // only health and this phase enter it
  if (!result.ok) {
    ctx.stdout('cluster may be unhealthy: failed to list members\n');
    return failKeys(4, result.failure);
  }
  if (result.response.status !== 200) {
    ctx.stdout('cluster may be unhealthy: failed to list members\n');
    return stop(4, `Error:  unexpected status code ${result.response.status}\n`);
  }
  const members = membersOf(result.response);
  let healthy = 0;
  for (const member of members) if (yield* memberHealth(ctx, member)) healthy++;
  const all = healthy === members.length;
  ctx.stdout(`cluster is ${all ? 'healthy' : healthy === 0 ? 'unavailable' : 'degraded'}\n`);
  if (!flagBool(ctx, 'forever')) return exit(all ? 0 : 5);
  ctx.stdout('\nnext check after 10 second...\n\n');
  ctx.timer(CHECK_TIMER, CHECK_MICROS);
  for (;;) {
    const answer = yield { type: 'next', lines: false };
    if (answer.type === 'timer' && answer.timer === CHECK_TIMER) return become('v2 cluster-health check', result.client);
    onOther(ctx)(answer);
  }
}

export const healthCommand: V2Command = {
  name: 'cluster-health',
  use: '',
  short: 'asks every member whether it is well',
  flags: [{ names: ['forever', 'f'], type: 'bool', fallback: 'false', usage: 'again every 10 seconds until Ctrl-C' }],
  run: health,
};

export const memberCommand: V2Command = {
  name: 'member',
  use: '',
  short: 'the members of the cluster',
  flags: [],
  children: [
    { name: 'list', use: '', short: 'lists the members', flags: [], run: list },
    { name: 'add', use: '<name> <peerURL>', short: 'announces a new member', flags: [], run: add },
    { name: 'remove', use: '<memberID>', short: 'takes a member out', flags: [], run: remove },
    { name: 'update', use: '<memberID> <peerURLs>', short: 'changes where a member is reached by its peers', flags: [], run: update },
  ],
};

export const healthPhases = { 'v2 cluster-health check': healthCheck } as const;
