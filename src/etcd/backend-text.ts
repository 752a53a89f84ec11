/** What log lines say of the backend: where it lies, how large it is. */

import { humanBytes } from '#etcd/human-bytes.ts';
import type { MemberConfig } from '#etcd/contract.ts';

export const backendPath = ({ dataDir }: Pick<MemberConfig, 'dataDir'>): string => `${dataDir}/member/snap/db`;

/** Sizes as numbers and as people read them. */
export const sizeFields = ({ bytes, bytesInUse }: { readonly bytes: number; readonly bytesInUse: number }) => ({
  'current-db-size-bytes': bytes,
  'current-db-size': humanBytes(bytes),
  'current-db-size-in-use-bytes': bytesInUse,
  'current-db-size-in-use': humanBytes(bytesInUse),
});
