/** Settings of a fault as the trace has them (`walLatency=2000..8000us full=true`), taken apart for sentences. */

import { durationText } from '#words/measure.ts';

export interface FaultSetting {
  readonly name: string;
  /** As it stands there. */
  readonly value: string;
  /** The same for a person: a latency as a range, a share as a percentage, other values as they are. */
  readonly text: string;
}

export function faultSettings(setting: string): readonly FaultSetting[] {
  return setting
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const name = at < 0 ? part : part.slice(0, at);
      const value = at < 0 ? 'true' : part.slice(at + 1);
      return { name, value, text: valueText(name, value) };
    });
}

function valueText(name: string, value: string): string {
  const range = /^(?:spiky:)?(\d+)\.\.(\d+)us$/.exec(value);
  if (range !== null) {
    const [least, most] = [durationText(Number(range[1])), durationText(Number(range[2]))];
    return least === most ? least : `${least}–${most}`;
  }
  if (name === 'loss' || name === 'duplicate' || name === 'reorder') return `${Number((Number(value) * 100).toFixed(2))}%`;
  const jump = /^-?(\d+)us$/.exec(value);
  return jump === null ? value : durationText(Number(jump[1]));
}
