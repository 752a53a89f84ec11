import { defineConfig } from 'vitest/config';

/** Unit tests run in Node; browser journeys live in e2e and run under Playwright. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'src/**/*.test.tsx', 'tools/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['tools/property-seed.ts'],
    // Against what hangs, also on a machine that does twenty things at once: no test is about its own time.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
