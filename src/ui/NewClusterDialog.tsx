/** Asks what the new cluster is made of: members and seed; more, for those who open it. The line that it stands for is shown as it grows. */

import { useState, type SubmitEvent, type JSX } from 'react';
import { newLine, type NewClusterInput } from '#store/command-lines.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

const SIZES = [1, 3, 5, 7] as const;
const PROFILES = ['3.5', '3.4.23'] as const;
type Profile = (typeof PROFILES)[number];

/** What is chosen beyond members and seed; each has etcd's default until somebody changes it. */
interface More {
  readonly profile: Profile;
  readonly preVote: boolean;
  readonly checkQuorum: boolean;
  readonly enableV2: boolean;
  readonly async: boolean;
  readonly snapshotCount: string;
  readonly latency: string;
}

/** PreVote is on by default from 3.5. */
const preVoteOf = (profile: Profile): boolean => profile === '3.5';
const DEFAULTS: More = {
  profile: '3.5',
  preVote: true,
  checkQuorum: true,
  enableV2: false,
  async: false,
  snapshotCount: '',
  latency: '',
};

function inputOf(nodes: number, seed: string, more: More): NewClusterInput {
  const { profile } = more;
  return {
    nodes,
    seed: /^\d{1,15}$/.test(seed) ? Number(seed) : undefined,
    profile: profile === DEFAULTS.profile ? undefined : profile,
    preVote: more.preVote === preVoteOf(profile) ? undefined : more.preVote,
    checkQuorum: more.checkQuorum ? undefined : false,
    enableV2: more.enableV2 ? true : undefined,
    storage: more.async ? 'async' : undefined,
    snapshotCount: /^[1-9]\d{0,8}$/.test(more.snapshotCount) ? Number(more.snapshotCount) : undefined,
    latency: more.latency.trim() === '' ? undefined : more.latency.trim(),
  };
}

function MoreSettings({ more, change }: { readonly more: More; readonly change: (part: Partial<More>) => void }): JSX.Element {
  const words = useWords().newCluster;
  const checks: readonly (readonly ['preVote' | 'checkQuorum' | 'enableV2' | 'async', string])[] = [
    ['preVote', words.preVote],
    ['checkQuorum', words.checkQuorum],
    ['enableV2', words.enableV2],
    ['async', words.async],
  ];
  return (
    <details className="new-cluster-more">
      <summary>{words.more}</summary>
      <div className="new-cluster-fields">
        <label className="field field-small">
          <span>{words.profile}</span>
          <select
            value={more.profile}
            onChange={(event) => {
              const profile = PROFILES.find((each) => each === event.target.value) ?? '3.5';
              change({ profile, preVote: preVoteOf(profile) });
            }}
          >
            {PROFILES.map((profile) => (
              <option key={profile}>{profile}</option>
            ))}
          </select>
        </label>
        <label className="field field-small">
          <span>{words.snapshotCount}</span>
          <input
            className="mono"
            inputMode="numeric"
            placeholder={words.snapshotDefault}
            value={more.snapshotCount}
            onChange={(event) => change({ snapshotCount: event.target.value })}
          />
        </label>
        <label className="field field-small">
          <span>{words.latency}</span>
          <input
            className="mono"
            placeholder="2ms..8ms"
            pattern="\s*\d+(\.\d+)?(us|µs|ms|s)(\.\.\d+(\.\d+)?(us|µs|ms|s))?\s*"
            value={more.latency}
            onChange={(event) => change({ latency: event.target.value })}
          />
        </label>
      </div>
      {checks.map(([name, text]) => (
        <label key={name} className="check">
          <input type="checkbox" checked={more[name]} onChange={(event) => change({ [name]: event.target.checked })} />
          <span>{text}</span>
        </label>
      ))}
    </details>
  );
}

export function NewClusterDialog(): JSX.Element {
  const words = useWords();
  const { newRun } = useActions();
  const run = useView((state) => state.frame?.run);
  const [nodes, setNodes] = useState<number>(run?.nodes ?? 3);
  const [seed, setSeed] = useState(String(run?.seed ?? 1));
  const [more, setMore] = useState(DEFAULTS);
  const input = inputOf(nodes, seed, more);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    newRun(input);
  };
  return (
    <Dialog title={words.header.newCluster}>
      <form className="new-cluster" onSubmit={submit}>
        <p>{words.actions.newExplained}</p>
        <fieldset>
          <legend>{words.actions.membersLabel}</legend>
          {SIZES.map((size) => (
            <label key={size} className="check">
              <input
                type="radio"
                name="nodes"
                checked={nodes === size}
                onChange={() => {
                  setNodes(size);
                }}
              />
              <span>{words.actions.size(size)}</span>
            </label>
          ))}
        </fieldset>
        <label className="field field-small">
          <span>{words.actions.seed}</span>
          <input
            className="mono"
            inputMode="numeric"
            pattern="[0-9]{1,15}"
            value={seed}
            onChange={(event) => {
              setSeed(event.target.value);
            }}
          />
        </label>
        <MoreSettings more={more} change={(part) => setMore((now) => ({ ...now, ...part }))} />
        <p className="new-cluster-line">
          <span className="prompt">$</span> <code>{newLine(input)}</code>
        </p>
        <button type="submit" className="button button-strong">
          {words.actions.start}
        </button>
      </form>
    </Dialog>
  );
}
