/** Commands of etcdctl that need files, a shell or minutes of load: known by name, refused with a reason. */

import { completionCommand } from '#ctl/etcdctl/completion.ts';
import type { Command, Phase } from '#ctl/etcdctl/command.ts';
import { Exit, fail, flagString, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

/** Checks the count of arguments as etcdctl does, then says what is missing here. */
function refusing(count: number, wrongCount: string, why: string): Phase {
  return function* refuse(ctx: ScriptContext): Script {
    yield* [];
    if (ctx.args.length !== count) fail(Exit.BadArgs, wrongCount);
    return fail(Exit.Error, `${why} (not in the playground yet)`);
  };
}

function* checkPerf(ctx: ScriptContext): Script {
  yield* [];
  const load = flagString(ctx, 'load');
  if (!['s', 'small', 'm', 'medium', 'l', 'large', 'xl', 'xLarge'].includes(load)) fail(Exit.BadFeature, `unknown load option ${load}`);
  return fail(Exit.Error, 'check perf needs a real disk and a real network (not in the playground)');
}

function* migrate(ctx: ScriptContext): Script {
  yield* [];
  ctx.stdout('using default transformer\n');
  return fail(Exit.Error, 'open member/snap: no such file or directory');
}

/** @param newer whether the modelled release is 3.5 or later */
export const otherCommands = (newer: boolean): readonly Command[] => [
  {
    name: 'make-mirror',
    use: '[options] <destination>',
    short: 'Copies keys to another cluster',
    flags: [],
    run: refusing(1, 'make-mirror takes one destination argument', 'there is one cluster'),
  },
  ...(newer ? [] : [{ name: 'migrate', use: '', short: 'Moves keys of the v2 store to v3', flags: [], run: migrate }]),
  {
    name: 'check',
    use: '<subcommand>',
    short: 'Measures a cluster',
    flags: [],
    children: [
      {
        name: 'perf',
        use: '[options]',
        short: 'Measures writes',
        flags: [{ name: 'load', type: 'string', fallback: 's', usage: 's, m, l or xl' }],
        run: checkPerf,
      },
    ],
  },
  completionCommand,
];
