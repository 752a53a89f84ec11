/**
 * The breakpoints of a tab: after each instant of the present run their conditions are looked at, and time stops at the first that came to hold. They are
 * presentation: the run does not know of them, and they stay when it is replaced.
 */

import { parsePredicate } from '#ctl/predicate-parser.ts';
import type { BreakAction } from '#ctl/world-command.ts';
import type { LiveRun } from '#host/live-run.ts';
import { Condition } from '#sim/condition.ts';
import type { BreakAnswer } from '#sim/job-wait.ts';
import { EVENT_KINDS } from '#sim/moment-events.ts';
import type { BreakpointAnswer, BreakpointHit, BreakpointView } from '#view/breakpoint.ts';

/** Breakpoints of a tab. */
const BREAKPOINTS_MAX = 32;
/** Characters of one condition. */
const CONDITION_MAX = 2000;

interface Breakpoint {
  readonly id: number;
  readonly text: string;
  readonly condition: Condition;
  enabled: boolean;
  hits: number;
  lastHitAt: number | undefined;
  /** Whether it held when it was looked at last; undefined before the first look in a run. */
  held: boolean | undefined;
}

/** Mutable; owned by the conductor, called in turn. */
export class Breakpoints {
  readonly #present: () => LiveRun | undefined;
  #all: Breakpoint[] = [];
  #nextId = 1;
  /** They changed since they were told. */
  #changed = false;

  constructor(present: () => LiveRun | undefined) {
    this.#present = present;
  }

  /** The list if it changed since the last call. */
  take(): readonly BreakpointView[] | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.list();
  }

  list(): readonly BreakpointView[] {
    const members = membersOf(this.#present());
    return this.#all.map(({ id, text, enabled, hits, lastHitAt }) => {
      const parsed = parsePredicate(text, members === undefined ? {} : { members });
      return { id, condition: text, enabled, hits, lastHitAt, problem: parsed.type === 'error' ? parsed.message : undefined };
    });
  }

  /** Adds one; it is looked at at once, so that what holds already does not stop time. */
  async add(text: string): Promise<BreakpointAnswer> {
    const refused = (message: string): BreakpointAnswer => ({ type: 'error', message, column: 0 });
    if (text.length > CONDITION_MAX) return refused(`a condition has at most ${CONDITION_MAX} characters`);
    if (this.#all.length >= BREAKPOINTS_MAX) return refused(`there are ${BREAKPOINTS_MAX} breakpoints already: delete one`);
    const run = this.#present();
    const members = membersOf(run);
    const parsed = parsePredicate(text, { events: EVENT_KINDS, ...(members === undefined ? {} : { members }) });
    if (parsed.type === 'error') return parsed;
    const condition = new Condition({
      predicate: parsed.predicate,
      since: 'last-look',
      violations: () => this.#present()?.violations ?? [],
    });
    const added: Breakpoint = { id: this.#nextId++, text, condition, enabled: true, hits: 0, lastHitAt: undefined, held: undefined };
    this.#all.push(added);
    this.#changed = true;
    if (run !== undefined) added.held = await look(added, run, undefined);
    return { type: 'ok', id: added.id };
  }

  /** @returns whether it was there */
  remove(id: number): boolean {
    const before = this.#all.length;
    this.#all = this.#all.filter((each) => each.id !== id);
    this.#changed ||= this.#all.length < before;
    return this.#all.length < before;
  }

  /** @returns whether it is there */
  async enable(id: number, enabled: boolean): Promise<boolean> {
    const found = this.#all.find((each) => each.id === id);
    if (found === undefined) return false;
    this.#changed ||= found.enabled !== enabled;
    found.enabled = enabled;
    const run = this.#present();
    if (enabled && run !== undefined) found.held = await look(found, run, undefined);
    return true;
  }

  /** Another run, or another instant of it: what holds there already does not stop time. */
  async meet(run: LiveRun): Promise<void> {
    for (const each of this.#all) {
      each.held = undefined;
      if (each.enabled) each.held = await look(each, run, undefined);
    }
    this.#changed ||= this.#all.length > 0;
  }

  /** An instant was played. @param actors members that did something in it. @returns the first that stops time, if any */
  async played(run: LiveRun, actors: readonly number[]): Promise<BreakpointHit | undefined> {
    let hit: BreakpointHit | undefined;
    for (const each of this.#all) {
      if (!each.enabled) continue;
      const before = each.held;
      each.held = await look(each, run, actors);
      const cameToHold = each.held && (before === false || !each.condition.holdsWithoutMoment(run.world));
      if (!cameToHold) continue;
      each.hits++;
      each.lastHitAt = run.played;
      this.#changed = true;
      hit ??= { id: each.id, condition: each.text, at: run.played };
    }
    return hit;
  }

  /** Whether there is anything to look at. */
  get isOn(): boolean {
    return this.#all.some((each) => each.enabled);
  }

  /** Does what a `play break` line says. */
  async command(action: BreakAction): Promise<BreakAnswer> {
    const none = (id: number): BreakAnswer => ({ text: `no breakpoint ${id}`, failed: true });
    switch (action.type) {
      case 'add': {
        const added = await this.add(action.condition);
        return added.type === 'ok' ? { text: `breakpoint ${added.id}\n`, failed: false } : { text: added.message, failed: true };
      }
      case 'list':
        return { text: listText(this.list()), failed: false };
      case 'delete':
        return this.remove(action.id) ? { text: '', failed: false } : none(action.id);
      case 'delete-all':
        this.#changed ||= this.#all.length > 0;
        this.#all = [];
        return { text: '', failed: false };
      case 'enable':
      case 'disable':
        return (await this.enable(action.id, action.type === 'enable')) ? { text: '', failed: false } : none(action.id);
    }
  }
}

const membersOf = (run: LiveRun | undefined): readonly string[] | undefined => run?.world.core.seats.map((seat) => seat.name);

async function look({ condition }: Breakpoint, run: LiveRun, actors: readonly number[] | undefined): Promise<boolean> {
  condition.played(actors);
  for (;;) {
    const found = condition.look(run.world);
    if (found.type === 'value') return found.holds;
    for (const question of found.questions) condition.answer(question, await run.ask(question.actor, question.inspection));
  }
}

/** One breakpoint a line. */
function listText(list: readonly BreakpointView[]): string {
  if (list.length === 0) return 'no breakpoints\n';
  const line = ({ id, condition, enabled, hits, problem }: BreakpointView): string => {
    const state = problem !== undefined ? `, cannot hold: ${problem}` : enabled ? '' : ', disabled';
    return `${id}  ${condition}  (${hits} hits${state})\n`;
  };
  return list.map(line).join('');
}
