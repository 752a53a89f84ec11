/** Reads `play traffic start …` and `play traffic stop`: the load generator. */

import { goQuote } from '#ctl/duration.ts';
import type { SyntaxProblem, Word } from '#ctl/lexer.ts';
import { LOAD_DEFAULTS, LOAD_KINDS, LOAD_LIMITS, parseMix } from '#ctl/load-settings.ts';
import { flagNumber, flagText, type FlagKind, type PlayWords } from '#ctl/play-flags.ts';
import type { PlayCommand } from '#ctl/world-command.ts';

export const TRAFFIC_FLAGS: Readonly<Record<string, FlagKind>> = {
  clients: 'count',
  rate: 'count',
  mix: 'text',
  keys: 'count',
  size: 'count',
  prefix: 'text',
  through: 'text',
};

const problem = (message: string, column: number): SyntaxProblem => ({ type: 'error', message, column });

/** @param members the names that `--through` may have; undefined: not checked */
export function readTraffic(
  { words, flags }: PlayWords,
  head: Word,
  members: readonly string[] | undefined,
): { readonly type: 'ok'; readonly command: PlayCommand } | SyntaxProblem {
  const [verb, extra] = words;
  if (verb === undefined || (verb.text !== 'start' && verb.text !== 'stop'))
    return problem('play traffic needs start or stop: play traffic start --rate 50', verb?.column ?? head.column);
  if (extra !== undefined) return problem(`play traffic ${verb.text} takes no ${goQuote(extra.text)}`, extra.column);
  if (verb.text === 'stop')
    return flags.size > 0
      ? problem('play traffic stop takes no flags', head.column)
      : { type: 'ok', command: { type: 'traffic', load: undefined } };
  const text = flagText(flags, 'mix');
  const mix = text === undefined ? LOAD_DEFAULTS.mix : parseMix(text);
  if (mix === undefined)
    return problem(`--mix: such as put:50,get:40,txn:10 out of ${LOAD_KINDS.join(', ')}, not ${goQuote(text ?? '')}`, head.column);
  const load = {
    clients: flagNumber(flags, 'clients') ?? LOAD_DEFAULTS.clients,
    rate: flagNumber(flags, 'rate') ?? LOAD_DEFAULTS.rate,
    keys: flagNumber(flags, 'keys') ?? LOAD_DEFAULTS.keys,
    size: flagNumber(flags, 'size') ?? LOAD_DEFAULTS.size,
  };
  for (const [name, max] of Object.entries(LOAD_LIMITS)) {
    const value = load[name as keyof typeof LOAD_LIMITS]; // its own keys
    const min = name === 'size' ? 0 : 1;
    if (value < min || value > max) return problem(`--${name}: from ${min} to ${max}, not ${value}`, head.column);
  }
  const prefix = flagText(flags, 'prefix') ?? LOAD_DEFAULTS.prefix;
  if (!/^[\w./:-]{1,64}$/.test(prefix)) return problem(`--prefix: letters, digits and ./:_-, not ${goQuote(prefix)}`, head.column);
  const through = flagText(flags, 'through');
  if (through !== undefined && members?.includes(through) === false)
    return problem(`no member ${goQuote(through)}: there are ${members.join(', ')}`, head.column);
  return { type: 'ok', command: { type: 'traffic', load: { ...load, mix, prefix, through } } };
}
