/** A scenario file as a run: played to its end beside the present one, so that a file with something wrong in it changes nothing. */

import { AssertionError } from '#kernel/assert.ts';
import { concatBytes, fromUtf8, utf8, type Bytes } from '#kernel/bytes.ts';
import type { ProgramRegistry } from '#ctl/program.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import type { RunSpec } from '#sim/run-spec.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';

/** `printed`: what its terminal showed. */
export type LoadedScenario =
  { readonly type: 'ok'; readonly spec: RunSpec; readonly printed: string } | { readonly type: 'error'; readonly message: string };

/** Instants that a file may take: nobody else has the thread meanwhile. */
const INSTANTS_MAX = 100_000;
/** Bytes of output that are kept. */
const PRINTED_MAX = 256 * 1024;

class TooLong extends Error {}

/** Plays a file. @param file its name, for messages */
export function loadScenario(file: string, text: string, programs: ProgramRegistry, instantsMax = INSTANTS_MAX): LoadedScenario {
  // eslint-disable-next-line no-control-regex
  const odd = /[\u0000-\u0008\u000e-\u001f\u007f]/.exec(text);
  if (odd !== null) return { type: 'error', message: `${file}:${text.slice(0, odd.index).split('\n').length}: not a text file` };
  const said: Bytes[] = [];
  let bytes = 0;
  const add = (data: Bytes): void => {
    bytes += data.length;
    if (bytes <= PRINTED_MAX) said.push(data.slice());
  };
  let instants = 0;
  const played = (): void => {
    instants++;
    if (instants > instantsMax) throw new TooLong();
  };
  try {
    const setup = {
      text,
      programs,
      print: (line: string) => add(utf8(line)),
      output: (_name: string, _stderr: boolean, data: Bytes) => add(data),
    };
    const { world, failure } = playScenarioSync(setup, createEtcdHost(), { played });
    if (failure !== undefined)
      return {
        type: 'error',
        message: `${file}:${failure.line}: ${failure.text.slice(0, 200)}\n  ${failure.message.replaceAll('\n', '\n  ')}`,
      };
    const more = bytes > PRINTED_MAX ? '… more output is not shown\n' : '';
    return { type: 'ok', spec: world.spec(), printed: fromUtf8(concatBytes(said)) + more };
  } catch (error) {
    if (error instanceof TooLong)
      return { type: 'error', message: `${file}: longer than ${instantsMax} instants; npm run scenario plays files of any length` };
    if (error instanceof AssertionError) return { type: 'error', message: `${file}: ${error.message}` };
    throw error;
  }
}
