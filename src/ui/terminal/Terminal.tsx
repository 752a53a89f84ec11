/** The terminals: tabs, or all of them side by side, each with a shell of its own. */

import type { JSX, KeyboardEvent } from 'react';
import { endpointsLine } from '#store/command-lines.ts';
import { screenOf, TABS_MAX } from '#store/terminal-tabs.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import { TerminalMenu } from '#ui/terminal/TerminalMenu.tsx';
import { TerminalPane } from '#ui/terminal/TerminalPane.tsx';

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** One name, or a tab for each terminal. */
function Tabs(): JSX.Element {
  const words = useWords();
  const { showTerminal } = useActions();
  const tabs = useView((state) => state.terminals.tabs);
  const active = useView((state) => state.terminals.active);
  if (tabs.length === 1) return <h2>{words.terminal.title}</h2>;
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <h2 className="visually-hidden">{words.terminal.title}</h2>
      <div className="terminal-tabs" role="tablist" aria-label={words.terminal.tabs} onKeyDown={onKeyDown}>
        {tabs.map(({ name, screen }, at) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === active}
            tabIndex={name === active ? 0 : -1}
            aria-label={`${words.terminal.numbered(at + 1)}${screen.busy ? `, ${words.terminal.running}` : ''}`}
            onClick={() => {
              showTerminal(name);
            }}
          >
            {at + 1}
            {screen.busy && ' •'}
          </button>
        ))}
      </div>
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
  return (
    <select
      className="small-select"
      aria-label={words.terminal.endpoint}
      value=""
      disabled={busy}
      onChange={(event) => {
        if (event.target.value !== '') type(active, event.target.value);
      }}
    >
      <option value="">{words.terminal.talksTo}</option>
      {members.map(({ name, clientUrl }) => (
        <option key={name} value={endpointsLine([clientUrl])}>
          {name}
        </option>
      ))}
      <option value={endpointsLine(members.map(({ clientUrl }) => clientUrl))}>{words.terminal.allMembers}</option>
    </select>
  );
}

export function Terminal(): JSX.Element {
  const words = useWords();
  const { interrupt, openTerminal } = useActions();
  const { tabs, active, split } = useView((state) => state.terminals);
  const busy = useView((state) => screenOf(state.terminals, active).busy);
  const shown = split ? tabs : tabs.filter((tab) => tab.name === active);
  return (
    <section className="card terminal" aria-label={words.terminal.title}>
      <header className="card-header terminal-header">
        <Tabs />
        {tabs.length < TABS_MAX && (
          <button type="button" className="icon-button" aria-label={words.terminal.open} onClick={openTerminal}>
            +
          </button>
        )}
        <span className="spacer" />
        {busy && (
          <button
            type="button"
            className="text-button"
            title="Ctrl-C"
            onClick={() => {
              interrupt(active);
            }}
          >
            {words.terminal.interrupt}
          </button>
        )}
        <EndpointChoice />
        <TerminalMenu />
      </header>
      <div className="terminal-panes">
        {shown.map(({ name }) => (
          <TerminalPane
            key={name}
            name={name}
            title={tabs.length > 1 ? words.terminal.numbered(tabs.findIndex((tab) => tab.name === name) + 1) : undefined}
            focused={name === active}
          />
        ))}
      </div>
    </section>
  );
}
