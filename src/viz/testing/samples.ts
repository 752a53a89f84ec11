/** Made-up members and messages for drawings that are tested, and shown in the gallery. */

import { PLAIN_MEMBER } from '#view/plain-member.ts';
import type { MemberView, MessageView } from '#view/frame.ts';

export function sampleMember(number: number, changed: Partial<MemberView> = {}): MemberView {
  return {
    ...PLAIN_MEMBER,
    name: `etcd-${number}`,
    id: `${number}`,
    number,
    clientUrl: `http://127.0.0.1:${2279 + 100 * number}`,
    commit: 4,
    applied: 4,
    lastIndex: 4,
    lastTerm: 2,
    log: { compactedTo: 0, bootstrapTo: 4, cells: [] },
    ...changed,
  };
}

export const sampleMembers = (count: number): readonly MemberView[] => Array.from({ length: count }, (_, at) => sampleMember(at + 1));

export const sampleMessage = (changed: Partial<MessageView> = {}): MessageView => ({
  id: 1,
  from: 'etcd-1',
  to: 'etcd-2',
  kind: 'append',
  sentAt: 1000,
  arrivesAt: 5000,
  lost: undefined,
  term: 2,
  entries: 1,
  fields: [],
  ...changed,
});
