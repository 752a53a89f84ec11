/** What the documents name must exist: paths, npm scripts, `play` commands; the two READMEs must show the same commands. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseScenarioLine } from '#ctl/scenario-line.ts';

const ROOT = new URL('../', import.meta.url);
const DOCUMENTS = ['README.md', 'README.zh-CN.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** The fenced blocks of a document, in order. `language` is what follows the fence. */
const blocks = (text: string, language: string): string[] => all(text, new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('names only paths that exist', () => {
    const named = new Set([...all(text, /`((?:src|tools|e2e|docs|public)\/[^`\s]*?)\/?`/g), ...all(text, /\]\(((?!https?:)[^)#]+)\)/g)]);
    expect([...named].filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
    expect(all(text, /npm run ([a-z0-9:-]+)/g).filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe('the READMEs', () => {
  it('show the same commands in both languages', () => {
    expect(blocks(read('README.zh-CN.md'), 'text')).toEqual(blocks(read('README.md'), 'text'));
    const commands = (document: string): string[] =>
      blocks(read(document), 'sh').flatMap((block) => all(block, /^((?:npm|cd) [^#\n]*?)\s*(?:#.*)?$/gm));
    expect(commands('README.zh-CN.md')).toEqual(commands('README.md'));
  });

  it('show lines that the command language reads', () => {
    const lines = blocks(read('README.md'), 'text').flatMap((block) => block.trim().split('\n'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.map((line) => parseScenarioLine(line)).filter((line) => line.type === 'error')).toEqual([]);
  });
});
