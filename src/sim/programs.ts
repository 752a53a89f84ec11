/** The programs that clients of a run can start. */

import type { ProgramRegistry } from '#ctl/program.ts';
import { PROGRAMS as CONTROL_PROGRAMS } from '#ctl/programs.ts';
import { LOAD_PROGRAM } from '#ctl/load-settings.ts';
import { loadProgram } from '#sim/load-program.ts';
import { trafficProgram } from '#sim/traffic-program.ts';
import { v2TrafficProgram } from '#sim/v2-traffic-program.ts';
import { watcherProgram } from '#sim/watcher-program.ts';
import { writerProgram } from '#sim/writer-program.ts';

/** With the load generator's client. */
export const PROGRAMS: ProgramRegistry = { ...CONTROL_PROGRAMS, [LOAD_PROGRAM]: loadProgram };

/** With the load of chaos and benchmarks, which no terminal offers. */
export const LOAD_PROGRAMS: ProgramRegistry = {
  ...PROGRAMS,
  writer: writerProgram,
  traffic: trafficProgram,
  watcher: watcherProgram,
  'v2-traffic': v2TrafficProgram,
};
