/** What `play traffic start` takes, and the words of the client programs that it starts. */

/** What a load client can ask for. */
export const LOAD_KINDS = ['put', 'get', 'list', 'del', 'txn', 'watch', 'lease'] as const;
export type LoadKind = (typeof LOAD_KINDS)[number];

export interface LoadSettings {
  readonly clients: number;
  /** Requests a second, all clients together. */
  readonly rate: number;
  readonly mix: LoadMix;
  /** Keys that are asked for. */
  readonly keys: number;
  /** Bytes of a value. */
  readonly size: number;
  readonly prefix: string;
  /** Member that all talk to; undefined: each to another one, in turn. */
  readonly through: string | undefined;
}

export type LoadMix = readonly (readonly [kind: LoadKind, weight: number])[];

export const LOAD_DEFAULTS: LoadSettings = {
  clients: 4,
  rate: 50,
  mix: [
    ['put', 50],
    ['get', 40],
    ['txn', 10],
  ],
  keys: 100,
  size: 64,
  prefix: 'load/',
  through: undefined,
};

/** The client (an actor of the world) that the load's programs belong to. */
export const LOAD_CLIENT = 'load';
/** The program's name. */
export const LOAD_PROGRAM = 'traffic-client';

export const LOAD_LIMITS = { clients: 32, rate: 5000, keys: 100_000, size: 65_536 } as const;

const isKind = (text: string): text is LoadKind => LOAD_KINDS.some((kind) => kind === text);

/** `put:50,get:40,txn:10`; undefined if it is not one. */
export function parseMix(text: string): LoadMix | undefined {
  const mix: (readonly [LoadKind, number])[] = [];
  for (const part of text.split(',')) {
    const match = /^([a-z]+)(?::(\d{1,4}))?$/.exec(part);
    const kind = match?.[1] ?? '';
    const weight = Number(match?.[2] ?? 1);
    if (match === null || !isKind(kind) || mix.some(([known]) => known === kind)) return undefined;
    if (weight > 0) mix.push([kind, weight]);
  }
  return mix.length === 0 ? undefined : mix;
}

export const mixText = (mix: LoadMix): string => mix.map(([kind, weight]) => `${kind}:${weight}`).join(',');

/** The whole line, as it could be typed. */
export function loadLine({ clients, rate, mix, keys, size, prefix, through }: LoadSettings): string {
  const more = [
    ...(prefix === LOAD_DEFAULTS.prefix ? [] : [`--prefix ${prefix}`]),
    ...(through === undefined ? [] : [`--through ${through}`]),
  ];
  return [`play traffic start --clients ${clients} --rate ${rate} --mix ${mixText(mix)} --keys ${keys} --size ${size}`, ...more].join(' ');
}

/** The words of the client number `client` (from 1). Its last word says in the drawing what it does. */
export function loadArgv(settings: LoadSettings, client: number, endpoints: readonly string[], seed: number): readonly string[] {
  const { clients, rate, mix, keys, size, prefix } = settings;
  return [
    LOAD_PROGRAM,
    `--endpoints=${endpoints.join(',')}`,
    `--client=${client}`,
    `--clients=${clients}`,
    `--rate=${rate}`,
    `--keys=${keys}`,
    `--size=${size}`,
    `--prefix=${prefix}`,
    `--mix=${mixText(mix)}`,
    `--seed=${seed}`,
    `--line=${loadLine(settings)}`,
    `${rate}/s`,
  ];
}

/** The flag of a program's words that begins `--name=`. */
export function argvFlag(argv: readonly string[], name: string): string | undefined {
  const head = `--${name}=`;
  return argv.find((word) => word.startsWith(head))?.slice(head.length);
}
