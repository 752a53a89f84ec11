/** What the page remembers of a visitor: kept in localStorage, validated when read, never trusted. */

import { MILESTONES, type Milestone } from '#store/milestones.ts';

export type Language = 'en' | 'zh';
export type Theme = 'light' | 'dark';
export type RailTab = 'why' | 'member' | 'data' | 'safety';
export const RAIL_TABS: readonly RailTab[] = ['why', 'member', 'data', 'safety'];
export type StageChoice = 'ring' | 'time';
export type StepChoice = (typeof STEP_CHOICES)[number];
export const STEP_CHOICES = ['event', 'message', 'state', 'term'] as const;

export interface PanelSizes {
  readonly side: number;
  readonly log: number;
  readonly terminal: number;
}

export interface Preferences {
  /** Undefined: as the browser says. */
  readonly language: Language | undefined;
  /** Undefined: as the system says. */
  readonly theme: Theme | undefined;
  /** Undefined: opens with the first write. */
  readonly log: boolean | undefined;
  readonly rail: boolean;
  readonly railTab: RailTab;
  readonly terminal: boolean;
  readonly request: boolean;
  /** What the stage shows: the ring of now, or the space-time diagram of what was. */
  readonly stage: StageChoice;
  /** The ring is shown as a table. */
  readonly table: boolean;
  /** Sizes that the visitor gave to panels, px; 0: as they are by themselves. */
  readonly sizes: PanelSizes;
  readonly everyEvent: boolean;
  readonly step: StepChoice;
  readonly seen: readonly Milestone[];
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: undefined,
  theme: undefined,
  log: undefined,
  rail: false,
  railTab: 'why',
  terminal: false,
  request: false,
  stage: 'ring',
  table: false,
  sizes: { side: 0, log: 0, terminal: 0 },
  everyEvent: false,
  step: 'event',
  seen: [],
};

/** Where preferences are kept; the browser's localStorage, or a map in tests. */
export interface PreferenceStorage {
  readonly getItem: (name: string) => string | null;
  readonly setItem: (name: string, value: string) => void;
  readonly removeItem: (name: string) => void;
}

const NAME = 'etcd-playground';

const oneOf = <T extends string>(value: unknown, choices: readonly T[]): T | undefined => choices.find((choice) => choice === value);
const flag = (value: unknown, otherwise: boolean): boolean => (typeof value === 'boolean' ? value : otherwise);

/** Tabs as they were called before keep their visitors. */
function railTabOf(value: unknown): RailTab {
  if (value === 'keys') return 'data';
  return oneOf(value, RAIL_TABS) ?? 'why';
}

/** Sizes as they may be; whatever else is stored is no size. */
function sizesFrom(value: unknown): PanelSizes {
  const stored: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  const size = (name: keyof PanelSizes): number => {
    const found = stored[name];
    return typeof found === 'number' && found >= 0 && found <= 4000 ? Math.round(found) : 0;
  };
  return { side: size('side'), log: size('log'), terminal: size('terminal') };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Reads the preferences; whatever is missing or of the wrong kind has its default. */
export function readPreferences(storage: PreferenceStorage | undefined): Preferences {
  let text: string | null = null;
  try {
    text = storage?.getItem(NAME) ?? null;
  } catch {
    // A browser may refuse storage altogether; the defaults serve.
  }
  if (text === null) return DEFAULT_PREFERENCES;
  const stored = parse(text);
  const seen: readonly unknown[] = Array.isArray(stored['seen']) ? stored['seen'] : [];
  return {
    language: oneOf(stored['language'], ['en', 'zh']),
    theme: oneOf(stored['theme'], ['light', 'dark']),
    log: typeof stored['log'] === 'boolean' ? stored['log'] : undefined,
    rail: flag(stored['rail'], false),
    railTab: railTabOf(stored['railTab']),
    terminal: flag(stored['terminal'], false),
    request: flag(stored['request'], false),
    everyEvent: flag(stored['everyEvent'], false),
    stage: oneOf(stored['stage'], ['ring', 'time']) ?? 'ring',
    table: flag(stored['table'], false),
    sizes: sizesFrom(stored['sizes']),
    step: oneOf(stored['step'], STEP_CHOICES) ?? 'event',
    seen: MILESTONES.filter((milestone) => seen.includes(milestone)),
  };
}

/** Writes them; a browser that refuses loses only the memory of them. */
export function writePreferences(storage: PreferenceStorage | undefined, preferences: Preferences): void {
  try {
    storage?.setItem(NAME, JSON.stringify(preferences));
  } catch {
    // Full or refused: the page works the same until it is closed.
  }
}

/** Forgets them. */
export function forgetPreferences(storage: PreferenceStorage | undefined): void {
  try {
    storage?.removeItem(NAME);
  } catch {
    // Nothing was stored, then.
  }
}

/** The language for a browser that asks for `languages`, most wanted first. */
export function languageFor(languages: readonly string[]): Language {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}
