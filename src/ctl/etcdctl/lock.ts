/** etcdctl lock: the recipe that the client runs itself. */

import type { Command } from '#ctl/etcdctl/command.ts';

export const lockCommands: readonly Command[] = [];
