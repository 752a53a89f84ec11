/** What the page is told, and when: frames, facts, the tape, words of the terminals. It is told again only when it has taken the last update in. */

import type { Storage } from '#host/environment.ts';
import { buildFrame } from '#host/frame-builder.ts';
import type { Breakpoints } from '#host/breakpoints.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { Playback } from '#host/playback.ts';
import type { TimeTravel } from '#host/time-travel.ts';
import type { Notice, TerminalEvent, Update } from '#view/conductor.ts';
import type { BreakpointHit } from '#view/breakpoint.ts';
import type { ViewOptions } from '#view/shared-run.ts';
import type { Frame } from '#view/frame.ts';

/** A change of the pace by less than this share is not worth telling. */
const RATE_SHARE = 0.02;

/** `playing`: the visitor lets time run. `running`: it does run, because the page is seen and nothing failed. */
export interface PlayState {
  readonly playing: boolean;
  readonly running: boolean;
}

/** Mutable; owned by the conductor. */
export class PageFace {
  onUpdate: (update: Update) => void | Promise<void> = () => undefined;
  readonly #travel: TimeTravel;
  readonly #playback: Playback;
  readonly #storage: () => Storage;
  #notices: Notice[] = [];
  /** Last words of the terminals of a run that ended. */
  readonly #ended: TerminalEvent[] = [];
  #generation = 0;
  #pushing = false;
  #late = false;
  #feedReset = false;
  #tapeStale = false;
  #branchesStale = false;
  #toldRate = 0;
  #stopped: BreakpointHit | undefined;
  #opened: ViewOptions | undefined;
  readonly #breakpoints: Breakpoints;

  constructor(travel: TimeTravel, playback: Playback, breakpoints: Breakpoints, storage: () => Storage) {
    this.#travel = travel;
    this.#breakpoints = breakpoints;
    this.#playback = playback;
    this.#storage = storage;
  }

  /** Another run. */
  begin(): void {
    this.#generation++;
  }

  /** What is shown is another instant than was told last. */
  showAnew(): void {
    this.#feedReset = true;
    this.#tapeStale = true;
    this.#branchesStale = true;
  }

  tapeChanged(): void {
    this.#tapeStale = true;
  }

  branchesChanged(): void {
    this.#branchesStale = true;
  }

  /** A breakpoint stopped time. */
  stopped(hit: BreakpointHit): void {
    this.#stopped = hit;
  }

  /** A run that was given away was opened. */
  opened(view: ViewOptions): void {
    this.#opened = view;
  }

  tell(notice: Notice): void {
    this.#notices.push(notice);
  }

  lastWords(events: readonly TerminalEvent[]): void {
    this.#ended.push(...events);
  }

  /** Something was left untold because the page was busy. */
  get isLate(): boolean {
    return this.#late;
  }

  /** The page extrapolates with a pace that is not the present one. */
  get wasToldOtherRate(): boolean {
    return Math.abs(this.#playback.rate - this.#toldRate) > RATE_SHARE * this.#toldRate;
  }

  /** Tells what is new. */
  async push(run: LiveRun, time: PlayState): Promise<void> {
    if (this.#pushing) {
      this.#late = true;
      return;
    }
    this.#pushing = true;
    this.#late = false;
    try {
      const shown = this.#travel.looking ?? run;
      await shown.refreshDetails();
      const update = this.#update(run, shown, time);
      void Promise.resolve(this.onUpdate(update)).finally(() => {
        this.#pushing = false;
      });
    } catch (error) {
      this.#pushing = false;
      throw error;
    }
  }

  /** @param shown the present run, or an instant of its past */
  #update(run: LiveRun, shown: LiveRun, time: PlayState): Update {
    const [news, tape] = [shown.feed.take(), run.tape.take()];
    const isWhole = this.#travel.recordedHead < 0;
    const since = this.#travel.takeForgotten();
    if (since !== undefined) this.tell({ type: 'past-forgotten', since });
    const update: Update = {
      frame: this.#frame(run, shown, time),
      feed: this.#feedReset ? shown.recentFacts : news,
      tape: this.#tapeStale ? this.#travel.tapeOf(run) : isWhole ? tape : undefined,
      terminal: [...this.#ended.splice(0), ...run.terminals.take()],
      notices: this.#notices,
      feedReset: this.#feedReset,
      branches: this.#branchesStale ? this.#travel.view(run) : undefined,
      bookmarks: this.#branchesStale ? this.#travel.bookmarks : undefined,
      breakpoints: this.#breakpoints.take(),
      stopped: this.#stopped,
      opened: this.#opened,
    };
    this.#stopped = undefined;
    this.#opened = undefined;
    this.#notices = [];
    this.#feedReset = false;
    this.#tapeStale = false;
    this.#branchesStale = false;
    return update;
  }

  #frame(run: LiveRun, shown: LiveRun, { playing, running }: PlayState): Frame {
    const looking = shown !== run;
    const rate = running && !looking ? this.#playback.rate : 0;
    this.#toldRate = rate;
    const now = shown.playhead;
    const until = rate === 0 ? now : (shown.world.nextInstantAt() ?? now);
    const storage = this.#storage();
    const facts = {
      generation: this.#generation,
      engine: run.world.spec().engine,
      storage: run.isKept ? ('opfs' as const) : ('memory' as const),
      secondTab: storage.type === 'second-tab',
    };
    const head = this.#travel.headOf(run);
    const time = {
      now,
      rate,
      until,
      playing: playing && !looking,
      pace: this.#playback.pace,
      head,
      looking,
      since: this.#travel.past.floor,
    };
    return buildFrame(shown.world, facts, time, shown.flights.look(), shown.details, shown.safety.view());
  }
}
