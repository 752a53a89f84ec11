/** All programs that a client can run. */

import { etcdctl } from '#ctl/etcdctl/program.ts';
import { curl } from '#ctl/http/curl.ts';
import { httpie } from '#ctl/http/httpie.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import { SMALL_PROGRAMS } from '#ctl/shell/small-programs.ts';

export const PROGRAMS: ProgramRegistry = { etcdctl, curl, http: httpie, ...SMALL_PROGRAMS };
