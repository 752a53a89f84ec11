/** A run as the conductor holds it, in this thread and without wall time, for tests of what is answered about it. */

import { LiveRun } from '#host/live-run.ts';
import { LocalHost } from '#host/local-host.ts';
import { inquiryOf, type Inquiry } from '#host/why/inquiry.ts';
import { ETCD_KIND } from '#sim/etcd-members.ts';
import { InProcessHost } from '#sim/in-process-host.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions, type RunOptions } from '#sim/run-options.ts';
import { newRunSpec, type TimedCommand } from '#sim/run-spec.ts';
import type { Seat } from '#sim/member-seat.ts';
import type { FeedFact, FeedItem } from '#view/feed.ts';

/** Instants that one wait may take. */
const INSTANTS_MAX = 200_000;

/** Mutable. */
export class LiveLab {
  readonly run: LiveRun;
  readonly items: FeedItem[] = [];

  /** @param commands that the run has from its beginning, with their times */
  constructor(seed: number, options: Partial<RunOptions> = {}, commands: readonly TimedCommand[] = []) {
    const nothing = (): void => undefined;
    this.run = new LiveRun({
      spec: { ...newRunSpec(seed, { ...defaultRunOptions(), ...options }), commands },
      programs: PROGRAMS,
      host: new LocalHost(new InProcessHost(ETCD_KIND)),
      store: undefined,
      resumed: undefined,
      onNewRun: nothing,
      onRefused: (message) => {
        throw new Error(message);
      },
      onAssertion: nothing,
      onBranched: nothing,
      head: () => -1,
    });
  }

  /** What is asked about the present. */
  get inquiry(): Inquiry {
    return inquiryOf(this.run, this.run.window);
  }

  seat(name: string): Seat {
    const seat = this.run.world.core.seats.find((each) => each.name === name);
    if (seat === undefined) throw new Error(`no member ${name}`);
    return seat;
  }

  /** Types a line; it is applied with the next instant. */
  async type(line: string, terminal = 'main'): Promise<void> {
    this.run.catchUp();
    await this.run.terminals.execute(terminal, line);
  }

  async until(holds: () => boolean): Promise<void> {
    for (let n = 0; !holds(); n++) {
      if (n > INSTANTS_MAX || !(await this.run.playInstant())) throw new Error(`it did not come to pass by ${this.run.played} µs`);
      this.items.push(...this.run.feed.take());
    }
  }

  /** @param micros virtual time */
  async pass(micros: number): Promise<void> {
    const end = this.run.playhead + micros;
    await this.until(() => (this.run.world.nextInstantAt() ?? Infinity) > end);
    this.run.playhead = end;
    this.run.catchUp();
  }

  /** The running leader in the highest term that a majority follows. */
  get leader(): string | undefined {
    const seats = this.run.world.core.seats.filter(({ life, status }) => life === 'up' && status?.role === 'leader');
    return seats.sort((a, b) => (b.status?.term ?? 0) - (a.status?.term ?? 0))[0]?.name;
  }

  async untilLeader(): Promise<string> {
    await this.until(() => this.leader !== undefined);
    return this.leader ?? '';
  }

  /** The newest fact of a type. */
  fact<T extends FeedFact['type']>(
    type: T,
    holds: (fact: Extract<FeedFact, { readonly type: T }>, item: FeedItem) => boolean = () => true,
  ): FeedItem {
    // The type was just looked at.
    const isIt = (item: FeedItem): boolean => item.fact.type === type && holds(item.fact as Extract<FeedFact, { readonly type: T }>, item); // see above
    const found = this.items.findLast(isIt);
    if (found === undefined) throw new Error(`nothing of type ${type} happened`);
    return found;
  }
}
