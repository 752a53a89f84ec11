/** Tab completion: ways to go on with the word at the cursor. A function of the line and of what is known of the world; it changes nothing. */

import { etcdctlWords } from '#ctl/etcdctl/program.ts';
import { PLAY_COMMANDS } from '#ctl/play-command.ts';
import { SHELL_COMMANDS, TOOLS } from '#ctl/shell/command-table.ts';
import { CRASH_POINT_NAMES } from '#etcd/crash-points.ts';
import type { Completion } from '#view/conductor.ts';

/** What of the world completion looks at. */
export interface CompletionFacts {
  /** Programs that clients can start. */
  readonly programs: readonly string[];
  readonly members: readonly string[];
  /** `host:port` of each member's client URL. */
  readonly endpoints: readonly string[];
  readonly profile: string;
  /** Keys of the store that begin so, as far as one member knows. */
  readonly keys: (prefix: string) => Promise<readonly string[]>;
  /** Names in the folder of a path, folders with a slash at the end. */
  readonly files: (folder: string) => readonly string[];
}

/** Ways that are shown at most. */
const CHOICES_MAX = 60;
/** etcdctl commands whose first argument is a key. */
const KEY_COMMANDS = new Set(['get', 'put', 'del', 'watch', 'ls', 'set', 'mk', 'rm', 'update']);
const WRAPPERS = new Set(['sudo', 'time', 'nohup', 'exec', 'xargs']);
const ROLES = ['leader', 'followers', 'all'];

/** The words of the simple command that the cursor is in, up to it; the last is the one to go on with. */
function wordsAt(line: string, cursor: number): { readonly words: readonly string[]; readonly from: number } {
  const before = line.slice(0, cursor);
  const start = Math.max(...['|', ';', '&', '(', '`', '\n'].map((mark) => before.lastIndexOf(mark))) + 1;
  const words = before
    .slice(start)
    .split(/\s+/)
    .filter((word, i, all) => word !== '' || i === all.length - 1);
  let first = 0;
  while (first < words.length - 1 && (/^\w+=/.test(words[first] ?? '') || WRAPPERS.has(words[first] ?? ''))) first++;
  const word = words.at(-1) ?? '';
  return { words: words.slice(first), from: cursor - word.length };
}

/** Completes the word that ends at `cursor`. */
export async function completeLine(line: string, cursor: number, facts: CompletionFacts): Promise<Completion> {
  const { words, from } = wordsAt(line, cursor);
  const word = words.at(-1) ?? '';
  const found = await candidates(words, word, facts);
  // What stands before a `=` or a `,` belongs to the same word and stays.
  const stem = found.stem;
  const unique = [...new Set(found.words.filter((each) => each.startsWith(word.slice(stem))))].sort();
  return { from: from + stem, words: unique.slice(0, CHOICES_MAX) };
}

interface Candidates {
  /** Characters of the word that stay. */
  readonly stem: number;
  readonly words: readonly string[];
}

async function candidates(words: readonly string[], word: string, facts: CompletionFacts): Promise<Candidates> {
  const [command = ''] = words;
  if (words.length <= 1 && !word.includes('/'))
    return { stem: 0, words: ['play', 'at', ...facts.programs, ...Object.keys(TOOLS), ...Object.keys(SHELL_COMMANDS)] };
  const value = /^(--endpoints=|--endpoint=|\w+=)(?:.*,)?/.exec(word)?.[0];
  if (value !== undefined && /ENDPOINT|--endpoint/.test(value)) return { stem: value.length, words: facts.endpoints };
  if (words.at(-2) === '--endpoints') return { stem: word.lastIndexOf(',') + 1, words: facts.endpoints };
  if (command === 'play') return playWords(words, word, facts);
  if (command === 'at') {
    if (words.length === 2) return { stem: 0, words: [...facts.members, ...ROLES].map((name) => `${name}:`) };
    return candidates(words.slice(2), word, facts);
  }
  if (command === 'etcdctl') return etcdctlCandidates(words, word, facts);
  return fileWords(word, facts);
}

function playWords(words: readonly string[], word: string, facts: CompletionFacts): Candidates {
  if (words.length === 2) return { stem: 0, words: PLAY_COMMANDS };
  if (words.at(-2) === '--at') return { stem: 0, words: CRASH_POINT_NAMES };
  return { stem: word.lastIndexOf(',') + 1, words: [...facts.members, ...ROLES] };
}

async function etcdctlCandidates(words: readonly string[], word: string, facts: CompletionFacts): Promise<Candidates> {
  const args = words.slice(1, -1).filter((each) => !each.startsWith('-'));
  const { commands, flags } = etcdctlWords(facts.profile, args);
  if (word.startsWith('-')) return { stem: 0, words: flags.map((flag) => `--${flag}`) };
  if (commands.length > 0) return { stem: 0, words: commands };
  if (args.length === 1 && KEY_COMMANDS.has(args[0] ?? '')) return { stem: 0, words: await facts.keys(word) };
  return fileWords(word, facts);
}

function fileWords(word: string, facts: CompletionFacts): Candidates {
  const stem = word.lastIndexOf('/') + 1;
  return { stem, words: facts.files(word.slice(0, stem)) };
}
