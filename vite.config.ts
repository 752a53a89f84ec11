import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contentSecurityPolicy } from './tools/vite-csp.ts';
import { socialPicture } from './tools/vite-social.ts';
import { offline } from './tools/vite-offline.ts';

/**
 * The page is static files under any path: `base` is relative, nothing is fetched from elsewhere, and no isolation headers are needed.
 * Workers are ES modules, because the conductor's worker starts the members' workers.
 */
export default defineConfig({
  base: './',
  plugins: [react(), contentSecurityPolicy(), socialPicture(process.env['SITE_URL']), offline()],
  worker: { format: 'es' },
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 1024, sourcemap: false },
});
