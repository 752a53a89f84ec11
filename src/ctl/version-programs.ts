/** `etcd --version`: what it answers without a member. */

import type { Program, ProgramEffect, ProgramStart } from '#ctl/program.ts';
import { utf8 } from '#kernel/bytes.ts';

interface Said {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code: number;
}

/** A program that answers at once. */
const atOnce = (run: (args: readonly string[], start: ProgramStart) => Said): Program => ({
  start: (s) => {
    const { stdout, stderr, code } = run(s.argv.slice(1), s);
    const effects: ProgramEffect[] = [];
    if (stdout !== undefined) effects.push({ type: 'stdout', data: utf8(stdout) });
    if (stderr !== undefined) effects.push({ type: 'stderr', data: utf8(stderr) });
    return { state: null, effects: [...effects, { type: 'exit', code }] };
  },
  step: (state) => ({ state, effects: [] }),
});

const release = (profile: string): string => (profile === '3.4.23' ? '3.4.23' : '3.5.16');

export const etcd = atOnce((args, s) =>
  args.includes('--version')
    ? { stdout: `etcd Version: ${release(s.profile)}\nGit SHA: none\nGo Version: none\nGo OS/Arch: none\n`, code: 0 }
    : { stderr: 'etcd: a member is started by the terminal itself, not by a program in it\n', code: 1 },
);
