/** The settings of a load, as a form over the line that they make. */

import type { JSX, SubmitEvent } from 'react';
import { ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useDataWords } from '#ui/data/use-data.ts';
import { useView } from '#ui/playground-context.ts';

const EVERYBODY = 'all';

/** What the fields say, as they are typed. */
export interface LoadSettings {
  readonly clients: string;
  readonly rate: string;
  readonly mix: string;
  readonly keys: string;
  readonly size: string;
  readonly through: string;
}

/** Ready-made ones. */
export const LOAD_PRESETS: Readonly<Record<'gentle' | 'mixed' | 'heavy', LoadSettings>> = {
  gentle: { clients: '2', rate: '10', mix: 'put:50,get:50', keys: '20', size: '16', through: EVERYBODY },
  mixed: { clients: '4', rate: '100', mix: 'put:40,get:40,txn:10,list:5,del:5', keys: '100', size: '64', through: EVERYBODY },
  heavy: { clients: '16', rate: '1000', mix: 'put', keys: '1000', size: '128', through: EVERYBODY },
};

/** The line that starts the load. */
export const loadLine = ({ clients, rate, mix, keys, size, through }: LoadSettings): string =>
  `play traffic start --clients ${clients} --rate ${rate} --mix ${mix} --keys ${keys} --size ${size}${through === EVERYBODY ? '' : ` --through ${through}`}`;

interface LoadFormProps {
  readonly settings: LoadSettings;
  readonly onChange: (changed: Partial<LoadSettings>) => void;
  readonly onSubmit: (event: SubmitEvent) => void;
}

/** Its id is `load-form`: the button that sends it stands elsewhere. */
export function LoadForm({ settings, onChange, onSubmit }: LoadFormProps): JSX.Element {
  const words = useDataWords();
  const members = useView((state) => state.frame?.members) ?? [];
  return (
    <form className="data-form" id="load-form" onSubmit={onSubmit} aria-label={words.views.load}>
      <div className="choice" role="group" aria-label={words.load.preset}>
        {(['gentle', 'mixed', 'heavy'] as const).map((preset) => (
          <button
            key={preset}
            type="button"
            className="button"
            onClick={() => {
              onChange(LOAD_PRESETS[preset]);
            }}
          >
            {words.load.presets[preset]}
          </button>
        ))}
      </div>
      <div className="fields fields-wrap">
        <TextField
          label={words.load.clients}
          value={settings.clients}
          onChange={(clients) => {
            onChange({ clients });
          }}
          numeric
          required
          small
        />
        <TextField
          label={words.load.rate}
          value={settings.rate}
          onChange={(rate) => {
            onChange({ rate });
          }}
          numeric
          required
          small
        />
        <TextField
          label={words.load.keys}
          value={settings.keys}
          onChange={(keys) => {
            onChange({ keys });
          }}
          numeric
          required
          small
        />
        <TextField
          label={words.load.size}
          value={settings.size}
          onChange={(size) => {
            onChange({ size });
          }}
          numeric
          required
          small
        />
        <ChoiceField
          label={words.load.through}
          value={settings.through}
          choices={[[EVERYBODY, words.load.everybody] as const, ...members.map(({ name }) => [name, name] as const)]}
          onChange={(through) => {
            onChange({ through });
          }}
        />
        <TextField
          label={words.load.mix}
          value={settings.mix}
          onChange={(mix) => {
            onChange({ mix });
          }}
          required
        />
      </div>
      <code className="line-preview">{loadLine(settings)}</code>
    </form>
  );
}
