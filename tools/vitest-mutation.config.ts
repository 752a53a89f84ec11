import { defineConfig } from 'vitest/config';

/**
 * Tests of the folders that `MUTATION_TESTS` names, comma between them (tools/mutation.mjs); chaos runs are too slow to be run for each mutant.
 * One worker for all files and no isolation: a thread for each file and mutant costs more than the tests. Property tests draw the same
 * cases each time, so that a mutant's fate does not change from run to run.
 */
const folders = (process.env['MUTATION_TESTS'] ?? 'src/raft').split(',');

export default defineConfig({
  test: {
    include: folders.map((folder) => `${folder}/**/*.test.ts`),
    exclude: ['**/*chaos*.test.ts', '**/broken-cores.test.ts'],
    setupFiles: ['tools/vitest-mutation.setup.ts'],
    environment: 'node',
    isolate: false,
    testTimeout: 60_000,
  },
});
