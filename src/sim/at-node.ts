/** The prefix `at NODE:` of an etcdctl command. */

import { resolveTargets } from '#sim/node-refs.ts';
import type { World } from '#sim/world.ts';

/** Of a command: its words, the member's name if one stands before it, and its environment. */
interface PlacedCommand {
  readonly argv: readonly string[];
  readonly node: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** The words with that member's endpoint first: as a URL for the v2 face of etcdctl, which wants one. A text is an error. */
export function endpointFirst(world: World, { argv, node, env }: PlacedCommand): readonly string[] | string {
  if (node === undefined) return argv;
  const resolved = resolveTargets(world.core, [node]);
  if (resolved.type === 'error') return resolved.message;
  const [first, ...more] = resolved.targets;
  if (first?.target.type !== 'member' || more.length > 0) return `at ${node}: one member is needed`;
  const [program = '', ...rest] = argv;
  if (program !== 'etcdctl') return '`at NODE:` stands before etcdctl commands';
  const scheme = env['ETCDCTL_API'] === '2' ? 'http://' : '';
  const endpoints = first.target.seat.config.clientUrls.map((url) => scheme + url.replace(/^https?:\/\//, ''));
  return [program, `--endpoints=${endpoints.join(',')}`, ...rest];
}
