/** Settings of a fault as they stand in the trace: `name=value`, blanks between, in the order in which they were given. */

import type { LatencyRange } from '#ctl/world-command.ts';

type Setting = LatencyRange | number | boolean | string | undefined;

const valueText = (value: Exclude<Setting, undefined>): string =>
  typeof value === 'object' ? `${value.spiky === true ? 'spiky:' : ''}${value.minMicros}..${value.maxMicros}us` : `${value}`;

export const settingText = <T extends { readonly [K in keyof T]: Setting }>(settings: T): string =>
  Object.entries<Setting>(settings)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${valueText(value)}`]))
    .join(' ');
