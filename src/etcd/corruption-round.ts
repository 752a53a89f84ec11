/** Where a member stands with comparing its data to its peers' (corruption-check.ts). Plain data in an encoding. */

import { simTime, type NodeId, type SimTime } from '#kernel/brand.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import type { CheckAnswer } from '#etcd/corruption-message.ts';

/** A comparison under way. */
export interface CheckRound {
  readonly kind: 'initial' | 'periodic';
  /** When it began; its peers' answers carry it. */
  readonly since: SimTime;
  /** When nobody is waited for any more. */
  readonly deadline: SimTime;
  /** This member's hash, and at which revision it was taken. */
  readonly own: { readonly hash: number; readonly revision: number; readonly compactRevision: number };
  readonly waitsFor: readonly NodeId[];
  /** At most one of each peer. */
  readonly answers: readonly CheckAnswer[];
}

/** Mutable; owned by the member. */
export class CorruptionChecks {
  /** The check before the start is wanted and has not begun. */
  isInitialDue = false;
  /** When the leader's next check is due; 0: never. */
  at: SimTime = simTime(0);
  round: CheckRound | undefined = undefined;

  save(w: Writer): void {
    w.bool(this.isInitialDue).varint(this.at);
    // A round is plain data; its type has no index signature.
    w.bytes(encodePlain((this.round ?? null) as unknown as Plain)); // see above
  }

  /** @throws DecodeError */
  static restore(r: Reader): CorruptionChecks {
    const checks = new CorruptionChecks();
    checks.isInitialDue = r.bool();
    checks.at = simTime(r.varint());
    const round = decodePlain(r.bytes().slice()) as unknown as CheckRound | null; // what save wrote
    checks.round = round ?? undefined;
    return checks;
  }
}
