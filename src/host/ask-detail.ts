/** Asks a member for what the page shows of it. Placeholder of the wire: the answers' types are the member's (#etcd/inspection.ts). */

import type { Cast } from '#host/cast.ts';
import type { FeedBuilder } from '#host/feed-builder.ts';
import { EMPTY_DETAIL, type MemberDetail } from '#host/member-detail.ts';
import type { NodeHost } from '#sim/node-host.ts';
import type { World } from '#sim/world.ts';

export function askDetail(_host: NodeHost, _world: World, _actor: number, _cast: Cast, _feed: FeedBuilder, before: MemberDetail | undefined): Promise<MemberDetail | undefined> {
  return Promise.resolve(before ?? EMPTY_DETAIL);
}
