/** Users and roles, and the v2 tree, as one member knows them. */

import { answered, askMember } from '#host/data/ask-member.ts';
import type { LiveRun } from '#host/live-run.ts';
import type { AuthAnswer as MemberAuth, V2KeysAnswer } from '#etcd/inspection.ts';
import type { AuthAnswer, AuthQuery, V2Answer, V2Query } from '#view/data.ts';

export async function readAuth(run: LiveRun, { member }: AuthQuery): Promise<AuthAnswer> {
  const asked = await askMember(run, member, { type: 'auth' });
  if ('error' in asked) return { type: 'auth', enabled: false, revision: 0, users: [], roles: [], ...answered(run, member, asked.error) };
  const { enabled, revision, users, roles } = asked.answer as unknown as MemberAuth; // the member's own answer; both ends are the same build
  return { type: 'auth', enabled, revision, users, roles, ...answered(run, member) };
}

export async function readV2(run: LiveRun, { member }: V2Query): Promise<V2Answer> {
  const asked = await askMember(run, member, { type: 'v2-keys' });
  if ('error' in asked) return { type: 'v2', enabled: false, index: 0, more: false, nodes: [], ...answered(run, member, asked.error) };
  const { enabled, index, more, nodes } = asked.answer as unknown as V2KeysAnswer; // as above
  return { type: 'v2', enabled, index, more, nodes, ...answered(run, member) };
}
