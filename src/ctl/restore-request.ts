/** What `etcdutl snapshot restore` (and the older `etcdctl snapshot restore`) asks of the machine. */

import type { LaunchMember } from '#ctl/launch.ts';

/** Paths are absolute, or relative to the process's `PWD`. */
export interface RestoreRequest {
  readonly type: 'restore';
  /** The snapshot file. */
  readonly snapshot: string;
  /** `--data-dir`: must not be there. */
  readonly dataDir: string;
  /** `--name`. */
  readonly name: string;
  /** `--initial-advertise-peer-urls`. */
  readonly peerUrls: readonly string[];
  readonly initialCluster: readonly LaunchMember[];
  readonly initialClusterToken: string;
  readonly skipHashCheck: boolean;
  /** `--bump-revision`; from 0. */
  readonly bumpRevision: number;
  readonly markCompacted: boolean;
}

export type RestoreAnswer =
  | {
      readonly type: 'restored';
      /** Hex. */
      readonly clusterId: string;
      /** The new cluster's members in the order of their ids; ids in hex. */
      readonly members: readonly { readonly id: string; readonly peerUrls: readonly string[] }[];
    }
  /** `message` in etcd's words, without `Error: ` in front. */
  | { readonly type: 'refused'; readonly message: string };
