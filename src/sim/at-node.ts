/** The prefix `at NODE:` of an etcdctl command. */

import { resolveTargets } from '#sim/node-refs.ts';
import type { World } from '#sim/world.ts';

/** The words with that member's endpoint first. A text is an error. */
export function endpointFirst(world: World, argv: readonly string[], node: string | undefined): readonly string[] | string {
  if (node === undefined) return argv;
  const resolved = resolveTargets(world.core, [node]);
  if (resolved.type === 'error') return resolved.message;
  const [first, ...more] = resolved.targets;
  if (first?.target.type !== 'member' || more.length > 0) return `at ${node}: one member is needed`;
  const [program = '', ...rest] = argv;
  if (program !== 'etcdctl') return '`at NODE:` stands before etcdctl commands';
  const endpoints = first.target.seat.config.clientUrls.map((url) => url.replace(/^https?:\/\//, ''));
  return [program, `--endpoints=${endpoints.join(',')}`, ...rest];
}
