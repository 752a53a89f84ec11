/** The jobs of a shell: lines that run in the background. */

import type { TaskGroup, TaskHandle } from '#ctl/shell/task.ts';

export interface Job {
  /** As `%1`. */
  readonly number: number;
  /** As `$!` and `kill` know it. */
  readonly pid: string;
  readonly text: string;
  readonly group: TaskGroup;
  readonly task: TaskHandle;
  /** Its end was announced, or waited for. */
  told: boolean;
}

/** Jobs that may run at a time. */
export const JOBS_MAX = 100;
const FIRST_PID = 1000;

/** Mutable; owned by a shell. */
export class Jobs {
  #jobs: Job[] = [];
  #nextPid = FIRST_PID;

  get isFull(): boolean {
    return this.#jobs.filter((j) => !j.task.done).length >= JOBS_MAX;
  }

  /** All that are not forgotten, by number. */
  list(): readonly Job[] {
    return this.#jobs;
  }

  add(text: string, group: TaskGroup, task: TaskHandle): Job {
    const number = Math.max(0, ...this.#jobs.map((j) => j.number)) + 1;
    const job: Job = { number, pid: String(++this.#nextPid), text, group, task, told: false };
    this.#jobs.push(job);
    return job;
  }

  /** By `%1`, `%%`, `%+`, `%name`, a pid, or the newest. */
  find(name: string | undefined): Job | undefined {
    if (name === undefined || name === '%%' || name === '%+' || name === '%') return this.#jobs.at(-1);
    if (name.startsWith('%')) {
      const rest = name.slice(1);
      return this.#jobs.find((j) => String(j.number) === rest) ?? this.#jobs.find((j) => j.text.startsWith(rest));
    }
    return this.#jobs.find((j) => j.pid === name);
  }

  forget(job: Job): void {
    this.#jobs = this.#jobs.filter((j) => j !== job);
  }

  /** Jobs that have ended and of which nobody was told; they are forgotten. */
  takeEnded(): readonly Job[] {
    const ended = this.#jobs.filter((j) => j.task.done);
    this.#jobs = this.#jobs.filter((j) => !j.task.done);
    return ended.filter((j) => !j.told);
  }
}

/** As bash lists a job. */
export function jobLine(job: Job, latest: boolean): string {
  const { task } = job;
  const state = !task.done ? 'Running' : task.code === 0 ? 'Done' : task.code === 143 ? 'Terminated' : `Exit ${task.code}`;
  return `[${job.number}]${latest ? '+' : '-'}  ${state.padEnd(23)} ${job.text}${task.done ? '' : ' &'}\n`;
}
