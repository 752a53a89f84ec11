/** Mutation testing; run by tools/mutation.mjs, which says in the environment whose tests are to be run and where the report goes. */
const report = process.env.MUTATION_REPORT ?? 'reports/mutation/all';

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'tools/vitest-mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // Mutants of values that are made once, when a file is loaded, would each need all tests again.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: `${report}.json`,
  reporters: ['clear-text', 'html', 'progress-append-only'],
  clearTextReporter: { allowColor: false, reportTests: false, allowEmojis: false },
  htmlReporter: { fileName: `${report}.html` },
  concurrency: 2,
  // Wall time: generous, or a busy machine takes slow mutants for endless ones. Endless loops are cut short by counting.
  timeoutMS: 20_000,
  // The copy needs the sources and the tests, not what they make.
  ignorePatterns: ['dist', 'reports', 'docs', 'public', 'e2e', 'test-results', 'playwright-report', '.cache'],
  disableTypeChecks: false,
  // The tests do not read it, and TypeScript 7 cannot rewrite it for the copy.
  tsconfigFile: 'none',
};
