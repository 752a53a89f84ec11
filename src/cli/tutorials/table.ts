/** The examples as the table of docs/tutorials.md. */

import type { Example, Part } from '#cli/tutorials/examples.ts';

const HEAD = `# Tutorials

Examples of etcd tutorials found in the wild, pasted into the terminal as they are printed (prompts, line numbers and all), and what comes of
them. \`works\`: it does what real etcd does. \`explained\`: there is nothing to do here, or it is wrong there, and a sentence says so. Where
a server is started, \`play kill all; play wipe all\` is typed first: the page's own members have the ports. The numbers are those of the checklist of what a real server answers.

This file is written by \`npm run tutorials\` from \`src/cli/tutorials/examples.ts\`; a test pastes every example and holds its result.
`;

function row({ id, paste, outcome, says }: Example): string {
  const shown = cell(paste.replace(/\s*\n\s*/g, ' ⏎ '), 110);
  const answer = cell((says[0] ?? '').trim().replaceAll('\n', ' ⏎ '), 70);
  return `| ${id} | ${shown} | ${outcome} | ${answer} |`;
}

/** Code in a cell, cut at a length. */
function cell(text: string, length: number): string {
  if (text === '') return '';
  const short = text.length > length ? `${text.slice(0, length)}…` : text;
  const fence = short.includes('`') ? '``' : '`';
  return `${fence}${short.replaceAll('|', '\\|').replaceAll('\t', ' ')}${fence}`;
}

/** The whole file. */
export function tutorialsTable(parts: readonly Part[]): string {
  const all = parts.flatMap((part) => part.examples);
  const count = (outcome: Example['outcome']): number => all.filter((e) => e.outcome === outcome).length;
  const total = `${all.length} examples: ${count('works')} work, ${count('explained')} explain themselves.\n`;
  const tables = parts.map(
    (part) => `\n## ${part.title}\n\n| # | pasted | result | it says |\n|---|---|---|---|\n${part.examples.map(row).join('\n')}\n`,
  );
  return `${HEAD}\n${total}${tables.join('')}`;
}
