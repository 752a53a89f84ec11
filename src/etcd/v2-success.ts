/** What a call of the v2 API gets whose request was applied. */

import type { EventId } from '#kernel/brand.ts';
import type { V2Result } from '#v2/store.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { sendKeyResult } from '#etcd/v2-answers.ts';
import { continueAuth } from '#etcd/v2-auth.ts';

/** A call's request was applied. */
export function answerV2(m: Parts, open: OpenCall, result: V2Result, cause: EventId): void {
  const state = m.v2.get(open.id);
  if (state?.type === 'auth') {
    continueAuth(m, open, { ...state, results: [...state.results, result] }, cause);
    return;
  }
  m.v2.take(open.id);
  m.calls.close(open.id);
  if (state?.type === 'keys') sendKeyResult(m, open.id, result, { isHead: false, noValue: state.noValue }, cause);
}
