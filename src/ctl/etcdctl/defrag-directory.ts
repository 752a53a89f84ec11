/** Defragments the files of a member that does not run: `etcdutl defrag --data-dir`, and up to 3.5 `etcdctl defrag --data-dir` too. */

import { file } from '#ctl/etcdctl/file-ask.ts';
import type { FlagSpec } from '#ctl/etcdctl/flags.ts';
import { exit, Exit, flagString, stop, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

export const DATA_DIR: FlagSpec = {
  name: 'data-dir',
  type: 'string',
  fallback: '',
  usage: 'the data directory of a member that does not run',
};

/** The file of a stopped member has no holes here that could be closed: a member writes it anew at every snapshot. */
export function* defragDirectory(ctx: ScriptContext): Script {
  const dir = flagString(ctx, 'data-dir');
  const found = yield* file({ type: 'list', path: `${dir}/member/snap` });
  if (found.type === 'error')
    return stop(Exit.Error, `Failed to defragment etcd data[${dir}] (open ${dir}/member/snap/db: ${found.message})\n`);
  ctx.stderr('A data directory has no free pages here. Where etcd frees space is in a running member: etcdctl defrag.\n');
  return exit();
}
