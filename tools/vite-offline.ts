import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

/**
 * Makes the built site work without a network: a service worker keeps every built file, and a small script registers it.
 *
 * The worker's text names all files and a hash over their content, so any change to the site is a new worker. A new worker waits until
 * the tabs of the old one are closed; until then a tab keeps the files that it began with, and pages are asked from the network first,
 * so an update is never held back by the cache.
 */
export function offline(): Plugin {
  let config: ResolvedConfig | undefined;
  return {
    name: 'playground:offline',
    apply: 'build',
    enforce: 'post', // after the HTML is written, so that it counts too
    configResolved(resolved) {
      config = resolved;
    },
    transformIndexHtml: () => [{ tag: 'script', attrs: { src: './offline.js', defer: true }, injectTo: 'body' }],
    generateBundle(_options, bundle) {
      const publicDir = config?.publicDir ?? '';
      const version = createHash('sha256');
      const names = new Set<string>(['./']);
      const add = (name: string, content: string | Uint8Array): void => {
        names.add(`./${name}`);
        version.update(name).update(content);
      };
      for (const output of Object.values(bundle)) {
        if (!output.fileName.endsWith('.map')) add(output.fileName, output.type === 'chunk' ? output.code : output.source);
      }
      for (const path of publicFiles(publicDir)) add(relative(publicDir, path).split(sep).join('/'), readFileSync(path));
      add('offline.js', REGISTRATION);
      this.emitFile({ type: 'asset', fileName: 'offline.js', source: REGISTRATION });
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: serviceWorker([...names].sort(), version.digest('hex').slice(0, 16)) });
    },
  };
}

function publicFiles(dir: string): string[] {
  if (dir === '') return [];
  return (
    readdirSync(dir, { recursive: true, withFileTypes: true })
      // The picture for previews is for other sites alone.
      .filter((entry) => entry.isFile() && entry.name !== 'social.png')
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  );
}

/** An update that is found while the page loads made this very page, since pages come from the network first; one that is found later is told. */
const REGISTRATION = `// Keeps the site for use without a network; the page works without it.
if ('serviceWorker' in navigator) {
  const HOUR = 60 * 60 * 1000;
  const told = () => {
    document.documentElement.dataset.update = 'ready';
    dispatchEvent(new Event('site-update'));
  };
  const follow = (registration) => {
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'installed') told();
      });
    });
    let looked = Date.now();
    const look = () => {
      looked = Date.now();
      registration.update().catch(() => undefined);
    };
    setInterval(look, HOUR);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && Date.now() - looked > HOUR / 6) look();
    });
  };
  addEventListener('load', () => {
    // Asked for at once: by itself the browser looks for an update only when the page is quiet, and this one seldom is.
    navigator.serviceWorker
      .register('./sw.js')
      .then((registration) =>
        registration
          .update()
          .catch(() => undefined)
          .then(() => follow(registration)),
      )
      .catch(() => undefined);
  });
}
`;

/** The service worker's text. `names` are relative to the worker's own address. */
function serviceWorker(names: readonly string[], version: string): string {
  return `const PREFIX = 'etcd-playground-';
const CACHE = PREFIX + '${version}';
const FILES = ${JSON.stringify(names)};

addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((name) => new Request(name, { cache: 'reload' })))));
});

addEventListener('activate', (event) => {
  event.waitUntil(
    caches.keys().then((keys) => Promise.all(keys.filter((key) => key.startsWith(PREFIX) && key !== CACHE).map((key) => caches.delete(key)))),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  const stored = () => caches.open(CACHE).then((cache) => cache.match(request, { ignoreSearch: true }));
  if (request.mode === 'navigate') {
    const page = () => stored().then((found) => found ?? caches.open(CACHE).then((cache) => cache.match('./')));
    event.respondWith(fetch(request).catch(() => page().then((found) => found ?? Response.error())));
  } else {
    event.respondWith(stored().then((found) => found ?? fetch(request)));
  }
});
`;
}
