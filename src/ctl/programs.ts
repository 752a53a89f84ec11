/** All programs that a client can run. */

import { etcdctl } from '#ctl/etcdctl/program.ts';
import { etcdutl } from '#ctl/etcdutl/program.ts';
import { curl } from '#ctl/http/curl.ts';
import { httpie } from '#ctl/http/httpie.ts';
import type { Program, ProgramRegistry } from '#ctl/program.ts';
import { etcd } from '#ctl/version-programs.ts';
import { SHELL_PROGRAM_NAMES, shellProgram } from '#ctl/shell/shell-program.ts';

/** What the shell starts as a process of the world; everything else it does itself. */
const EXTERNAL: ProgramRegistry = { etcdctl, curl, http: httpie, etcd, etcdutl };

const SHELL: Program = shellProgram(Object.keys(EXTERNAL));

/** A program that starts another finds the shell's commands too: `lock NAME sh -c …`. */
export const PROGRAMS: ProgramRegistry = {
  ...Object.fromEntries(SHELL_PROGRAM_NAMES.map((name) => [name, SHELL] as const)),
  ...EXTERNAL,
};
