/** Alarms of the cluster as the log says: NOSPACE and CORRUPT, each with the member that it is about. */

import { AlarmType } from '#api/gen/rpc.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { compareIds } from '#etcd/identity.ts';

export interface Alarm {
  readonly memberId: bigint;
  readonly type: AlarmType;
}

const ALARMS: ReadonlySet<AlarmType> = new Set([AlarmType.NOSPACE, AlarmType.CORRUPT]);

/**
 * What is refused where entries are applied: nothing; what may grow, under NOSPACE; every change, under CORRUPT. etcd keeps one such applier:
 * a new kind of alarm puts its own in place of the other's, and the end of either kind takes away both, until the next start.
 */
export type Refusing = 'nothing' | 'growth' | 'changes';
/** Added to what is refused in a checkpoint. */
const PAST_AUTH = 8;
const REFUSING: readonly Refusing[] = ['nothing', 'growth', 'changes'];

/** Mutable; owned by the state machine. At most one of each type for a member. */
export class Alarms {
  #alarms: Alarm[] = [];
  #refusing: Refusing = 'nothing';
  #isPastAuth = false;

  /** Not part of the replicated state: a restart makes it anew from the alarms. */
  get refusing(): Refusing {
    return this.#refusing;
  }

  /**
   * Whether nobody's permissions are asked where entries are applied. The applier of an alarm that is raised while etcd runs stands on the
   * backend's instead of the one that checks them, in 3.4 and 3.5; that of an alarm found at the start, or in a snapshot, stands on both.
   */
  get isPastAuth(): boolean {
    return this.#isPastAuth;
  }

  /** Of a type (NONE: all), by type and member. */
  list(type: AlarmType = AlarmType.NONE): readonly Alarm[] {
    return this.#alarms.filter((a) => type === AlarmType.NONE || a.type === type);
  }

  has(type: AlarmType): boolean {
    return this.#alarms.some((a) => a.type === type);
  }

  /** @returns false if it was raised already */
  raise(alarm: Alarm): boolean {
    if (this.#alarms.some((a) => a.type === alarm.type && a.memberId === alarm.memberId)) return false;
    if (!this.has(alarm.type)) {
      if (alarm.type === AlarmType.NOSPACE) this.#refusing = 'growth';
      else if (alarm.type === AlarmType.CORRUPT) this.#refusing = 'changes';
      this.#isPastAuth ||= ALARMS.has(alarm.type);
    }
    this.#alarms = [...this.#alarms, alarm].sort((a, b) => a.type - b.type || compareIds(a.memberId, b.memberId));
    return true;
  }

  /** @returns the alarm that was there */
  disarm(alarm: Alarm): Alarm | undefined {
    const found = this.#alarms.find((a) => a.type === alarm.type && a.memberId === alarm.memberId);
    this.#alarms = this.#alarms.filter((a) => a !== found);
    if (found !== undefined && ALARMS.has(alarm.type) && !this.has(alarm.type)) {
      this.#refusing = 'nothing';
      this.#isPastAuth = false;
    }
    return found;
  }

  /** @param what `replicated`: what all members share; `all`: for checkpoints */
  save(w: Writer, what: 'replicated' | 'all'): void {
    w.varint(this.#alarms.length);
    for (const { memberId, type } of this.#alarms) w.u64(memberId).varint(type);
    w.u8(what === 'all' ? REFUSING.indexOf(this.#refusing) + 1 + (this.#isPastAuth ? PAST_AUTH : 0) : 0);
  }

  /** @throws DecodeError */
  static restore(r: Reader): Alarms {
    const alarms = new Alarms();
    // A client may raise an alarm of any number.
    for (let n = r.varint(); n > 0; n--) alarms.raise({ memberId: r.u64(), type: r.varint() as AlarmType }); // see above
    alarms.#refusing = alarms.has(AlarmType.CORRUPT) ? 'changes' : alarms.has(AlarmType.NOSPACE) ? 'growth' : 'nothing';
    const kept = r.u8();
    alarms.#isPastAuth = kept >= PAST_AUTH;
    alarms.#refusing = REFUSING[(kept % PAST_AUTH) - 1] ?? alarms.#refusing;
    return alarms;
  }
}
