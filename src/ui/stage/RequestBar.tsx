/** Put, get, delete and watch without typing a command; the line that does the same is shown with each answer. */

import { useState, type SubmitEvent, type JSX } from 'react';
import type { RequestInput } from '#store/command-lines.ts';
import type { RequestState } from '#store/state.ts';
import { outputText } from '#store/terminal-history.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

type Method = RequestInput['method'];
const METHODS: readonly Method[] = ['put', 'get', 'del', 'watch'];

function Answer({ request }: { readonly request: RequestState }): JSX.Element {
  const words = useWords();
  const { stopRequest } = useActions();
  const { output, input } = request;
  const text = outputText(output);
  const state = output.busy
    ? input.method === 'watch'
      ? 'watching'
      : 'waiting'
    : output.code === 0 || output.code === undefined
      ? 'done'
      : input.method === 'watch' && output.code === 130
        ? 'stopped'
        : 'failed';
  return (
    <li className={`answer answer-${state}`}>
      <div className="answer-line">
        <code>{request.line}</code>
        <span className="answer-state">{words.request[state]}</span>
        {output.busy && (
          <button
            type="button"
            className="link-button"
            onClick={() => {
              stopRequest(request.id);
            }}
          >
            {words.request.stop}
          </button>
        )}
      </div>
      {text !== '' && <pre>{text}</pre>}
    </li>
  );
}

function useEndpoint(): readonly [string, readonly string[]] {
  const chosen = useView((state) => state.endpoint);
  const leader = useView((state) => (state.frame?.headline.type === 'leader' ? state.frame.headline.leader : undefined));
  const members = useView((state) => state.frame?.members);
  const names = members?.map((member) => member.name) ?? [];
  return [chosen ?? leader ?? names[0] ?? '', names];
}

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly required: boolean;
  readonly onChange: (value: string) => void;
}

function TextField({ label, value, required, onChange }: TextFieldProps): JSX.Element {
  return (
    <label className="field field-grow">
      <span>{label}</span>
      <input
        className="mono"
        value={value}
        required={required}
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

function RequestForm(): JSX.Element {
  const words = useWords();
  const { request, setEndpoint } = useActions();
  const [endpoint, names] = useEndpoint();
  const [method, setMethod] = useState<Method>('put');
  const [key, setKey] = useState('foo');
  const [value, setValue] = useState('bar');
  const [prefix, setPrefix] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    request(method === 'put' ? { method, key, value } : { method, key, prefix }, endpoint);
  };
  return (
    <form className="request-form" onSubmit={submit} aria-label={words.request.title}>
      <label className="field">
        <span>{words.request.method}</span>
        <select
          value={method}
          onChange={(event) => {
            setMethod(METHODS.find((each) => each === event.target.value) ?? 'put');
          }}
        >
          {METHODS.map((each) => (
            <option key={each} value={each}>
              {words.request.methods[each]}
            </option>
          ))}
        </select>
      </label>
      <TextField label={words.request.key} value={key} required onChange={setKey} />
      {method === 'put' ? (
        <TextField label={words.request.value} value={value} required={false} onChange={setValue} />
      ) : (
        <label className="check">
          <input
            type="checkbox"
            checked={prefix}
            onChange={(event) => {
              setPrefix(event.target.checked);
            }}
          />
          <span>{words.request.prefix}</span>
        </label>
      )}
      <label className="field">
        <span>{words.request.through}</span>
        <select
          value={endpoint}
          onChange={(event) => {
            setEndpoint(event.target.value);
          }}
        >
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <button type="submit" className="button button-strong">
        {words.request.send}
      </button>
    </form>
  );
}

export function RequestBar(): JSX.Element {
  const words = useWords();
  const requests = useView((state) => state.requests);
  return (
    <div className="request-bar">
      <RequestForm />
      <ul className="answers" aria-label={words.request.answers} aria-live="polite">
        {requests.length === 0 && <li className="quiet">{words.request.empty}</li>}
        {requests.toReversed().map((request) => (
          <Answer key={request.id} request={request} />
        ))}
      </ul>
    </div>
  );
}
