import { defineConfig } from 'vitest/config';

/** Tests of the layers that `MUTATION_TESTS` names, comma between them (tools/mutation.mjs); chaos runs are too slow to be run for each mutant. */
const layers = (process.env['MUTATION_TESTS'] ?? 'src/raft').split(',');

export default defineConfig({
  test: {
    include: layers.map((layer) => `${layer}/**/*.test.ts`),
    exclude: ['**/*chaos*.test.ts', '**/broken-cores.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});
