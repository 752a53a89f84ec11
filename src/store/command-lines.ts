/** The lines that clicks stand for. Everything that the page does to the cluster is one of these. */

/** A word as the shell reads it back: bare if it can be, else in single quotes. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_./:@%+=,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `--endpoints=…` for a member's client URL, empty for etcdctl's own default. */
function endpointFlag(clientUrl: string): readonly string[] {
  const host = clientUrl.replace(/^https?:\/\//, '').replace(/\/$/, '');
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

/** `play partition a,b / c`: the chosen members on one side, the others on the other. */
export function partitionLine(chosen: readonly string[], all: readonly string[]): string {
  const rest = all.filter((name) => !chosen.includes(name));
  return `play partition ${all.filter((name) => chosen.includes(name)).join(',')} / ${rest.join(',')}`;
}

/** `play new --nodes N [--seed S]`. */
export function newLine(nodes: number, seed: number | undefined): string {
  return `play new --nodes ${nodes}${seed === undefined ? '' : ` --seed ${seed}`}`;
}

/** An etcdctl line through the member with this client URL; `words` as they are to stand. */
export function etcdctlLine(clientUrl: string, words: readonly string[]): string {
  return ['etcdctl', ...endpointFlag(clientUrl), ...words].join(' ');
}
