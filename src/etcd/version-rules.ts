/**
 * Where the modelled versions of the server differ: the only place. A newer one is a value of `Profile` more and a column here; what it
 * answers is then what the column says. (The engine's two differences, tombstones at the compacted revision and what HashKV refuses there,
 * are in src/mvcc; the order of fields in a gateway error is in src/api/json/gateway.ts.)
 */

import { Code } from '#api/errors.ts';
import type { Profile } from '#etcd/contract.ts';

export interface VersionRules {
  /** What the server says of itself, and the cluster version that a leader sets. */
  readonly serverVersion: string;
  readonly clusterVersion: string;
  /** Code of a write that found no leader in its time: the gRPC library of 3.4 gives a context's error none. */
  readonly noLeaderWriteCode: Code;
  /** Go's version that the reference binaries were built with. */
  readonly buildGoVersion: string;
  /** The log line of a leader that sets the first cluster version. */
  readonly settingVersionText: string;
  /** Auth: whether a token is looked at while auth is off, and is then unknown. */
  readonly looksAtTokensWhileOff: boolean;
  /** Auth: whether the role is looked for before the permission that is to be granted. */
  readonly findsRoleFirst: boolean;
  /** Alarm: whether the answer has a header, and whether errors of auth keep their codes. */
  readonly alarmHasHeader: boolean;
  readonly alarmErrorsHaveCodes: boolean;
  /** Methods that 3.5 brought: Auth.AuthStatus, Maintenance.Downgrade, and HashKV's own path in the gateway. */
  readonly hasNewMethods: boolean;
  /** MemberList: whether `linearizable` is known. */
  readonly listsMembersLinearizably: boolean;
  /** Lock: whether a waiter looks for its own key when its turn comes. */
  readonly verifiesLocks: boolean;
  /** Watch: whether a progress request is answered at once, or when all watchers of the stream have caught up. */
  readonly progressIsImmediate: boolean;
  /** Watch: whether a negative start revision is refused as compacted. */
  readonly refusesNegativeStart: boolean;
  /** /health: through the log and without a reason, or by a read and with one; `serializable` is then known. */
  readonly healthIsRead: boolean;
  /** /livez and /readyz (3.5.11). */
  readonly hasProbes: boolean;
  /** /config/local/log. */
  readonly hasLogLevelPage: boolean;
  /** Lease: whether checkpoints can be stored with the leases (`--experimental-enable-lease-checkpoint-persist`). */
  readonly storesCheckpoints: boolean;
  /** Lease: whether a leader whose loop stood still makes sure that it still leads before it ends or renews leases (3.5.13, 3.5.16). */
  readonly confirmsLeadership: boolean;
  /** The log line at the end of a defragmentation. */
  readonly defragmentedText: string;
  /** Backend: whether Raft's configuration and term are kept, and the applied index with every commit rather than with each change of keys. */
  readonly backendHasRaftState: boolean;
}

const RULES: Readonly<Record<Profile, VersionRules>> = {
  '3.4.23': {
    serverVersion: '3.4.23',
    clusterVersion: '3.4.0',
    buildGoVersion: 'go1.19.8',
    settingVersionText: 'setting up initial cluster version',
    noLeaderWriteCode: Code.Unknown,
    looksAtTokensWhileOff: true,
    findsRoleFirst: true,
    alarmHasHeader: false,
    alarmErrorsHaveCodes: false,
    hasNewMethods: false,
    listsMembersLinearizably: false,
    verifiesLocks: false,
    progressIsImmediate: true,
    refusesNegativeStart: false,
    healthIsRead: false,
    hasProbes: false,
    hasLogLevelPage: true,
    storesCheckpoints: false,
    confirmsLeadership: false,
    defragmentedText: 'defragmented',
    backendHasRaftState: false,
  },
  '3.5': {
    serverVersion: '3.5.16',
    clusterVersion: '3.5.0',
    buildGoVersion: 'go1.24.0',
    settingVersionText: 'setting up initial cluster version using v2 API',
    noLeaderWriteCode: Code.DeadlineExceeded,
    looksAtTokensWhileOff: false,
    findsRoleFirst: false,
    alarmHasHeader: true,
    alarmErrorsHaveCodes: true,
    hasNewMethods: true,
    listsMembersLinearizably: true,
    verifiesLocks: true,
    progressIsImmediate: false,
    refusesNegativeStart: true,
    healthIsRead: true,
    hasProbes: true,
    hasLogLevelPage: false,
    storesCheckpoints: true,
    confirmsLeadership: true,
    defragmentedText: 'finished defragmenting directory',
    backendHasRaftState: true,
  },
};

/** The rules of the version that a member is. */
export const versionRules = ({ profile }: { readonly profile: Profile }): VersionRules => RULES[profile];
