/** What a call of the v2 API gets whose request came to nothing. */

import type { ApiError } from '#api/errors.ts';
import type { EventId } from '#kernel/brand.ts';
import { v2Error, V2Code } from '#v2/error.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { sendKeyError, sendMessage } from '#etcd/v2-answers.ts';
import type { V2Call } from '#etcd/v2-calls.ts';
import { failMemberChange } from '#etcd/v2-member-answers.ts';

/** A call's request was not applied, in time or at all. */
export function failV2(m: Parts, open: OpenCall, error: Pick<ApiError, 'code' | 'message'>, cause: EventId): void {
  const state: V2Call | undefined = m.v2.take(open.id);
  if (state?.type === 'members') failMemberChange(m, open.id, state, error, cause);
  else if (state?.type === 'auth') sendMessage(m, open.id, 500, 'Internal Server Error', cause);
  else sendKeyError(m, open.id, v2Error(V2Code.RaftInternal, error.message), false, cause);
}
