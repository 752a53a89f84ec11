/** The page's entry: makes the playground over a conductor, and draws it. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createPlayground, type Playground } from '#store/playground.ts';
import { App } from '#ui/App.tsx';
import { createFrameTicker } from '#ui/frame-ticker.ts';
import { PlaygroundContext, wordsOf } from '#ui/playground-context.ts';
import { openConductor } from '#worker/open-conductor.ts';
import { localPreferences } from '#app/local-preferences.ts';
import '#ui/tokens.css';
import '#ui/base.css';
import '#ui/layout.css';
import '#ui/drawing.css';
import '#ui/touch.css';
import '#ui/terminal.css';
import '#ui/room.css';

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Keeps the document's language, title and theme with the state. */
function followPage({ store }: Playground): void {
  const apply = (): void => {
    const { language, theme, mode } = store.getState();
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['mode'] = mode;
    document.title = wordsOf(language).name;
  };
  apply();
  store.subscribe((state, before) => {
    if (state.language !== before.language || state.theme !== before.theme || state.mode !== before.mode) apply();
  });
}

function main(): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no #root');
  const parameters = new URLSearchParams(location.search);
  const engine = openConductor();
  const playground = createPlayground({
    conductor: engine.conductor,
    storage: localPreferences(),
    languages: navigator.languages,
    prefersDark: window.matchMedia('(prefers-color-scheme: dark)').matches,
    wall: () => performance.now(),
    copy: copyText,
    addressWith: (fragment) => `${location.origin}${location.pathname}#${fragment}`,
  });
  const embedded = parameters.has('embed');
  if (embedded) playground.actions.setMode('embed');
  followPage(playground);
  const context = { playground, ticker: createFrameTicker(playground.clock) };
  createRoot(root).render(
    <StrictMode>
      <PlaygroundContext value={context}>
        <App />
      </PlaygroundContext>
    </StrictMode>,
  );
  void engine.lost.then(playground.actions.fail);
  playground.actions.open(location.hash.slice(1), parameters.get('scope') ?? (embedded ? 'embed' : ''));
  const update = (): void => playground.actions.setUpdateReady(true);
  // The script that keeps the site may have found it before this one ran.
  if (document.documentElement.dataset['update'] === 'ready') update();
  window.addEventListener('site-update', update);
  document.addEventListener('visibilitychange', () => {
    playground.actions.setVisible(document.visibilityState === 'visible');
  });
}

/** The drawings alone, for who works on them: only in development. */
async function showGallery(): Promise<void> {
  const { Gallery } = await import('#ui/gallery/Gallery.tsx');
  const root = document.getElementById('root');
  document.documentElement.dataset['theme'] = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  if (root !== null) createRoot(root).render(<Gallery />);
}

if (import.meta.env.DEV && new URLSearchParams(location.search).has('gallery')) void showGallery();
else main();
