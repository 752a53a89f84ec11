/** The lines that clicks stand for. Everything that the page does to the cluster is one of these. */

/** A word as the shell reads it back: bare if it can be, else in single quotes. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

const hostOf = (clientUrl: string): string => clientUrl.replace(/^https?:\/\//, '').replace(/\/$/, '');

/** Has a shell's etcdctl talk to the members with these client URLs from then on. */
export const endpointsLine = (clientUrls: readonly string[]): string => `export ETCDCTL_ENDPOINTS=${clientUrls.map(hostOf).join(',')}`;

/** `--endpoints=…` for a member's client URL, empty for etcdctl's own default. */
function endpointFlag(clientUrl: string): readonly string[] {
  const host = hostOf(clientUrl);
  return host === '127.0.0.1:2379' || host === 'localhost:2379' ? [] : [`--endpoints=${host}`];
}

/** A request of the form. `prefix` widens get, delete and watch to all keys that begin so. */
export type RequestInput =
  | { readonly method: 'put'; readonly key: string; readonly value: string }
  | { readonly method: 'get' | 'del' | 'watch'; readonly key: string; readonly prefix: boolean };

/** The etcdctl line of a request through the member with this client URL. */
export function requestLine(input: RequestInput, clientUrl: string): string {
  const head = ['etcdctl', ...endpointFlag(clientUrl), input.method];
  const dashed = input.key.startsWith('-') || (input.method === 'put' && input.value.startsWith('-'));
  const flags = [...(input.method !== 'put' && input.prefix ? ['--prefix'] : []), ...(dashed ? ['--'] : [])];
  const words = input.method === 'put' ? [input.key, input.value] : [input.key];
  return [...head, ...flags, ...words.map((word) => (word === '' ? "''" : quoteWord(word)))].join(' ');
}

/** `play VERB MEMBER`. */
export function memberLine(verb: 'kill' | 'restart' | 'freeze' | 'thaw' | 'isolate' | 'timeout' | 'wipe', member: string): string {
  return `play ${verb} ${member}`;
}

/** `play link A > B --cut`, or another setting; `<>` for both directions. */
export function linkLine(from: string, to: string, way: 'one' | 'both', setting: string): string {
  return `play link ${from} ${way === 'one' ? '>' : '<>'} ${to} ${setting}`;
}

/** `play partition a,b / c`: the chosen members on one side, the others on the other. */
export function partitionLine(chosen: readonly string[], all: readonly string[]): string {
  const rest = all.filter((name) => !chosen.includes(name));
  return `play partition ${all.filter((name) => chosen.includes(name)).join(',')} / ${rest.join(',')}`;
}

/** What a new cluster is made with; undefined keeps etcd's default. */
export interface NewClusterInput {
  readonly nodes: number;
  readonly seed: number | undefined;
  readonly profile?: string | undefined;
  readonly preVote?: boolean | undefined;
  readonly checkQuorum?: boolean | undefined;
  readonly enableV2?: boolean | undefined;
  readonly storage?: 'sync' | 'async' | undefined;
  readonly snapshotCount?: number | undefined;
  /** As typed, such as `20ms..80ms`. */
  readonly latency?: string | undefined;
}

/** `play new --nodes N …`: only what was chosen is said. */
export function newLine(input: NewClusterInput): string {
  const flags: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['nodes', input.nodes],
    ['seed', input.seed],
    ['profile', input.profile],
    ['prevote', input.preVote],
    ['check-quorum', input.checkQuorum],
    ['enable-v2', input.enableV2],
    ['storage', input.storage],
    ['snapshot-count', input.snapshotCount],
    ['latency', input.latency === undefined ? undefined : quoteWord(input.latency)],
  ];
  return flags.reduce(
    (line, [name, value]) => (value === undefined ? line : `${line} --${name}${typeof value === 'boolean' ? `=${value}` : ` ${value}`}`),
    'play new',
  );
}

/** An etcdctl line through the member with this client URL; `words` as they are to stand. */
export function etcdctlLine(clientUrl: string, words: readonly string[]): string {
  return ['etcdctl', ...endpointFlag(clientUrl), ...words].join(' ');
}
