/**
 * The page's side: makes the conductor's worker and wraps it. Every call is raced against the worker's death, since comlink leaves the calls to a dead
 * worker hanging.
 */

import { proxy, wrap } from 'comlink';
import type { BreakpointAnswer } from '#view/breakpoint.ts';
import type { Conductor, Update } from '#view/conductor.ts';
import type { OpenRunAnswer } from '#view/shared-run.ts';
import type { DataAnswer } from '#view/data.ts';

/** The conductor's worker is gone: nothing that was asked of it will be answered. */
export class ConductorLostError extends Error {
  override readonly name = 'ConductorLostError';
}

export interface OpenedConductor {
  readonly conductor: Conductor;
  /** Resolves, never rejects, when the worker dies; with the reason. */
  readonly lost: Promise<string>;
  /** Ends the worker. */
  close(): void;
}

/** Starts the conductor's worker. */
export function openConductor(): OpenedConductor {
  const worker = new Worker(new URL('./conductor-worker.ts', import.meta.url), { type: 'module' });
  const remote = wrap<Conductor>(worker);
  const lost = new Promise<string>((resolve) => {
    worker.onerror = (event) =>
      resolve(event.message === '' || event.message === undefined ? 'the engine could not be loaded' : event.message);
    worker.onmessageerror = () => resolve('a message of the engine could not be read');
  });
  let ended = (_reason: string): void => undefined;
  const closed = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const death = Promise.race([lost, closed]);
  const race = <T>(call: Promise<T>): Promise<T> =>
    Promise.race([
      call,
      death.then((reason): never => {
        throw new ConductorLostError(reason);
      }),
    ]);
  const conductor: Conductor = {
    boot: (options, onUpdate) =>
      race(
        remote.boot(
          options,
          proxy((update: Update) => onUpdate(update)),
        ),
      ),
    execute: (terminal, line) => race(remote.execute(terminal, line)),
    input: (terminal, text, end) => race(remote.input(terminal, text, end)),
    complete: (terminal, line, cursor) => race(remote.complete(terminal, line, cursor)),
    cleanPaste: (text) => race(remote.cleanPaste(text)),
    interrupt: (terminal) => race(remote.interrupt(terminal)),
    play: () => race(remote.play()),
    pause: () => race(remote.pause()),
    step: (size) => race(remote.step(size)),
    seek: (at) => race(remote.seek(at)),
    stepBack: (size) => race(remote.stepBack(size)),
    switchBranch: (id) => race(remote.switchBranch(id)),
    renameBranch: (id, name) => race(remote.renameBranch(id, name)),
    deleteBranch: (id) => race(remote.deleteBranch(id)),
    undo: () => race(remote.undo()),
    bookmark: (at, name) => race(remote.bookmark(at, name)),
    renameBookmark: (id, name) => race(remote.renameBookmark(id, name)),
    deleteBookmark: (id) => race(remote.deleteBookmark(id)),
    log: (query) => race(remote.log(query)),
    setPace: (pace) => race(remote.setPace(pace)),
    setVisible: (visible) => race(remote.setVisible(visible)),
    newRun: (options) => race(remote.newRun(options)),
    resolveStorage: (choice) => race(remote.resolveStorage(choice)),
    history: (query) => race(remote.history(query)),
    operations: (query) => race(remote.operations(query)),
    keys: (member, prefix, revision) => race(remote.keys(member, prefix, revision)),
    data: (query) => race<DataAnswer>(remote.data(query)),
    traceJson: () => race(remote.traceJson()),
    compareBranches: (a, b) => race(remote.compareBranches(a, b)),
    breakpoints: () => race(remote.breakpoints()),
    addBreakpoint: (condition) => race<BreakpointAnswer>(remote.addBreakpoint(condition)),
    removeBreakpoint: (id) => race(remote.removeBreakpoint(id)),
    enableBreakpoint: (id, enabled) => race(remote.enableBreakpoint(id, enabled)),
    share: (view) => race(remote.share(view)),
    openRun: (text) => race<OpenRunAnswer>(remote.openRun(text)),
    scenarioLink: (id) => race<string>(remote.scenarioLink(id)),
    why: (selection) => race(remote.why(selection)),
    related: (selection) => race(remote.related(selection)),
    requests: () => race(remote.requests()),
    requestLife: (id) => race(remote.requestLife(id)),
    inspectMember: (member) => race(remote.inspectMember(member)),
    memberLog: (query) => race(remote.memberLog(query)),
    memberMetrics: (member) => race(remote.memberMetrics(member)),
    deleteStored: () => race(remote.deleteStored()),
  };
  return {
    conductor,
    lost,
    close: () => {
      worker.terminate();
      ended('the engine was ended');
    },
  };
}
