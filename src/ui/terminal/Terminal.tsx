/** The terminals: tabs, or all of them side by side, each with a shell of its own. */

import { useRef, type JSX } from 'react';
import { MAIN_TERMINAL, screenOf, TABS_MAX } from '#store/terminal-tabs.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { saveFile } from '#ui/share/save-file.ts';
import { TerminalPane } from '#ui/terminal/TerminalPane.tsx';

function Tabs(): JSX.Element {
  const words = useWords();
  const { showTerminal, closeTerminal, openTerminal } = useActions();
  const tabs = useView((state) => state.terminals.tabs);
  const active = useView((state) => state.terminals.active);
  return (
    <>
      {tabs.length > 1 && (
        <div className="terminal-tabs" role="tablist" aria-label={words.terminal.tabs}>
          {tabs.map(({ name, screen }, at) => (
            <span key={name} className="terminal-tab">
              <button
                type="button"
                role="tab"
                aria-selected={name === active}
                className="text-button"
                onClick={() => {
                  showTerminal(name);
                }}
              >
                {at + 1}
                {screen.busy && <span aria-label={words.terminal.running}> •</span>}
              </button>
              {name !== MAIN_TERMINAL && name === active && (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={words.terminal.close(at + 1)}
                  onClick={() => {
                    closeTerminal(name);
                  }}
                >
                  ×
                </button>
              )}
            </span>
          ))}
        </div>
      )}
      {tabs.length < TABS_MAX && (
        <button type="button" className="icon-button" aria-label={words.terminal.open} onClick={openTerminal}>
          +
        </button>
      )}
    </>
  );
}

/** Where the terminal's etcdctl talks to: the choice is a line like any other. */
function EndpointChoice(): JSX.Element | undefined {
  const words = useWords();
  const { type } = useActions();
  const active = useView((state) => state.terminals.active);
  const busy = useView((state) => screenOf(state.terminals, active).busy);
  const members = useView((state) => state.frame?.members);
  if (members === undefined || members.length < 2) return undefined;
  const hosts = members.map((member) => ({ name: member.name, host: member.clientUrl.replace(/^https?:\/\//, '') }));
  return (
    <select
      className="small-select"
      aria-label={words.terminal.endpoint}
      value=""
      disabled={busy}
      onChange={(event) => {
        if (event.target.value !== '') type(active, `export ETCDCTL_ENDPOINTS=${event.target.value}`);
      }}
    >
      <option value="">{words.terminal.talksTo}</option>
      {hosts.map(({ name, host }) => (
        <option key={name} value={host}>
          {name}
        </option>
      ))}
      <option value={hosts.map(({ host }) => host).join(',')}>{words.terminal.allMembers}</option>
    </select>
  );
}

/** A scenario file of the visitor's, played in the place of the present run. */
function ScriptChoice(): JSX.Element {
  const words = useWords();
  const { loadScript } = useActions();
  const active = useView((state) => state.terminals.active);
  const busy = useView((state) => screenOf(state.terminals, active).busy);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="text-button" disabled={busy} onClick={() => input.current?.click()}>
        {words.terminal.load}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={words.terminal.load}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file !== undefined)
            void file.text().then((text) => {
              loadScript(active, file.name, text);
            });
          event.target.value = '';
        }}
      />
    </>
  );
}

export function Terminal(): JSX.Element {
  const words = useWords();
  const { interrupt, clearTerminal, splitTerminals, transcript } = useActions();
  const { tabs, active, split } = useView((state) => state.terminals);
  const { busy, blocks } = useView((state) => screenOf(state.terminals, active));
  const shown = split ? tabs : tabs.filter((tab) => tab.name === active);
  return (
    <section className="card terminal" aria-label={words.terminal.title}>
      <header className="card-header">
        <h2>{words.terminal.title}</h2>
        <Tabs />
        {busy && tabs.length === 1 && <span className="quiet">{words.terminal.running}</span>}
        <span className="spacer" />
        {busy && (
          <button
            type="button"
            className="text-button"
            onClick={() => {
              interrupt(active);
            }}
          >
            {words.terminal.interrupt}
          </button>
        )}
        {tabs.length > 1 && (
          <button
            type="button"
            className="text-button"
            aria-pressed={split}
            onClick={() => {
              splitTerminals(!split);
            }}
          >
            {words.terminal.split}
          </button>
        )}
        <EndpointChoice />
        <ScriptChoice />
        {blocks.length > 0 && (
          <>
            <button
              type="button"
              className="text-button"
              onClick={() => {
                saveFile('terminal.txt', `${transcript(active)}\n`);
              }}
            >
              {words.terminal.save}
            </button>
            <button
              type="button"
              className="text-button"
              onClick={() => {
                clearTerminal(active);
              }}
            >
              {words.terminal.clear}
            </button>
          </>
        )}
      </header>
      <div className="terminal-panes">
        {shown.map(({ name }) => {
          const at = tabs.findIndex((tab) => tab.name === name) + 1;
          return (
            <TerminalPane
              key={name}
              name={name}
              title={tabs.length > 1 ? words.terminal.numbered(at) : undefined}
              focused={name === active}
            />
          );
        })}
      </div>
    </section>
  );
}
