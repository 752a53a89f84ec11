import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Builds the harness beside the site, into a folder that is not published. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  worker: { format: 'es' },
  logLevel: 'warn',
  build: { target: 'es2023', outDir: fileURLToPath(new URL('../../node_modules/.cache/harness', import.meta.url)), emptyOutDir: true },
});
