/** Random sequences from a seed. The same seed, profile and length give the same sequence for ever: changing a draw here loses old seeds. */

import { Draw } from '#cli/differential/draw.ts';
import { kvOperation } from '#cli/differential/generate-kv.ts';
import { authBeginning, authOperation } from '#cli/differential/generate-auth.ts';
import { clusterOperation } from '#cli/differential/generate-cluster.ts';
import { expiry, leaseOperation, lockOperation, watchOperations } from '#cli/differential/generate-services.ts';
import { httpOperation } from '#cli/differential/generate-http.ts';
import { gatewayOperation } from '#cli/differential/generate-gateway.ts';
import { v2Operations } from '#cli/differential/generate-v2.ts';
import { post, type Operation } from '#cli/differential/operation.ts';

/** The core ignores a change of the membership while the last one is not applied, and real etcd then never answers. */
const CHANGE_PAUSE_MILLIS = 60;
const afterPause = (op: Operation): readonly Operation[] =>
  op.type === 'request' && /member\/(add|remove|update|promote)$/.test(op.path)
    ? [{ type: 'pass', millis: CHANGE_PAUSE_MILLIS }, op]
    : [op];

type Part = (d: Draw, serial: number) => readonly Operation[];

const PARTS = {
  kv: (d) => [kvOperation(d)],
  lease: (d) => (d.chance(0.01) ? expiry(d) : [leaseOperation(d)]),
  watch: (d, serial) => (d.chance(0.3) ? watchOperations(d, serial) : [kvOperation(d)]),
  auth: (d, serial) => (serial === 0 ? authBeginning(d) : [authOperation(d)]),
  cluster: (d, serial) => afterPause(clusterOperation(d, serial)),
  lock: (d) => [lockOperation(d)],
  http: (d) => [httpOperation(d)],
  gateway: (d, serial) => [gatewayOperation(d, serial)],
  v2: (d) => v2Operations(d, { hasTtl: false }),
  v2ttl: (d) => v2Operations(d, { hasTtl: true }),
  mixed: (d, serial) =>
    d.weighted<readonly Operation[]>([
      [6, () => [kvOperation(d)]],
      [3, () => [leaseOperation(d)]],
      [0.5, () => watchOperations(d, serial)],
      [1, () => afterPause(clusterOperation(d, serial))],
      [2, () => [httpOperation(d)]],
      [0.5, () => [authOperation(d)]],
    ]),
} as const satisfies Readonly<Record<string, Part>>;

export type SequenceProfile = keyof typeof PARTS;

/** Kinds of sequences by name. */
export const SEQUENCE_PROFILES: readonly SequenceProfile[] = [
  'kv',
  'lease',
  'watch',
  'auth',
  'cluster',
  'lock',
  'http',
  'mixed',
  'v2',
  'v2ttl',
  'gateway',
];

const V2_ENDING: readonly Operation[] = [
  { type: 'request', method: 'GET', path: '/v2/keys/?recursive=true&quorum=true', headers: [], body: undefined, isLoose: true },
];

/** Flags of the servers that a sequence needs. */
export const flagsOf = (profile: SequenceProfile): readonly string[] => (profile.startsWith('v2') ? ['--enable-v2'] : []);

/** What every sequence ends with: everything that is left. */
const ENDING: readonly Operation[] = [
  post('/v3/kv/range', { key: 'AA==', range_end: 'AA==' }),
  post('/v3/lease/leases', {}),
  post('/v3/maintenance/hash', {}),
  post('/v3/cluster/member/list', {}),
  post('/v3/maintenance/status', {}),
];

/** @param length steps at least, without the ending */
export function generate(seed: number, profile: SequenceProfile, length: number): readonly Operation[] {
  const d = new Draw(seed, profile);
  const operations: Operation[] = [];
  for (let serial = 0; operations.length < length; serial++) operations.push(...PARTS[profile](d, serial));
  if (profile.startsWith('v2')) return [...operations, ...V2_ENDING];
  return withoutVainHashes([...operations.map(withCapture), ...ENDING], profile === 'http' || profile === 'mixed');
}

/** Where a server may choose an id that the step does not name, it is captured. */
function withCapture(op: Operation): Operation {
  if (op.type !== 'request' || op.capture !== undefined) return op;
  if (op.path.endsWith('/lease/grant')) return { ...op, capture: { name: 'granted', pattern: String.raw`"ID":"(7587\d{15})"` } };
  if (op.path.endsWith('/member/add')) return { ...op, capture: { name: 'member', pattern: String.raw`"member":\{"ID":"(\d+)"` } };
  return op;
}

/** The hash of the whole backend says nothing once it holds what a server chose by itself: an id, the hash of a password. */
function withoutVainHashes(operations: readonly Operation[], fromStart: boolean): readonly Operation[] {
  let isOwn = fromStart;
  return operations.filter((op) => {
    if (op.type !== 'request') return true;
    isOwn ||= (op.capture !== undefined && op.capture.name !== 'granted') || /\/auth\/user\/(add|changepw)$/.test(op.path);
    return !isOwn || !op.path.endsWith('/maintenance/hash');
  });
}
