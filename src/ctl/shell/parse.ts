/** Reads what is typed as a shell script. The grammar is bash's, read by the library unbash; what is not a command here says so when it runs. */

import { parse, type ParsedScript } from 'unbash';

/** UTF-16 units of one line or script: above etcd's own limit of a request, so that etcd answers for itself. */
export const SCRIPT_LENGTH_MAX = 4 * 1024 * 1024;

export type ParsedShell =
  | { readonly type: 'ok'; readonly script: ParsedScript; readonly source: string }
  /** More lines must follow: an open quote, a loop without `done`, a here-document without its end, a `\` or `|` at the end. */
  | { readonly type: 'incomplete'; readonly message: string; readonly column: number }
  | { readonly type: 'error'; readonly message: string; readonly column: number };

/** Columns count from 1 in the whole text. */
export function parseShell(source: string): ParsedShell {
  if (source.length > SCRIPT_LENGTH_MAX)
    return { type: 'error', message: `longer than ${SCRIPT_LENGTH_MAX} characters`, column: SCRIPT_LENGTH_MAX };
  const script = parse(source);
  const [error] = script.errors ?? [];
  const last = script.errors?.at(-1) ?? error;
  if (error !== undefined && last !== undefined) {
    const column = error.pos + 1;
    const isOpen = isOpenEnd(last.message, source.slice(last.pos));
    return { type: isOpen ? 'incomplete' : 'error', message: error.message, column };
  }
  if (/(^|[^\\])(\\\\)*\\$/.test(source)) return { type: 'incomplete', message: 'a line must follow \\', column: source.length };
  const open = openHereDocument(script, source);
  return open === undefined
    ? { type: 'ok', script, source }
    : { type: 'incomplete', message: `no ${open} ends the here-document`, column: source.length + 1 };
}

function isOpenEnd(message: string, rest: string): boolean {
  if (message.startsWith('unterminated ')) return true;
  if (rest.trim() !== '') return false;
  return /^expected '(done|fi|esac|\}|\))' to close|^expected command (after '(\||&&|\|\||do|then|else|elif|if|while|until)'|in )/.test(
    message,
  );
}

/** The delimiter of a here-document that has no end. */
function openHereDocument(script: ParsedScript, source: string): string | undefined {
  if (!source.includes('<<')) return undefined;
  const stack: unknown[] = [script];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if ('type' in node && node.type === 'HereDoc' && 'closing' in node && node.closing === undefined)
      return 'delimiter' in node && typeof node.delimiter === 'object' && node.delimiter !== null && 'value' in node.delimiter
        ? String(node.delimiter.value)
        : 'line';
    for (const child of Object.values(node)) if (typeof child === 'object' && child !== null) stack.push(child);
  }
  return undefined;
}
