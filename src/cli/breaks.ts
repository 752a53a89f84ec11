/**
 * `npm run breaks [-- RULE…]`: breaks each rule that has a recipe, or those named, shortens the first violation to a scenario, prints it, and writes the
 * rule's row in the table of docs/checkers.md anew, and the scenario of a defect that etcd once had into `museum`. The last line is `N rules, M not found`, exit code 1 if M > 0.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { BREAK_RECIPES, findBreak } from '#checker/break-recipes.ts';
import { shrink } from '#checker/shrink.ts';
import { violationText } from '#checker/violation.ts';
import { BROKEN_RULES, type BrokenRule } from '#kernel/broken-rule.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/checkers.md', import.meta.url));
const BEGIN = '<!-- table written by npm run breaks -->\n';
const END = '<!-- end of the table -->';
const HEAD =
  '| rule | what holds without the break | faults | seeds needed | found by | commands of the run | of the scenario |\n|---|---|---|---|---|---|---|\n';

/** Keeps the scenario of a defect that etcd once had; what it says is checked by museum.test.ts. */
function keepInMuseum(rule: BrokenRule, issue: number, said: string, text: string): void {
  const head = `# etcd's issue ${issue}, brought back by --break ${rule}. What holds without it: ${said}.\n`;
  const play = `# npm run scenario -- src/cli/museum/${rule}.play --check --break ${rule}\n`;
  writeFileSync(fileURLToPath(new URL(`./museum/${rule}.play`, import.meta.url)), `${head}${play}${text}`);
}

/** The rule's row; undefined if nothing was found. */
function rowOf(rule: BrokenRule): string | undefined {
  const recipe = BREAK_RECIPES[rule];
  const found = recipe === undefined ? undefined : findBreak(rule, recipe, createEtcdHost);
  const [violation] = found?.result.violations ?? [];
  if (recipe === undefined || found === undefined || violation === undefined) return undefined;
  const { spec, endedAt, mendedAt } = found.result;
  const short = shrink({ spec, property: violation.property, endedAt, mendedAt, disruption: found.disruption }, createEtcdHost);
  console.log(
    `== ${rule}, seed ${found.seed}\n${short === undefined ? violationText(violation) : `${short.text}# ${violationText(short.violation)}`}`,
  );
  const { issue } = recipe;
  if (issue !== undefined && short !== undefined) keepInMuseum(rule, issue, recipe.rule, short.text);
  const cells = [
    `\`${rule}\``,
    issue === undefined ? recipe.rule : `${recipe.rule} (etcd issue ${issue})`,
    recipe.mix,
    found.seed,
    violation.property,
    spec.commands.length,
    short?.commands ?? 'not shortened',
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Puts a row into the table, in the order of the rules. */
function writeRow(rule: BrokenRule, row: string): void {
  const [before = '', rest = ''] = readFileSync(DOCUMENT, 'utf8').split(BEGIN);
  const [table = '', after = ''] = rest.split(END);
  const rows = new Map<string, string>();
  for (const line of [...table.split('\n'), row.trimEnd()]) {
    const name = /^\| `([a-z-]+)`/.exec(line)?.[1];
    if (name !== undefined) rows.set(name, name === rule ? row : `${line}\n`);
  }
  const ordered = BROKEN_RULES.flatMap((name) => rows.get(name) ?? []);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n${HEAD}${ordered.join('')}\n${END}${after}`);
}

function main(names: readonly string[]): number {
  const unknown = names.find((name) => !BROKEN_RULES.some((rule) => rule === name));
  if (unknown !== undefined) {
    console.error(`no rule ${unknown}: there are ${BROKEN_RULES.join(', ')}\nusage: npm run breaks [-- RULE…]`);
    return 2;
  }
  const rules = BROKEN_RULES.filter((rule) => (names.length === 0 ? BREAK_RECIPES[rule] !== undefined : names.includes(rule)));
  const missing = rules.filter((rule) => {
    const row = rowOf(rule);
    if (row === undefined) console.log(`== ${rule}: nothing found`);
    else writeRow(rule, row);
    return row === undefined;
  });
  console.log(`${rules.length} rules, ${missing.length} not found`);
  return missing.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
