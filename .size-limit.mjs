/**
 * What the built site weighs, gzipped. The first line is a promise to the visitor: the scripts that index.html asks for at once. The
 * workers are loaded beside it (two: the conductor with the shell and all programs, and a member with etcd), so they are reported and only kept from growing by accident: 490 kB until the views of the data, the reasons and the faults came, 550 kB with them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const html = existsSync('dist/index.html') ? readFileSync('dist/index.html', 'utf8') : '';
const entry = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map((match) => `dist/${match[1]}`);
const scripts = existsSync('dist/assets') ? readdirSync('dist/assets').filter((name) => name.endsWith('.js')) : [];
const workers = scripts.filter((name) => /-worker-/.test(name)).map((name) => `dist/assets/${name}`);

export default [
  { name: "the page's entry", path: entry.length > 0 ? entry : ['dist/index.html'], gzip: true, limit: '220 KiB' },
  ...(workers.length > 0 ? [{ name: 'workers', path: workers, gzip: true, limit: '640 KiB' }] : []),
];
