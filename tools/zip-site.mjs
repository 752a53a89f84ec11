/** `npm run zip`: packs dist into reports/etcd-playground.zip, for hosting the site oneself. Build first. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { zipSync } from 'fflate';
import { ROOT } from './setup.mjs';

const DIST = join(ROOT, 'dist');
if (!existsSync(join(DIST, 'index.html'))) {
  console.error('dist holds no site; run npm run build first');
  process.exit(1);
}

const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .sort();

const content = {};
for (const path of files) {
  // A fixed date: the same site gives the same archive.
  const name = `etcd-playground/${relative(DIST, path).split(sep).join('/')}`;
  content[name] = [readFileSync(path), { level: path.endsWith('.woff2') ? 0 : 9, mtime: '2000-01-01T00:00:00Z' }];
}
for (const name of ['LICENSE', 'NOTICE']) {
  const path = join(ROOT, name);
  if (existsSync(path)) content[`etcd-playground/${name}`] = [readFileSync(path), { level: 9, mtime: '2000-01-01T00:00:00Z' }];
}

const out = join(ROOT, 'reports', 'etcd-playground.zip');
mkdirSync(join(ROOT, 'reports'), { recursive: true });
writeFileSync(out, zipSync(content));
console.log(`reports/etcd-playground.zip: ${files.length} files, ${Math.ceil(statSync(out).size / 1024)} KiB`);
