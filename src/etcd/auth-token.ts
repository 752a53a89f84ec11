/** Authenticate: the password is checked at the member that is asked, the token goes through the log to all. */

import { AuthenticateRequest } from '#api/gen/rpc.ts';
import type { EventId } from '#kernel/brand.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { createPrng } from '#kernel/prng.ts';
import { fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { proposeCall } from '#etcd/propose.ts';

const TOKEN_LETTERS = 16;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A linearizable read later: whether the password is right, by users and revision that are not old. */
export function authenticate(m: Parts, call: OpenCall, body: Bytes, cause: EventId): void {
  const { name, password } = AuthenticateRequest.decode(body);
  const refusal = m.machine.auth.checkPassword(name, password);
  if (refusal !== undefined) {
    fail(m, call.id, refusal, cause);
    return;
  }
  const random = createPrng(
    m.config.seed,
    `token/${m.config.name}/${m.info.incarnation}/${m.machine.appliedIndex}/${call.id.client}/${call.id.call}`,
  );
  const simpleToken = Array.from({ length: TOKEN_LETTERS }, () => LETTERS[random.nextBelow(LETTERS.length)] ?? 'a').join('');
  proposeCall(m, call.id, { authenticate: { name, password: '', simpleToken } }, cause);
}
