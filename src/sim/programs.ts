/** The programs that clients of a run can start. */

import { etcdctl } from '#ctl/etcdctl/program.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import { writerProgram } from '#sim/writer-program.ts';

export const PROGRAMS: ProgramRegistry = { etcdctl };

/** With the load of chaos and benchmarks, which no terminal offers. */
export const LOAD_PROGRAMS: ProgramRegistry = { ...PROGRAMS, writer: writerProgram };
