/** Calls of the Lock and Election services: each begins a recipe (recipes.ts). */

import * as election from '#api/gen/election.ts';
import * as lock from '#api/gen/lock.ts';
import { DeleteRangeRequest } from '#api/gen/rpc.ts';
import { ElectionService, KVService, LockService } from '#api/rpc.ts';
import { Code } from '#api/errors.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import { newRecipe, type Recipe } from '#etcd/inner-calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { ownerRange } from '#etcd/recipe-requests.ts';
import { observe, openSession } from '#etcd/recipes.ts';

type Handler = (m: Parts, call: OpenCall, body: Bytes) => void;

const inSession = (m: Parts, call: OpenCall, fields: Partial<Recipe>): void =>
  openSession(m, newRecipe(call, 'session', fields), call.event);

/** What the client was told of its leadership. */
function ofLeader(m: Parts, call: OpenCall, leader: election.LeaderKey | undefined, fields: Partial<Recipe> = {}): void {
  if (leader === undefined) fail(m, call.id, { code: Code.Unknown, message: '"leader" field must be provided' }, call.event);
  else inSession(m, call, { name: leader.name, key: leader.key, revision: leader.rev, lease: leader.lease, ...fields });
}

/** Handlers by path. */
export const CONCURRENCY_HANDLERS: readonly (readonly [string, Handler])[] = [
  [
    LockService.Lock.path,
    (m, call, body) => {
      const { name, lease } = lock.LockRequest.decode(body);
      inSession(m, call, { name: name.slice(), lease });
    },
  ],
  [
    LockService.Unlock.path,
    (m, call, body) => {
      const { key } = lock.UnlockRequest.decode(body);
      m.inner.ask(newRecipe(call, 'question', {}), KVService.DeleteRange, DeleteRangeRequest.create({ key }), call.event);
    },
  ],
  [
    ElectionService.Campaign.path,
    (m, call, body) => {
      const { name, lease, value } = election.CampaignRequest.decode(body);
      inSession(m, call, { name: name.slice(), lease, value: value.slice() });
    },
  ],
  [
    ElectionService.Proclaim.path,
    (m, call, body) => {
      const { leader, value } = election.ProclaimRequest.decode(body);
      ofLeader(m, call, leader, { value: value.slice() });
    },
  ],
  [ElectionService.Resign.path, (m, call, body) => ofLeader(m, call, election.ResignRequest.decode(body).leader)],
  [
    ElectionService.Leader.path,
    (m, call, body) => {
      const { name } = election.LeaderRequest.decode(body);
      m.inner.ask(newRecipe(call, 'question', {}), KVService.Range, ownerRange(name), call.event);
    },
  ],
  [
    ElectionService.Observe.path,
    (m, call, body) => observe(m, newRecipe(call, 'observe-find', { name: election.LeaderRequest.decode(body).name.slice() }), call.event),
  ],
];
