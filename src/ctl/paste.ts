/** What is pasted from a tutorial, as it was meant: without prompts, line numbers, output between commands and typographic quotes. */

/** A prompt: `$ `, `% `, `user@host:~$ `, `[root@host dir]# `, `PS C:\> `, after an arrow `→ client `. */
const PROMPT = /^\s*(?:>\s+)?(?:(?:\[[^\]\n]{1,60}\]|[\w.-]+@[\w.-]+:[^\s$#]{0,80})[$#]\s?|PS [^>\n]{0,80}>\s?|[$%❯➜]\s+|→\s+\S+\s+)/;
/** `# etcdctl …`: a root prompt before a command, not a comment. */
const ROOT = /^\s*#\s+(?=(?:sudo\s+)?(?:\.?\/\S*\/?)?(?:etcd|etcdctl|etcdutl|curl|http|docker|export|systemctl|nohup|wget|tar)(?:\s|$))/;
/** What follows a single number for it to be a line's: `2  git clone …`. */
const COMMAND = new RegExp(
  `${PROMPT.source}|^(?:sudo |\\.?/)?(?:etcd|etcdctl|etcdutl|curl|http|docker|export|nohup|wget|tar|git|cd|chmod|mkdir|echo|cat|\\./\\S+)(?:\\s|$)`,
);
const NUMBERED = /^\s*(\d{1,3})[.:)]?(?:\s+|$)/;

/** Lines of a pasted text as they should run; `text` unchanged but for its quotes if nothing of it looks like a tutorial. */
export function cleanPaste(text: string): string {
  const lines = straighten(text).split('\n');
  while (lines.length > 1 && lines.at(-1)?.trim() === '') lines.pop();
  const plain = withoutFences(withoutNumbers(lines));
  const isPrompted = (line: string): boolean => PROMPT.test(line) || ROOT.test(line);
  const cleaned = plain.some(isPrompted) ? commandsOf(plain) : plain;
  return cleaned.map(cleanLine).join('\n');
}

/** Line ends, blanks and quotes as a keyboard has them. */
function straighten(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/[\u00a0\u2002-\u200a\u202f\u3000]/g, ' ')
    .replace(/[“”„‟＂]/g, '"')
    .replace(/[‘’‚‛＇]/g, "'")
    .replace(/(^|\s)[–—](?=[a-zA-Z])/g, '$1--');
}

const withoutFences = (lines: readonly string[]): readonly string[] => lines.filter((line) => !/^\s*```\w*\s*$/.test(line));

/** Numbers in front of every line, one more each time; a line without one goes on with the one before it. */
function withoutNumbers(lines: readonly string[]): readonly string[] {
  let expected: number | undefined;
  let counted = 0;
  for (const line of lines) {
    const number = Number(NUMBERED.exec(line)?.[1] ?? NaN);
    if (Number.isNaN(number) || (expected !== undefined && number !== expected)) continue;
    expected = number + 1;
    counted++;
  }
  const first = lines.find((line) => line.trim() !== '') ?? '';
  const filled = lines.filter((line) => line.trim() !== '').length;
  if (!NUMBERED.test(first) || (counted < 2 && !COMMAND.test(first.replace(NUMBERED, ''))) || counted * 2 < filled) return lines;
  return lines.map((line) => line.replace(NUMBERED, ''));
}

/** Of a transcript only what stands behind a prompt, with the lines that it goes on in. */
function commandsOf(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    const match = PROMPT.exec(line) ?? ROOT.exec(line);
    if (match === null && !isOpen) continue;
    const command = match === null ? line.replace(/^\s*>\s?/, '') : line.slice(match[0].length);
    out.push(command);
    isOpen = goesOn(command, isOpen);
  }
  return out.filter((line) => line.trim() !== '');
}

/** Whether another line must follow: a `\` at the end, or a quote that is open. */
function goesOn(line: string, wasOpen: boolean): boolean {
  if (line.endsWith('\\')) return true;
  const quotes = line.replace(/\\./g, '').replace(/"[^"]*"|'[^']*'/g, '');
  return /["']/.test(quotes) !== (wasOpen && /^[^"']*["']/.test(line) && !line.endsWith('\\'));
}

function cleanLine(line: string): string {
  return line
    .replace(/<(https?:\/\/[^>\s]+)>/g, '$1')
    .replace(/\[([^\]\s]+)\]\((https?:\/\/[^)\s]+)\)/g, '$2')
    .replace(/^\s*\$Env:(\w+)\s*=\s*(.*)$/i, 'export $1=$2')
    .replace(/^\s*set\s+([A-Z][A-Z0-9_]*)=(.*)$/, 'export $1=$2')
    .replace(/\\[ \t]+$/, '\\');
}
