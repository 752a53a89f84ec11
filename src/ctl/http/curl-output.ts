/** Where the answers of curl go: into a file, or held back for a pipe. */

import { concatBytes, EMPTY_BYTES } from '#kernel/bytes.ts';
import type { ProgramEffect, ProgramEvent, ProgramStep } from '#ctl/program.ts';
import { OUTPUT_FILE, out, step, type CurlState } from '#ctl/http/curl-state.ts';

/** stdio's buffer of a pipe. */
const HELD_BYTES_MAX = 4096;

/** With `-o` what would be printed is kept, and written before curl ends. */
export function save(next: ProgramStep, event: ProgramEvent): ProgramStep {
  const state = next.state as CurlState | null; // what onEvent returned
  const path = state?.place.output;
  if (state === null || path === undefined || event.type === 'file') return next;
  let { saved, ending } = state;
  const effects: ProgramEffect[] = [];
  for (const effect of next.effects) {
    if (effect.type === 'stdout') saved = concatBytes([saved, effect.data]);
    else if (effect.type === 'exit' && (effect.code === 0 || saved.length > 0)) {
      ending = effect.code;
      effects.push({ type: 'file', file: OUTPUT_FILE, request: { type: 'write', path, data: saved, append: false } });
    } else effects.push(effect);
  }
  return step({ ...state, saved, ending }, effects);
}

/** Keeps output for a pipe back until curl ends or the buffer is full; what a signal finds there is lost. */
export function hold(next: ProgramStep, event: ProgramEvent): ProgramStep {
  const state = next.state as CurlState | null; // what onEvent returned
  if (state?.held === undefined) return next;
  let held = state.held;
  const effects: ProgramEffect[] = [];
  for (const effect of next.effects) {
    if (effect.type === 'stdout') held = concatBytes([held, effect.data]);
    const flush = held.length > HELD_BYTES_MAX || (effect.type === 'exit' && event.type !== 'signal');
    if (flush && held.length > 0) {
      effects.push(out(held));
      held = EMPTY_BYTES;
    }
    if (effect.type !== 'stdout') effects.push(effect);
  }
  return step({ ...state, held }, effects);
}
