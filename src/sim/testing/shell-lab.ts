/** A shell over a cluster that plays as fast as it can: for tests of what lines print. */

import type { Program } from '#ctl/program.ts';
import { concatBytes, fromUtf8, type Bytes } from '#kernel/bytes.ts';
import { driveSession } from '#sim/drive-session.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { playInstant } from '#sim/player.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { performWork } from '#sim/node-host.ts';
import type { Demand, Supply } from '#sim/scenario-steps.ts';
import { ShellSession, type Run } from '#sim/shell-session.ts';
import { World } from '#sim/world.ts';

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly all: string;
  readonly code: number;
}

/** Mutable; one for each test. */
export class ShellLab {
  readonly #host = createEtcdHost();
  readonly world: World;
  readonly session: ShellSession;
  #process = 0;

  constructor(options: Partial<RunOptions> = {}, more: Readonly<Record<string, Program>> = {}, columns = 0) {
    const programs = { ...PROGRAMS, ...more };
    this.world = World.begin({
      spec: newRunSpec(1, { ...defaultRunOptions(), nodes: 1, ...options }),
      programs,
      listener: {
        output: (process, stderr, data) => void this.session.output(process, stderr, data.slice()),
        member: (actor, trace) => this.session.memberTrace(actor, trace),
      },
    });
    this.session = new ShellSession({
      world: () => this.world,
      now: () => this.world.now,
      client: 'you',
      nextProcess: () => `main/${++this.#process}`,
      columns,
      env: {},
      interactive: columns > 0,
      programs: Object.keys(programs),
    });
    playInstant(this.world, this.#host);
    this.line('play until leader');
  }

  /** Runs a line to its end. */
  line(text: string, stdin = ''): Printed {
    const { run, printed } = this.begin(text, stdin);
    this.finish(run);
    return printed();
  }

  /** Runs a line, and interrupts it if it has not ended after some virtual time. */
  lineWithin(text: string, millis: number): void {
    this.#endWithin(this.begin(text, '').run, millis);
  }

  /** A line at a terminal, what is typed for it then, and Ctrl-C after some virtual time. */
  typed(text: string, input: string, end: boolean, millis: number): void {
    const { run } = this.begin(text, undefined);
    this.pass(50);
    this.session.input(run, input, end);
    this.#endWithin(run, millis);
  }

  #endWithin(run: Run, millis: number): void {
    this.pass(millis);
    for (let n = 0; n < 3 && !run.task.done; n++) {
      this.session.signal(run, 'INT');
      this.pass(20);
    }
  }

  /** Begins a line. */
  begin(text: string, stdin: string | undefined): { readonly run: Run; readonly printed: () => Printed } {
    const parts: { readonly stderr: boolean; readonly data: Bytes }[] = [];
    const run = this.session.run({ text, stdin, say: (stderr, data) => void parts.push({ stderr, data }) });
    const textOf = (chosen: typeof parts): string => fromUtf8(concatBytes(chosen.map((p) => p.data)));
    const printed = (): Printed => ({
      stdout: textOf(parts.filter((p) => !p.stderr)),
      stderr: textOf(parts.filter((p) => p.stderr)),
      all: textOf(parts),
      code: run.task.code,
    });
    return { run, printed };
  }

  /** Plays until a line has ended. @throws Error if it cannot end */
  finish(run: Run): void {
    this.#drive(() => run.task.done);
  }

  /** Plays for virtual milliseconds. */
  pass(millis: number): void {
    const run = this.session.run({ text: `sleep ${millis / 1000}`, stdin: '', say: () => undefined, beside: 'pass' });
    this.finish(run);
  }

  #drive(isDone: () => boolean): void {
    const place = { world: () => this.world, now: () => this.world.now };
    const steps = driveSession(this.session, place, isDone, () => {
      throw new Error('no new run here');
    });
    let next = steps.next();
    while (next.done !== true) next = steps.next(this.#supply(next.value));
    if (next.value !== undefined) throw new Error(next.value);
  }

  #supply(demand: Demand): Supply {
    switch (demand.type) {
      case 'reset':
        return { type: 'reset' };
      case 'work':
        return { type: 'results', results: demand.instant.work.map((work) => performWork(this.#host, work)) };
      case 'ask':
        return { type: 'answers', answers: demand.questions.map((q) => this.#host.inspect(q.actor, q.inspection)) };
    }
  }
}
