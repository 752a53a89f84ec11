/** etcdutl as a program of the world: what is done to a stopped member's files. It came with etcd 3.5. */

import { utf8 } from '#kernel/bytes.ts';
import type { Program, ProgramStart, ProgramStep } from '#ctl/program.ts';
import { collectPhases, resolve, type Command, type Phase } from '#ctl/etcdctl/command.ts';
import { completionCommand } from '#ctl/etcdctl/completion.ts';
import { DATA_DIR, defragDirectory } from '#ctl/etcdctl/defrag-directory.ts';
import type { FlagSpec } from '#ctl/etcdctl/flags.ts';
import { helpText } from '#ctl/etcdctl/help.ts';
import { launch, resume } from '#ctl/etcdctl/runner.ts';
import { exit, Exit, fail, flagString, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';
import { RESTORE_FLAGS, restore, status } from '#ctl/etcdctl/snapshot-files.ts';

const VERSION = '3.5.16';
const API_VERSION = '3.5';

const GLOBAL_FLAGS: readonly FlagSpec[] = [
  { name: 'write-out', shorthand: 'w', type: 'string', fallback: 'simple', usage: 'output format: fields, json, protobuf, simple, table' },
];

function* version(ctx: ScriptContext): Script {
  ctx.stdout(`etcdutl version: ${VERSION}\nAPI version: ${API_VERSION}\n`);
  return exit();
}

function* defrag(ctx: ScriptContext): Script {
  if (flagString(ctx, 'data-dir') === '') return fail(Exit.Error, 'required flag(s) "data-dir" not set');
  return yield* defragDirectory(ctx);
}

/** A command that cannot be here, with the reason. */
const explained = (why: string): Phase =>
  function* explain(ctx: ScriptContext): Script {
    ctx.stderr(`${why}\n`);
    return exit(Exit.Error);
  };

const TREE: Command = {
  name: 'etcdutl',
  use: '',
  short: 'An administrative command line tool for etcd3.',
  flags: [],
  children: [
    {
      name: 'backup',
      use: '[options]',
      short: 'Copies the files of v2 (explained)',
      flags: [DATA_DIR, { name: 'backup-dir', type: 'string', fallback: '', usage: 'where to' }],
      run: explained('etcdutl backup copies the files of the v2 store. Here, etcdctl snapshot save FILE keeps the keys of v3.'),
    },
    { name: 'defrag', use: '', short: "Frees the space in a stopped member's file", flags: [DATA_DIR], run: defrag },
    {
      name: 'snapshot',
      use: '<subcommand>',
      short: 'Looks at snapshots and restores them',
      flags: [],
      children: [
        {
          name: 'restore',
          use: '<filename> --data-dir {output dir} [options]',
          short: 'Restores a data directory from a snapshot',
          flags: [
            ...RESTORE_FLAGS,
            { name: 'bump-revision', type: 'int64', fallback: '0', usage: 'begin so many revisions further on' },
            { name: 'mark-compacted', type: 'bool', fallback: 'false', usage: 'count everything up to the new revision as compacted' },
          ],
          run: restore,
        },
        { name: 'status', use: '<filename>', short: 'Describes a snapshot file', flags: [], run: status },
      ],
    },
    {
      name: 'hashkv',
      use: '<filename>',
      short: 'Hashes the keys of a file (explained)',
      flags: [],
      run: explained('etcdutl hashkv came with etcd 3.6. Here, etcdctl endpoint hashkv asks running members.'),
    },
    {
      name: 'migrate',
      use: '',
      short: 'Changes the form of the files (explained)',
      flags: [DATA_DIR, { name: 'target-version', type: 'string', fallback: '', usage: 'the release to change to' }],
      run: explained('etcdutl migrate came with etcd 3.6. The files of 3.4 and 3.5 have the same form.'),
    },
    { name: 'version', use: '', short: 'Prints the version of etcdutl', flags: [], run: version },
    completionCommand,
  ],
};
const PHASES = collectPhases(TREE);

function say(start: ProgramStart, stdout: string, stderr: string, code: number): ProgramStep {
  return {
    state: { profile: start.profile },
    effects: [
      ...(stdout === '' ? [] : [{ type: 'stdout', data: utf8(stdout) } as const]),
      ...(stderr === '' ? [] : [{ type: 'stderr', data: utf8(stderr) } as const]),
      { type: 'exit', code },
    ],
  };
}

/** The program `etcdutl`. */
export const etcdutl: Program = {
  start: (start) => {
    const found = resolve(TREE, start.argv.slice(1), GLOBAL_FLAGS);
    if (found.type === 'error') return say(start, '', found.stderr, found.code);
    if (found.type === 'help') return say(start, helpText(TREE, found.path, GLOBAL_FLAGS, VERSION, API_VERSION), found.stderr, found.code);
    const { path, args, flags, changed, dash } = found;
    return launch(PHASES, { start, phase: path.join(' '), args, flags, changed, dash, endpoints: [], timeoutMicros: 0 });
  },
  step: (state, event, now) => resume(PHASES, state, event, now),
};
