/** The linter is shown what STYLE forbids; what it does not report here, it would not report in the project. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What stands in a file, and the rule that must report it. */
const FORBIDDEN: readonly (readonly [path: string, code: string, rule: string])[] = [
  ['src/raft/clock.ts', 'export const now = (): number => Date.now();', 'eslint(no-restricted-globals)'],
  ['src/raft/dice.ts', 'export const roll = (): number => Math.random();', 'eslint(no-restricted-properties)'],
  ['src/mvcc/locale.ts', 'export const order = (a: string, b: string): number => a.localeCompare(b);', 'eslint(no-restricted-properties)'],
  ['src/etcd/later.ts', 'export async function later(): Promise<void> { await 0; }', 'oxc(no-async-await)'],
  ['src/sim/say.ts', "console.log('x');", 'eslint(no-console)'],
  ['src/raft/any.ts', 'export const x: any = 1;', 'typescript(no-explicit-any)'],
  ['src/raft/bang.ts', 'export const first = (a: number[]): number => a[0]!;', 'typescript(no-non-null-assertion)'],
  ['src/raft/cast.ts', 'export const x = (y: unknown): string => y as string;', 'playground(reasoned-assertion)'],
  ['src/raft/todo.ts', '// TODO: finish\nexport const x = 1;', 'playground(planned-todo)'],
  ['src/raft/near.ts', "import { x } from './any.ts';\nexport const y: number = x;", 'eslint(no-restricted-imports)'],
  ['src/raft/barrel.ts', "export * from '#raft/any.ts';", 'oxc(no-barrel-file)'],
  ['src/raft/fallback.ts', 'const x = 1;\nexport default x;', 'import(no-default-export)'],
  ['src/raft/SHOUT_case.ts', 'export const x = 1;', 'unicorn(filename-case)'],
  ['src/raft/equal.ts', 'export const same = (a: unknown, b: unknown): boolean => a == b;', 'eslint(eqeqeq)'],
  [
    'src/raft/gap.ts',
    "export function f(x: { type: 'a' } | { type: 'b' }): void { switch (x.type) { case 'a': return; } }",
    'typescript(switch-exhaustiveness-check)',
  ],
  ['src/host/float.ts', 'const f = async (): Promise<void> => {};\nf();', 'typescript(no-floating-promises)'],
  ['src/ui/Raw.tsx', "document.body.innerHTML = 'x';", 'eslint(no-restricted-properties)'],
  ['src/ui/Danger.tsx', "export const X = () => <p dangerouslySetInnerHTML={{ __html: 'x' }} />;", 'react(no-danger)'],
  ['src/ui/run.ts', "eval('1');", 'eslint(no-eval)'],
  ['src/raft/only.test.ts', "import { it } from 'vitest';\nit.only('x', () => {});", 'vitest(no-focused-tests)'],
  ['src/raft/skip.test.ts', "import { it } from 'vitest';\nit.skip('x', () => {});", 'vitest(no-disabled-tests)'],
];

let folder = '';
const reported = new Map<string, Set<string>>();

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'));
  mkdirSync(join(folder, 'tools'));
  for (const file of ['.oxlintrc.json', 'tools/lint-plugin.mjs']) copyFileSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const options = {
    strict: true,
    target: 'es2023',
    module: 'esnext',
    moduleResolution: 'bundler',
    jsx: 'react-jsx',
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...options, allowImportingTsExtensions: true }, include: ['src'] }),
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports: { '#*': './src/*' } }));
  for (const [path, code] of FORBIDDEN) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${code}\n`);
  }
  const oxlint = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const { stdout } = spawnSync(process.execPath, [oxlint, '--type-aware', '--format=json', 'src'], { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] };
  for (const { filename, code } of diagnostics) reported.set(filename, (reported.get(filename) ?? new Set()).add(code));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the linter', () => {
  it.each(FORBIDDEN)('reports %s', (path, _code, rule) => {
    expect([...(reported.get(path) ?? [])]).toContain(rule);
  });
});
