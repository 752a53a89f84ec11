/**
 * `npm test`: sets up what is missing, then verifies everything, here and in continuous integration alike. A failed stage does not stop
 * the next ones. The last line is `N passed, M failed`: unit and browser tests count one by one, every other stage counts once.
 *
 * `npm test -- --only lint,unit` runs some stages alone.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser, ensureDependencies, ROOT } from './setup.mjs';

const VITEST_REPORT = 'reports/vitest.json';
const PLAYWRIGHT_REPORT = 'reports/playwright.json';

/** @typedef {{ passed: number, failed: number }} Count */

/**
 * The stages in order. `steps` are npm scripts with their further arguments; a stage fails with its first failing step.
 * `count` reads the tests' own report; without it, the stage counts as one.
 */
const STAGES = [
  { name: 'format', steps: [['format:check']] },
  { name: 'lock file', steps: [['lock', '--check']] },
  { name: 'lint', steps: [['lint']] },
  { name: 'types and layers', steps: [['typecheck']] },
  { name: 'dead code', steps: [['dead-code']] },
  {
    name: 'unit',
    steps: [['unit', '--reporter=default', '--reporter=json', `--outputFile.json=${VITEST_REPORT}`]],
    report: VITEST_REPORT,
    count: ({ numPassedTests, numFailedTests, numFailedTestSuites, success }) => ({
      passed: numPassedTests,
      // A file that does not even load fails no test; it must not pass unseen.
      failed: numFailedTests > 0 || success ? numFailedTests : Math.max(1, numFailedTestSuites),
    }),
  },
  { name: 'build', steps: [['build'], ['size']] },
  {
    name: 'browser',
    steps: [['e2e', '--reporter=list,json']],
    report: PLAYWRIGHT_REPORT,
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: PLAYWRIGHT_REPORT },
    needsBrowser: true,
    count: ({ stats, errors }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length }),
  },
  { name: 'conformance list', steps: [['conformance-list']] },
];

/** Runs an npm script with its output streamed; resolves to its exit code. */
function run([script, ...args], env) {
  return new Promise((resolve) => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const child = spawn(npm, ['run', '--silent', script, '--', ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Counts a stage by its report; a runner that left none, or that failed without naming a test, counts as one failure. */
function countOf(stage, ok) {
  if (stage.count === undefined) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const path = join(ROOT, stage.report);
  if (!existsSync(path)) return { passed: 0, failed: 1 };
  const count = stage.count(JSON.parse(readFileSync(path, 'utf8')));
  return !ok && count.failed === 0 ? { ...count, failed: 1 } : count;
}

async function runStage(stage) {
  console.log(`\n── ${stage.name} ${'─'.repeat(Math.max(1, 70 - stage.name.length))}`);
  const began = Date.now();
  if (stage.report !== undefined) rmSync(join(ROOT, stage.report), { force: true });
  let ok = true;
  try {
    const env = stage.needsBrowser === true ? { ...stage.env, CHROMIUM_PATH: await ensureBrowser() } : stage.env;
    for (const step of stage.steps) {
      if (ok) ok = (await run(step, env)) === 0;
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    ok = false;
  }
  const count = countOf(stage, ok);
  return { name: stage.name, ...count, seconds: (Date.now() - began) / 1000 };
}

const only = process.argv.indexOf('--only');
const wanted = only === -1 ? undefined : (process.argv[only + 1] ?? '').split(',');
const unknown = (wanted ?? []).filter((name) => !STAGES.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`no stage ${unknown.join(', ')}; the stages are ${STAGES.map((stage) => stage.name).join(', ')}`);
  process.exit(1);
}

try {
  ensureDependencies();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
mkdirSync(join(ROOT, 'reports'), { recursive: true });
const results = [];
for (const stage of STAGES) {
  if (wanted === undefined || wanted.includes(stage.name)) results.push(await runStage(stage));
}

console.log(`\n── summary ${'─'.repeat(62)}`);
for (const { name, passed, failed, seconds } of results) {
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'}  ${name.padEnd(18)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s`,
  );
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
