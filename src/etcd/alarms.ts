/** Alarms of the cluster as the log says: NOSPACE and CORRUPT, each with the member that it is about. */

import { AlarmType } from '#api/gen/rpc.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { compareIds } from '#etcd/identity.ts';

export interface Alarm {
  readonly memberId: bigint;
  readonly type: AlarmType;
}

const TYPES: readonly AlarmType[] = [AlarmType.NONE, AlarmType.NOSPACE, AlarmType.CORRUPT];

/** Mutable; owned by the state machine. At most one of each type for a member. */
export class Alarms {
  #alarms: Alarm[] = [];

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
    this.#alarms = [...this.#alarms, alarm].sort((a, b) => a.type - b.type || compareIds(a.memberId, b.memberId));
    return true;
  }

  /** @returns the alarm that was there */
  disarm(alarm: Alarm): Alarm | undefined {
    const found = this.#alarms.find((a) => a.type === alarm.type && a.memberId === alarm.memberId);
    this.#alarms = this.#alarms.filter((a) => a !== found);
    return found;
  }

  save(w: Writer): void {
    w.varint(this.#alarms.length);
    for (const { memberId, type } of this.#alarms) w.u64(memberId).u8(type);
  }

  /** @throws DecodeError */
  static restore(r: Reader): Alarms {
    const alarms = new Alarms();
    for (let n = r.varint(); n > 0; n--) alarms.raise({ memberId: r.u64(), type: TYPES[r.u8()] ?? AlarmType.NONE });
    return alarms;
  }
}
