/**
 * A simulated cluster for recorded sessions: commands run as processes of one client, virtual time jumps. Latencies are small, so that a
 * command takes a few milliseconds as on the recorder's machine.
 */

import { lex } from '#ctl/lexer.ts';
import { PROGRAMS } from '#ctl/programs.ts';
import type { WorldCommand } from '#ctl/world-command.ts';
import { MICROS_PER_SECOND, simTime } from '#kernel/brand.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { performWork } from '#sim/node-host.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { World } from '#sim/world.ts';

/** What a process said and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** As transcripts write it: `1`, `signal INT`, `timeout`. */
  readonly code: string;
}

/** Longest virtual time of a command, µs. */
const COMMAND_MICROS_MAX = 60 * MICROS_PER_SECOND;
const READY_MICROS_MAX = 20 * MICROS_PER_SECOND;
const MILLI = 1000;

/** Bytes as text; those that are no UTF-8 as `\xNN`, as the recorder writes them. */
function textOf(chunks: readonly Uint8Array[]): string {
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let i = 0; i < bytes.length;) {
    const lead = bytes[i] ?? 0;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    const piece = bytes.subarray(i, i + length).toString('utf8');
    const isWhole = !piece.includes('\ufffd');
    out += isWhole ? piece : `\\x${lead.toString(16).padStart(2, '0')}`;
    i += isWhole ? length : 1;
  }
  return out;
}

interface Streams {
  readonly stdout: Uint8Array[];
  readonly stderr: Uint8Array[];
}

/** The options of a cluster of the recorder; a text says what is not modelled. */
export function labOptions(cluster: string, profile: string, args: readonly string[]): RunOptions | string {
  if (profile !== '3.4.23' && profile !== '3.5') return `no profile ${profile}`;
  const one = { minMicros: MILLI, maxMicros: MILLI };
  let options: RunOptions = {
    ...defaultRunOptions(profile),
    nodes: cluster === 'three' ? 3 : 1,
    clientLatency: one,
    peerLatency: one,
    walLatency: one,
    backendLatency: one,
    snapshotLatency: one,
  };
  for (const arg of args) {
    if (arg === '--enable-v2') {
      options = { ...options, enableV2: true };
      continue;
    }
    const quota = /^--quota-backend-bytes=(\d+)$/.exec(arg);
    if (quota === null) return `${arg} is not modelled`;
    options = { ...options, quotaBackendBytes: Number(quota[1]) };
  }
  return options;
}

/** Mutable; one for each recorded file. */
export class Lab {
  readonly #host = createEtcdHost();
  readonly #world: World;
  readonly #streams = new Map<string, Streams>();
  #processes = 0;

  constructor(options: RunOptions) {
    this.#world = World.begin({
      spec: newRunSpec(1, options),
      programs: PROGRAMS,
      listener: {
        output: (process, isError, data) => {
          const streams = this.#streams.get(process);
          if (streams !== undefined) (isError ? streams.stderr : streams.stdout).push(data.slice());
        },
      },
    });
    this.#instant();
  }

  /** Ends all members. */
  dispose(): void {
    this.#host.dispose();
  }

  #instant(): void {
    const { work } = this.#world.collect();
    this.#world.complete(work.map((one) => performWork(this.#host, one)));
  }

  /** Plays until the condition holds. @returns false if it did not within `micros` */
  #until(condition: () => boolean, micros: number): boolean {
    const end = this.#world.now + micros;
    while (!condition()) {
      const next = this.#world.nextInstantAt();
      if (next === undefined || next > end) {
        this.#world.advanceTo(simTime(end));
        return condition();
      }
      this.#instant();
    }
    return true;
  }

  /** Lets virtual time pass, µs. */
  pass(micros: number): void {
    this.#until(() => false, Math.round(micros));
  }

  /** @throws Error with the world's refusal */
  #submit(command: WorldCommand): void {
    const result = this.#world.submit(command);
    if (result.type === 'error') throw new Error(result.message);
    this.#instant();
  }

  /** Brings the fresh cluster to where recordings begin: a leader, the cluster version, one health probe for each member, a whole second. */
  begin(leader: string | undefined): void {
    if (leader !== undefined) {
      this.pass(5 * MILLI);
      this.#submit({ type: 'timeout', nodes: [leader] });
    }
    const names = this.#world.core.seats.map((seat) => seat.name);
    for (const name of names) this.#waitVersion(name);
    for (const name of names) this.#waitHealth(name);
    this.pass(300 * MILLI);
    this.pass(MICROS_PER_SECOND - (this.#world.now % MICROS_PER_SECOND));
  }

  #url(name: string): string {
    return this.#world.core.seats.find((seat) => seat.name === name)?.config.clientUrls[0] ?? '';
  }

  #waitVersion(name: string): void {
    for (let waited = 0; waited < READY_MICROS_MAX; waited += 50 * MILLI) {
      const { stdout } = this.run(['curl', '-s', '--max-time', '2', `${this.#url(name)}/version`]);
      if (/"etcdcluster":"\d/.test(stdout)) return;
      this.pass(50 * MILLI);
    }
    throw new Error(`${name} has no cluster version`);
  }

  #waitHealth(name: string): void {
    for (let waited = 0; waited < READY_MICROS_MAX; waited += 50 * MILLI) {
      const { stdout } = this.run(['curl', '-s', '--max-time', '2', `${this.#url(name)}/health`]);
      if (stdout.includes('true')) return;
      this.pass(50 * MILLI);
    }
    throw new Error(`${name} is not healthy`);
  }

  /** Runs a program to its end. */
  run(argv: readonly string[], stdin = '', env: Readonly<Record<string, string>> = {}): Outcome {
    const process = this.#start(argv, stdin, env);
    return this.#end(process, COMMAND_MICROS_MAX);
  }

  /** Runs a recorded command. @throws Error if it is no command here */
  command(line: string, stdin = ''): Outcome {
    const { argv, env } = this.#words(line);
    return this.run(argv, stdin, env);
  }

  /** Starts a recorded command; its input stays open after the text. @returns the name of its process */
  background(line: string, stdin: string): string {
    const { argv, env } = this.#words(line);
    const process = this.#start(argv, undefined, env);
    if (stdin !== '' && !this.#world.core.exits.has(process)) this.#submit({ type: 'stdin', process, data: stdin, end: false });
    return process;
  }

  /** Starts a program without input. @returns the name of its process, for {@link finish} */
  launch(argv: readonly string[]): string {
    return this.#start(argv, '', {});
  }

  /** Waits for the end of a process, after a signal if there is one. */
  finish(process: string, signal: 'INT' | 'TERM' | undefined): Outcome {
    if (signal !== undefined && !this.#world.core.exits.has(process)) this.#submit({ type: 'signal', process, signal });
    return this.#end(process, COMMAND_MICROS_MAX / 2);
  }

  #words(line: string): { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> } {
    const lexed = lex(line);
    if (lexed.type === 'error') throw new Error(lexed.message);
    const argv: string[] = [];
    const env: Record<string, string> = { ETCDCTL_API: '3' };
    for (const token of lexed.tokens) {
      if (token.type === 'operator') throw new Error(`${token.text} is no word of a command`);
      const variable = argv.length === 0 ? /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(token.text) : null;
      if (variable === null) argv.push(token.text);
      else env[variable[1] ?? ''] = variable[2] ?? '';
    }
    return { argv, env };
  }

  #start(argv: readonly string[], stdin: string | undefined, env: Readonly<Record<string, string>>): string {
    const process = `p${++this.#processes}`;
    this.#streams.set(process, { stdout: [], stderr: [] });
    this.#submit({ type: 'start', process, client: 'recorder', argv, env: { ETCDCTL_API: '3', ...env }, stdin, columns: 0 });
    return process;
  }

  #end(process: string, micros: number): Outcome {
    const { exits } = this.#world.core;
    const ended = this.#until(() => exits.has(process), micros);
    const code = exits.get(process)?.code ?? 0;
    const streams = this.#streams.get(process) ?? { stdout: [], stderr: [] };
    this.#streams.delete(process);
    const words = !ended ? 'timeout' : code === 130 ? 'signal INT' : code === 143 ? 'signal TERM' : `${code}`;
    return { stdout: textOf(streams.stdout), stderr: textOf(streams.stderr), code: words };
  }

  /** Something done to members. @throws Error for an unknown one */
  operate([what = '', ...names]: readonly string[]): void {
    switch (what) {
      case 'kill':
      case 'stop':
        this.#submit({ type: 'kill', nodes: names, powerLoss: false });
        return;
      case 'start':
        this.#submit({ type: 'restart', nodes: names });
        return this.operate(['waitready', ...names]);
      case 'restart':
        this.operate(['stop', ...names]);
        return this.operate(['start', ...names]);
      case 'waitready':
        for (const name of names) this.#waitHealth(name);
        for (const name of names) this.#waitVersion(name);
        return;
      case 'leader':
        return this.#lead(names[0] ?? '');
      default:
        throw new Error(`no operation ${what}`);
    }
  }

  #lead(name: string): void {
    const { seats } = this.#world.core;
    const wanted = seats.find((seat) => seat.name === name)?.status?.id;
    if (wanted === undefined) throw new Error(`no member ${name}`);
    const isDone = (): boolean => seats.every((seat) => seat.life !== 'up' || seat.status?.lead === wanted);
    if (isDone()) return;
    const leader = seats.find((seat) => seat.life === 'up' && seat.status?.role === 'leader');
    if (leader === undefined) throw new Error('there is no leader');
    this.run(['etcdctl', `--endpoints=${this.#url(leader.name)}`, 'move-leader', wanted.toString(16)]);
    if (!this.#until(isDone, READY_MICROS_MAX)) throw new Error(`${name} does not lead`);
  }
}
