/** The key-value view's answer: a member's store at a revision, asked of the member itself. */

import type { LiveRun } from '#host/live-run.ts';
import type { KeysAnswer } from '#view/conductor.ts';

export function readKeys(_run: LiveRun | undefined, member: string, _prefix: string, _revision: number): Promise<KeysAnswer> {
  return Promise.resolve({ member, revision: 0, compactRevision: 0, keys: [], more: false, error: 'not there' });
}
