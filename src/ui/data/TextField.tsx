/** A labelled field of the data views' forms. */

import type { JSX } from 'react';

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
  readonly numeric?: boolean;
  readonly small?: boolean;
  readonly placeholder?: string;
}

export function TextField({ label, value, onChange, required, numeric, small, placeholder }: TextFieldProps): JSX.Element {
  return (
    <label className={`field ${small === true ? 'field-small' : 'field-grow'}`}>
      <span>{label}</span>
      <input
        className="mono"
        value={value}
        required={required === true}
        inputMode={numeric === true ? 'numeric' : 'text'}
        pattern={numeric === true ? '[0-9]*' : undefined}
        placeholder={placeholder}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </label>
  );
}

interface ChoiceFieldProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, text: string])[];
  readonly onChange: (value: T) => void;
  readonly small?: boolean;
}

export function ChoiceField<T extends string>({ label, value, choices, onChange, small }: ChoiceFieldProps<T>): JSX.Element {
  return (
    <label className={`field ${small === true ? 'field-small' : ''}`}>
      <span>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          const chosen = choices.find(([one]) => one === event.target.value);
          if (chosen !== undefined) onChange(chosen[0]);
        }}
      >
        {choices.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckFieldProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function CheckField({ label, checked, onChange }: CheckFieldProps): JSX.Element {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={() => {
          onChange(!checked);
        }}
      />
      {label}
    </label>
  );
}
