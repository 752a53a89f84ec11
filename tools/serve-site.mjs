/**
 * Serves the built site as static hosting does, under a sub-path: no server logic, no isolation headers, 404 for what is not there.
 * `node tools/serve-site.mjs [--port 4173] [--base /etcd-playground/] [--dir dist]`
 */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { ROOT } from './setup.mjs';

const MEDIA_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * Serves a folder; resolves when the server listens.
 * @param {{ dir: string, base: string, port: number }} options `base` is the path that the folder appears under, with a slash at both
 *   ends; port 0 takes a free one of 127.0.0.1
 * @returns {Promise<import('node:http').Server>}
 */
export function serveSite({ dir, base, port }) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = fileFor(dir, base, decodeURIComponent(pathname));
    if (file === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 not found\n');
      return;
    }
    response.writeHead(200, {
      'content-type': MEDIA_TYPES[extname(file)] ?? 'application/octet-stream',
      'content-length': statSync(file).size,
      'cache-control': 'no-cache',
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function fileFor(dir, base, pathname) {
  if (!pathname.startsWith(base)) return undefined;
  const relative = normalize(pathname.slice(base.length));
  if (relative.startsWith('..') || relative.startsWith(sep)) return undefined;
  const path = join(dir, relative === '.' || relative === '' ? 'index.html' : relative);
  return existsSync(path) && statSync(path).isFile() ? path : undefined;
}

function option(name, fallback) {
  const at = process.argv.indexOf(name);
  return at === -1 ? fallback : (process.argv[at + 1] ?? fallback);
}

if (process.argv[1] !== undefined && import.meta.url.endsWith('/tools/serve-site.mjs') && process.argv[1].endsWith('serve-site.mjs')) {
  const dir = join(ROOT, option('--dir', 'dist'));
  const base = option('--base', '/etcd-playground/');
  if (!existsSync(join(dir, 'index.html'))) {
    console.error(`${dir} holds no site; run npm run build first`);
    process.exit(1);
  }
  const server = await serveSite({ dir, base, port: Number(option('--port', '4173')) });
  console.log(`http://127.0.0.1:${server.address().port}${base}`);
}
