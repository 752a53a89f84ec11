/**
 * The cheap checks of a run that is being played, for the page and beside the complete ones in chaos runs: what members write into the trace, what
 * they show after each step, and each answer that a client gets. Looks on only.
 */

import type { Seat } from '#sim/member-seat.ts';
import type { World } from '#sim/world.ts';
import type { WorldListener } from '#sim/world-core.ts';
import { ClientChecks } from '#checker/client-checks.ts';
import { HistoryRecorder, type HistoryHooks } from '#checker/history-recorder.ts';
import type { History } from '#checker/history.ts';
import { rememberIn } from '#checker/remember.ts';
import { Scoreboard } from '#checker/scoreboard.ts';
import { TraceChecks } from '#checker/trace-checks.ts';
import { V2Checks } from '#checker/v2-checks.ts';
import { WatchChecks } from '#checker/watch-checks.ts';

/** Applied indexes whose revision is remembered; the oldest are forgotten. */
const REVISIONS_MAX = 5000;

/** How long a proposal may wait (etcd's ReqTimeout of usual settings), µs. */
const REQUEST_MICROS = 7_000_000;

interface Shown {
  readonly revision: number;
  readonly by: string;
}
type Revisions = Map<number, Shown>;

export interface LiveRules {
  /** The history of clients is kept for the complete checks. */
  readonly keeps: boolean;
  /** The fastest clock: leases end by their leader's. */
  readonly clockRateMax: number;
}

/** Mutable; one for each run. */
export class LiveChecks {
  readonly board = new Scoreboard();
  readonly #trace: TraceChecks;
  readonly #clients: ClientChecks;
  readonly #recorder: HistoryRecorder;
  readonly #v2 = new V2Checks(this.board);
  /** Revision after an applied entry, by cluster. */
  readonly #revisions = new Map<string, Revisions>();
  /** Where each member's data lies. */
  readonly #stores = new Map<number, string>();
  /** The newest term that anybody was seen to lead. */
  #ledTerm = 0;
  /** When somebody was last seen to lead in an older term, virtual µs. */
  #deposedAt = -Infinity;
  readonly #world: () => World | undefined;

  /**
   * @param world undefined before its first instant
   * @param also told of what clients ask and hear
   */
  constructor(world: () => World | undefined, profile: string, { keeps, clockRateMax }: LiveRules, also?: HistoryHooks) {
    this.#world = world;
    this.#trace = new TraceChecks(this.board, (actor) => {
      const seat = world()?.core.seats[actor - 1];
      return {
        name: seat?.name ?? `member ${actor}`,
        folder: seat?.config.folder ?? '',
        isForced: seat?.config.forceNewCluster ?? false,
        cluster: seat?.cluster?.id ?? '',
      };
    });
    this.#clients = new ClientChecks(this.board, clockRateMax);
    const watches = new WatchChecks(this.board, this.#clients, profile === '3.4.23');
    this.#recorder = new HistoryRecorder(
      {
        opened: (operation) => {
          this.#clients.opened(operation);
          also?.opened(operation);
        },
        closed: (operation) => {
          this.#clients.closed(operation);
          also?.closed(operation);
        },
        watched: (watch, answer) => {
          watches.watched(watch, answer);
          also?.watched(watch, answer);
        },
      },
      keeps,
      (term) => term >= this.#ledTerm && !this.#isDeposedAbout(),
    );
  }

  /** What the world must tell. */
  readonly listener: Pick<Required<WorldListener>, 'call' | 'member'> = {
    call: (client, number, event, at) => {
      this.#recorder.hear(client, number, event, at);
      this.#v2.hear(client.name, number, event, at);
    },
    member: (actor, trace) => this.#trace.hear(actor, trace, this.#world()?.now ?? 0),
  };

  /** See {@link TraceChecks.reachedAt}. */
  reachedAt(revision: number): number | undefined {
    return this.#trace.reachedAt(revision);
  }

  history(): History {
    return this.#recorder.history();
  }

  /** Whether a deposed leader may still end leases: it does not know better, or its proposals are still on their way. */
  #isDeposedAbout(): boolean {
    return (this.#world()?.now ?? 0) < this.#deposedAt + REQUEST_MICROS;
  }

  /** Looks at a member that did something. @param at virtual µs */
  look(at: number, seat: Seat): void {
    const { status, actor, config } = seat;
    if (status === undefined || status.term === 0) return;
    const store = `${config.folder} ${config.forceNewCluster ? seat.incarnation : ''}`;
    const known = this.#stores.get(actor);
    this.#stores.set(actor, store);
    // A store that was restored, or made to go on alone, begins a history of its own.
    if (known !== undefined && known !== store) {
      this.#clients.forget();
      this.#v2.forget();
      this.#revisions.clear();
      this.#ledTerm = 0;
    }
    if (status.role === 'leader') this.#ledTerm = Math.max(this.#ledTerm, status.term);
    const seats = this.#world()?.core.seats ?? [];
    if (seats.some(({ life, status: s }) => (life === 'up' || life === 'frozen') && s?.role === 'leader' && s.term < this.#ledTerm))
      this.#deposedAt = at;
    this.#trace.look(actor, status);
    this.#checkRevision(at, seat, status);
  }

  /** Members of one cluster that applied the same entries have the same revision. */
  #checkRevision(at: number, { name, cluster }: Seat, { applied, revision }: NonNullable<Seat['status']>): void {
    const id = cluster?.id ?? '';
    const revisions: Revisions = this.#revisions.get(id) ?? new Map<number, Shown>();
    this.#revisions.set(id, revisions);
    this.board.checked('state-machine-safety', at);
    const known = revisions.get(applied);
    if (known === undefined) rememberIn(revisions, applied, { revision, by: name }, REVISIONS_MAX);
    else if (known.revision !== revision)
      this.#clients.report(
        'state-machine-safety',
        at,
        [known.by, name],
        `after entry ${applied}: revision ${known.revision} on ${known.by}, ${revision} on ${name}`,
        [],
      );
  }
}
