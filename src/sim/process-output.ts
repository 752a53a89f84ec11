/** What processes said, by process, so that expectations and pipes can read it; everything is passed on to who shows it. */

import { concatBytes, fromUtf8, type Bytes } from '#kernel/bytes.ts';
import type { WorldListener } from '#sim/world-core.ts';

/** Bytes kept of one process; what comes then is only passed on. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
/** Processes whose output is kept; the one that spoke first is forgotten first. */
const PROCESSES_MAX = 1000;

interface Kept {
  readonly all: Bytes[];
  readonly stdout: Bytes[];
  bytes: number;
}

export type OutputSink = (process: string, stderr: boolean, data: Bytes) => void;

/** Mutable; owned by a session. */
export class ProcessOutput implements WorldListener {
  readonly #kept = new Map<string, Kept>();
  /** Processes whose standard output goes into a pipe. */
  readonly #piped = new Set<string>();
  readonly #sink: OutputSink;

  constructor(sink: OutputSink) {
    this.#sink = sink;
  }

  output(process: string, stderr: boolean, data: Bytes): void {
    const kept = this.#kept.get(process) ?? this.#keep(process);
    if (kept.bytes + data.length <= OUTPUT_BYTES_MAX) {
      kept.bytes += data.length;
      kept.all.push(data);
      if (!stderr) kept.stdout.push(data);
    }
    if (stderr || !this.#piped.has(process)) this.#sink(process, stderr, data);
  }

  #keep(process: string): Kept {
    if (this.#kept.size >= PROCESSES_MAX) for (const oldest of [...this.#kept.keys()].slice(0, 1)) this.#kept.delete(oldest);
    const kept: Kept = { all: [], stdout: [], bytes: 0 };
    this.#kept.set(process, kept);
    return kept;
  }

  /** From now on standard output of a process is only kept. */
  pipe(process: string): void {
    this.#piped.add(process);
  }

  /** Standard output and standard error together, as they came. */
  textOf(process: string): string {
    return fromUtf8(concatBytes(this.#kept.get(process)?.all ?? []));
  }

  stdoutOf(process: string): string {
    return fromUtf8(concatBytes(this.#kept.get(process)?.stdout ?? []));
  }
}
