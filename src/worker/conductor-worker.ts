/** The conductor's worker: owns the world and the members' workers; the page talks to it through comlink (open-conductor.ts). */

import { expose } from 'comlink';
import { createConductor } from '#host/conductor.ts';
import { browserEnvironment } from '#worker/browser-environment.ts';

expose(createConductor(browserEnvironment));
