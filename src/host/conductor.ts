/** The conductor: owns the run that the page shows, plays it as wall time passes, and answers the page. Its calls stand by group in `host/conductor`. */

import { branchControls } from '#host/conductor/branch-controls.ts';
import { breakpointControls } from '#host/conductor/breakpoint-controls.ts';
import { explainer } from '#host/conductor/explainer.ts';
import { lookups } from '#host/conductor/lookups.ts';
import { runControls } from '#host/conductor/run-controls.ts';
import { Session } from '#host/conductor/session.ts';
import { terminalControls } from '#host/conductor/terminal-controls.ts';
import { timeControls } from '#host/conductor/time-controls.ts';
import type { Environment } from '#host/environment.ts';
import type { Conductor } from '#view/conductor.ts';

/** A conductor of its own for each tab. */
export function createConductor(environment: Environment): Conductor {
  const session = new Session(environment);
  return {
    boot: (options, onUpdate) => session.boot(options, onUpdate),
    ...timeControls(session),
    ...terminalControls(session),
    ...runControls(session),
    ...branchControls(session),
    ...breakpointControls(session),
    ...lookups(session),
    ...explainer(session),
  };
}
