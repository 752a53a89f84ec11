/** The page's head: its name, the run, the headline, and what concerns the page itself. */

import type { JSX } from 'react';
import { phraseText } from '#words/phrase.ts';
import { situationOf } from '#words/situation.ts';
import { PhraseText } from '#ui/PhraseText.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

function Headline(): JSX.Element {
  const words = useWords();
  const headline = useView((state) => state.frame?.headline);
  const members = useView((state) => state.frame?.members);
  const partition = useView((state) => state.frame?.partition);
  const safety = useView((state) => state.frame?.safety);
  if (headline === undefined || members === undefined || partition === undefined || safety === undefined)
    return <p className="headline">{words.loading}</p>;
  const situation = situationOf({ headline, members, partition, safety });
  const phrase = words.headline(situation);
  return (
    <p
      className={situation.broken !== undefined ? 'headline headline-violated' : 'headline'}
      role="status"
      aria-live="off"
      aria-label={phraseText(phrase)}
    >
      <PhraseText phrase={phrase} />
    </p>
  );
}

export function Header(): JSX.Element {
  const words = useWords();
  const run = useView((state) => state.frame?.run);
  const language = useView((state) => state.language);
  const theme = useView((state) => state.theme);
  const mode = useView((state) => state.mode);
  const { setLanguage, setMode, setTheme, show } = useActions();
  const other = theme === 'light' ? 'dark' : 'light';
  return (
    <header className="page-header">
      <div className="brand">
        <h1>{words.name}</h1>
        {run !== undefined && <span className="run-summary">{words.run(run.nodes, run.seed, run.profile)}</span>}
      </div>
      <Headline />
      <nav className="page-tools" aria-label={words.name}>
        <button type="button" className="text-button" onClick={() => show('share')}>
          {words.header.share}
        </button>
        <button type="button" className="text-button present-button" onClick={() => setMode('room')}>
          {words.header.present}
        </button>
        <button
          type="button"
          className="text-button"
          lang={language === 'en' ? 'zh-CN' : 'en'}
          aria-label={words.header.languageLabel}
          onClick={() => {
            setLanguage(language === 'en' ? 'zh' : 'en');
          }}
        >
          {words.header.language}
        </button>
        <button
          type="button"
          className="text-button"
          aria-label={words.header.themeLabel(words.header.theme[other])}
          onClick={() => {
            setTheme(other);
          }}
        >
          {words.header.theme[other]}
        </button>
        <button
          type="button"
          className="text-button"
          aria-label={words.header.help}
          onClick={() => {
            show('help');
          }}
        >
          ?
        </button>
      </nav>
      {mode === 'room' && (
        <button type="button" className="text-button room-leave" aria-label={words.header.leaveRoom} onClick={() => setMode('page')}>
          ×
        </button>
      )}
    </header>
  );
}
