/** Operations and changes in words, for reports. */

import { operationName, type Action, type Operation, type Request, type Version } from '#checker/history.ts';
import type { Change } from '#checker/replay.ts';
import type { KeyRange } from '#mvcc/byte-key.ts';

/** Longer values are cut. */
const VALUE_MAX = 24;

const quoted = (text: string): string => JSON.stringify(text.length <= VALUE_MAX ? text : `${text.slice(0, VALUE_MAX)}…`);
const millisText = (micros: number): string => (micros === Infinity ? 'never' : `${(micros / 1000).toFixed(3)} ms`);

export const rangeText = ({ start, end }: KeyRange): string =>
  end === undefined ? quoted(start) : end === '' ? `[${quoted(start)}, ∞)` : `[${quoted(start)}, ${quoted(end)})`;

export const versionText = (v: Version | undefined): string =>
  v === undefined ? 'absent' : `${quoted(v.value)} (create ${v.create}, mod ${v.mod}, version ${v.version})`;

export const changeText = ({ key, after }: Change): string =>
  after === undefined ? `delete ${quoted(key)}` : `put ${quoted(key)} = ${versionText(after)}`;

function actionText(action: Action): string {
  switch (action.type) {
    case 'put':
      return `put ${quoted(action.key)} ${quoted(action.value)}`;
    case 'delete':
      return `delete ${rangeText(action.range)}`;
    case 'range':
      return `get ${rangeText(action.range)}${action.revision === 0 ? '' : ` at ${action.revision}`}`;
  }
}

export function requestText(request: Request): string {
  switch (request.type) {
    case 'txn': {
      const actions = [...request.success, ...request.failure].map(actionText);
      const text = request.guards.length === 0 ? actions.join('; ') : `txn if ${request.guards.length} hold: ${actions.join('; ')}`;
      return request.serializable ? `${text}, serializable` : text;
    }
    case 'lease-grant':
      return `grant lease ${request.id.toString(16)} for ${request.ttl} s`;
    case 'lease-revoke':
      return `revoke lease ${request.id.toString(16)}`;
    case 'lease-renew':
      return `keep lease ${request.id.toString(16)} alive`;
    case 'compact':
      return `compact ${request.revision}`;
    case 'other':
      return request.method;
  }
}

/** Such as `traffic1#12, 31.000 ms to 35.000 ms: put "a" "1" → revision 7`. */
export function operationText(op: Operation): string {
  const { outcome } = op;
  const end =
    outcome.type === 'ok'
      ? `revision ${outcome.answer.revision}`
      : outcome.type === 'failed'
        ? `failed: ${outcome.message}`
        : `unknown: ${outcome.message}`;
  return `${operationName(op)}, ${millisText(op.invokedAt)} to ${millisText(op.returnedAt)}: ${requestText(op.request)} → ${end}`;
}
