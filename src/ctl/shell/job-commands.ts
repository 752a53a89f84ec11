/** Jobs: `jobs`, `fg`, `bg`, `wait`, `kill`, `disown`. */

import type { ShellCommand } from '#ctl/shell/command.ts';
import { complain, CommandProblem, print } from '#ctl/shell/frame.ts';
import { jobLine, type Job } from '#ctl/shell/jobs.ts';
import { Interrupted } from '#ctl/shell/task.ts';

const jobs: ShellCommand = function* (frame, args) {
  const { jobs: all } = frame.state.shared;
  const list = all.list();
  for (const [i, job] of list.entries()) yield* print(frame, args.includes('-p') ? `${job.pid}\n` : jobLine(job, i === list.length - 1));
  for (const job of list) if (job.task.done) all.forget(job);
  return 0;
};

const fg: ShellCommand = function* (frame, args) {
  const { shared, group } = frame.state;
  const job = shared.jobs.find(args[0]);
  if (job === undefined) throw new CommandProblem(`fg: ${args[0] ?? 'current'}: no such job`);
  yield* print(frame, `${job.text}\n`);
  job.told = true;
  // A Ctrl-C reaches the job as if it had been started here.
  group.processes.set(`job ${job.number}`, (signal) => shared.scheduler.signal(job.group, signal, signal === 'INT' ? 130 : 137));
  try {
    yield { type: 'ended', tasks: [job.task] };
  } finally {
    group.processes.delete(`job ${job.number}`);
  }
  shared.jobs.forget(job);
  if (group.interrupted !== undefined) throw new Interrupted(group.interrupted);
  return job.task.code;
};

const bg: ShellCommand = function* (frame, args) {
  const job = frame.state.shared.jobs.find(args[0]);
  if (job === undefined) throw new CommandProblem(`bg: ${args[0] ?? 'current'}: no such job`);
  yield* complain(frame, `bg: job ${job.number} already in background\n`);
  return 0;
};

const wait: ShellCommand = function* (frame, args) {
  const { jobs: all } = frame.state.shared;
  const names = args.filter((a) => !a.startsWith('-'));
  const chosen = names.length === 0 ? all.list() : names.map((name) => all.find(name));
  for (const [i, job] of chosen.entries()) {
    if (job === undefined) {
      yield* complain(frame, `wait: ${names[i] ?? ''}: no such job\n`);
      return 127;
    }
    job.told = true;
    yield { type: 'ended', tasks: [job.task] };
  }
  const last = chosen.at(-1);
  for (const job of chosen) if (job !== undefined) all.forget(job);
  return names.length === 0 ? 0 : (last?.task.code ?? 0);
};

const SIGNALS: Readonly<Record<string, 'INT' | 'TERM' | 'KILL'>> = {
  '2': 'INT',
  INT: 'INT',
  SIGINT: 'INT',
  '9': 'KILL',
  KILL: 'KILL',
  SIGKILL: 'KILL',
};
const CODES = { INT: 130, TERM: 143, KILL: 137 } as const;

const kill: ShellCommand = function* (frame, args) {
  const { shared } = frame.state;
  let signal: 'INT' | 'TERM' | 'KILL' = 'TERM';
  const names: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '-l') {
      yield* print(frame, 'INT KILL TERM\n');
      return 0;
    }
    if (arg === '-s') signal = SIGNALS[args[++i] ?? ''] ?? 'TERM';
    else if (arg.startsWith('-')) signal = SIGNALS[arg.slice(1)] ?? 'TERM';
    else names.push(arg);
  }
  if (names.length === 0) throw new CommandProblem('kill: usage: kill [-s sigspec | -signum] pid | %job …', 2);
  let code = 0;
  for (const name of names) {
    const job: Job | undefined = shared.jobs.find(name);
    if (job === undefined || job.task.done) {
      yield* complain(frame, `sh: kill: (${name}) - No such process\n`);
      code = 1;
    } else shared.scheduler.signal(job.group, signal, CODES[signal]);
  }
  return code;
};

export const JOB_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  jobs,
  fg,
  bg,
  wait,
  kill,
  disown: function* () {
    return 0;
  },
};
