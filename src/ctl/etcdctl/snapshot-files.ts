/** snapshot status and restore, of etcdctl up to 3.4 and of etcdutl: they need no member, only files. */

import type { LaunchMember } from '#ctl/launch.ts';
import { field, notSupported, outputFormat, printJson } from '#ctl/etcdctl/display.ts';
import { file } from '#ctl/etcdctl/file-ask.ts';
import type { FlagSpec } from '#ctl/etcdctl/flags.ts';
import { hexId, humanSize, jsonObject } from '#ctl/etcdctl/go-text.ts';
import { peerUrlProblem } from '#ctl/etcdctl/peer-urls.ts';
import { exit, Exit, fail, flagBool, flagInt, flagString, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { table } from '#ctl/etcdctl/table.ts';

/** Says what a file holds, in the format that was asked for. */
export function* status(ctx: ScriptContext): Script {
  const [path] = ctx.args;
  if (path === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'snapshot status requires exactly one argument');
  const format = outputFormat(ctx);
  if (format === 'protobuf') notSupported(format);
  const s = yield* file({ type: 'snapshot-status', path });
  if (s.type === 'error')
    return fail(
      Exit.Error,
      s.code === 'ENOENT' ? `stat ${path}: ${s.message}` : s.code === 'EINVAL' ? s.message : `open ${path}: ${s.message}`,
    );
  if (s.type !== 'snapshot') return fail(Exit.Error, `open ${path}: is a directory`);
  const row = [hexId(BigInt(s.hash)), String(s.revision), String(s.keys), humanSize(BigInt(s.bytes))];
  if (format === 'simple') ctx.stdout(`${row.join(', ')}\n`);
  else if (format === 'table') ctx.stdout(table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE'], [row]));
  else if (format === 'json')
    printJson(ctx, jsonObject(['hash', s.hash], ['revision', s.revision], ['totalKey', s.keys], ['totalSize', s.bytes]));
  else {
    field(ctx, 'Hash', s.hash);
    field(ctx, 'Revision', s.revision);
    field(ctx, 'Keys', s.keys);
    field(ctx, 'Size', s.bytes);
  }
  return exit();
}

/** Flags of restore. */
export const RESTORE_FLAGS: readonly FlagSpec[] = [
  { name: 'data-dir', type: 'string', fallback: '', usage: 'the directory to make; NAME.etcd if left out' },
  {
    name: 'initial-advertise-peer-urls',
    type: 'string',
    fallback: 'http://localhost:2380',
    usage: 'where this member is reached by its peers',
  },
  { name: 'initial-cluster', type: 'string', fallback: 'default=http://localhost:2380', usage: 'the members of the new cluster' },
  { name: 'initial-cluster-token', type: 'string', fallback: 'etcd-cluster', usage: 'what makes the ids of the new cluster its own' },
  { name: 'name', type: 'string', fallback: 'default', usage: 'the name of this member' },
  { name: 'skip-hash-check', type: 'bool', fallback: 'false', usage: 'take a file without a hash, copied from a data directory' },
  { name: 'wal-dir', type: 'string', fallback: '', usage: 'not in the playground: the log lies in the data directory' },
];

/** The members that `name=url,name=url` names, in the order of their first mention; URLs that are none end the command. */
function parseCluster(text: string): readonly LaunchMember[] {
  const urls = new Map<string, string[]>();
  for (const pair of text.split(',').map((p) => p.trim())) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = cut < 0 ? pair : pair.slice(0, cut);
    urls.set(name, [...(urls.get(name) ?? []), cut < 0 ? '' : pair.slice(cut + 1)]);
  }
  return [...urls].map(([name, peerUrls]) => ({ name, peerUrls: checked(peerUrls) }));
}

function checked(urls: readonly string[]): readonly string[] {
  const problem = peerUrlProblem(urls);
  return problem === undefined ? urls.toSorted() : fail(Exit.Error, problem);
}

/** Makes a data directory of a snapshot; a member that is started on it belongs to a new cluster. */
export function* restore(ctx: ScriptContext): Script {
  const [snapshot] = ctx.args;
  if (snapshot === undefined || ctx.args.length !== 1) return fail(Exit.BadArgs, 'snapshot restore requires exactly one argument');
  const name = flagString(ctx, 'name');
  const initialCluster = parseCluster(flagString(ctx, 'initial-cluster'));
  if (flagString(ctx, 'wal-dir') !== '') fail(Exit.Error, 'the log lies in the data directory here: leave --wal-dir out');
  const dataDir = flagString(ctx, 'data-dir');
  const bump = flagInt(ctx, 'bump-revision');
  const answer = yield* file({
    type: 'restore',
    snapshot,
    dataDir: dataDir === '' ? `${name}.etcd` : dataDir,
    name,
    peerUrls: checked(flagString(ctx, 'initial-advertise-peer-urls').split(',')),
    initialCluster,
    initialClusterToken: flagString(ctx, 'initial-cluster-token'),
    skipHashCheck: flagBool(ctx, 'skip-hash-check'),
    bumpRevision: Number(bump < 0n || bump > BUMP_MAX ? fail(Exit.BadArgs, `--bump-revision must be from 0 to ${BUMP_MAX}`) : bump),
    markCompacted: flagBool(ctx, 'mark-compacted'),
  });
  if (answer.type === 'refused' || answer.type === 'error') return fail(Exit.Error, answer.message);
  return exit();
}
/** Revisions are plain numbers here, with room for a billion more. */
const BUMP_MAX = 2n ** 52n;
