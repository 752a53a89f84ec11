/** Builds a transaction, shows what etcdctl would read, runs it, and lights the branch that was taken. */

import { useEffect, useRef, useState, type JSX } from 'react';
import { parseTxnResult, TXN_RELATIONS, TXN_TARGETS, txnInput, txnLine, type Txn, type TxnCompare, type TxnOp } from '#view/txn-text.ts';
import { outputText } from '#store/terminal-history.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useDataWords, useLines } from '#ui/data/use-data.ts';
import { useActions } from '#ui/playground-context.ts';

/** What etcd takes in one transaction by itself. */
const OPS_MAX = 128;

const PRESETS: Readonly<Record<'create' | 'cas' | 'guard', Txn>> = {
  create: {
    compares: [{ target: 'create', key: 'lock', relation: '=', operand: '0' }],
    success: [{ type: 'put', key: 'lock', value: 'me', prefix: false }],
    failure: [{ type: 'get', key: 'lock', value: '', prefix: false }],
  },
  cas: {
    compares: [{ target: 'value', key: 'foo', relation: '=', operand: 'bar' }],
    success: [{ type: 'put', key: 'foo', value: 'baz', prefix: false }],
    failure: [{ type: 'get', key: 'foo', value: '', prefix: false }],
  },
  guard: {
    compares: [{ target: 'version', key: 'foo', relation: '=', operand: '1' }],
    success: [{ type: 'del', key: 'foo', value: '', prefix: false }],
    failure: [{ type: 'get', key: 'foo', value: '', prefix: false }],
  },
};

/** The builder survives a change of the view: it belongs to the page, not to the run. */
let kept: Txn = PRESETS.create;

interface CompareRowProps {
  readonly compare: TxnCompare;
  readonly number: number;
  readonly onChange: (compare: TxnCompare) => void;
  readonly onRemove: () => void;
}

function CompareRow({ compare, number, onChange, onRemove }: CompareRowProps): JSX.Element {
  const words = useDataWords();
  return (
    <li className="txn-row">
      <ChoiceField
        label={words.txn.target}
        value={compare.target}
        choices={TXN_TARGETS.map((target) => [target, words.txn.targets[target]] as const)}
        onChange={(target) => {
          onChange({ ...compare, target });
        }}
      />
      <TextField
        label={words.txn.key}
        value={compare.key}
        onChange={(key) => {
          onChange({ ...compare, key });
        }}
      />
      <ChoiceField
        label={words.txn.relation}
        value={compare.relation}
        choices={TXN_RELATIONS.map((relation) => [relation, relation] as const)}
        onChange={(relation) => {
          onChange({ ...compare, relation });
        }}
      />
      <TextField
        label={words.txn.operand}
        value={compare.operand}
        onChange={(operand) => {
          onChange({ ...compare, operand });
        }}
      />
      <button type="button" className="icon-button" aria-label={words.txn.removeCompare(number)} onClick={onRemove}>
        ×
      </button>
    </li>
  );
}

interface OpRowProps {
  readonly op: TxnOp;
  readonly number: number;
  readonly branch: string;
  readonly onChange: (op: TxnOp) => void;
  readonly onRemove: () => void;
}

function OpRow({ op, number, branch, onChange, onRemove }: OpRowProps): JSX.Element {
  const words = useDataWords();
  return (
    <li className="txn-row">
      <ChoiceField
        label={words.txn.op}
        value={op.type}
        choices={(['put', 'get', 'del'] as const).map((type) => [type, words.txn.ops[type]] as const)}
        onChange={(type) => {
          onChange({ ...op, type });
        }}
      />
      <TextField
        label={words.txn.key}
        value={op.key}
        onChange={(key) => {
          onChange({ ...op, key });
        }}
      />
      {op.type === 'put' ? (
        <TextField
          label={words.txn.operand}
          value={op.value}
          onChange={(value) => {
            onChange({ ...op, value });
          }}
        />
      ) : (
        <label className="check">
          <input
            type="checkbox"
            checked={op.prefix}
            onChange={() => {
              onChange({ ...op, prefix: !op.prefix });
            }}
          />
          {words.txn.prefix}
        </label>
      )}
      <button type="button" className="icon-button" aria-label={words.txn.removeOp(branch, number)} onClick={onRemove}>
        ×
      </button>
    </li>
  );
}

interface BranchProps {
  readonly title: string;
  readonly ops: readonly TxnOp[];
  /** Undefined before the answer. */
  readonly taken: boolean | undefined;
  readonly answer: string;
  readonly onChange: (ops: readonly TxnOp[]) => void;
}

function Branch({ title, ops, taken, answer, onChange }: BranchProps): JSX.Element {
  const words = useDataWords();
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (taken === true) section.current?.scrollIntoView({ block: 'nearest' });
  }, [taken]);
  const mark = taken === undefined ? '' : taken ? words.txn.taken : words.txn.notTaken;
  return (
    <section
      ref={section}
      className={`txn-branch${taken === true ? ' txn-taken' : taken === false ? ' txn-not-taken' : ''}`}
      aria-label={mark === '' ? title : `${title}, ${mark}`}
    >
      <div className="watcher-head">
        <h3>{title}</h3>
        {mark !== '' && (
          <span className="txn-mark">
            {taken === true ? '✓ ' : ''}
            {mark}
          </span>
        )}
        <button
          type="button"
          className="link-button"
          disabled={ops.length >= OPS_MAX}
          aria-label={`${title}: + ${words.txn.addOp}`}
          onClick={() => {
            onChange([...ops, { type: 'put', key: '', value: '', prefix: false }]);
          }}
        >
          + {words.txn.addOp}
        </button>
      </div>
      {ops.length === 0 && <p className="empty">{words.txn.noOps}</p>}
      <ol>
        {ops.map((op, i) => (
          <OpRow
            key={i}
            op={op}
            number={i + 1}
            branch={title}
            onChange={(next) => {
              onChange(ops.with(i, next));
            }}
            onRemove={() => {
              onChange(ops.toSpliced(i, 1));
            }}
          />
        ))}
      </ol>
      {taken === true && answer !== '' && <pre className="value">{answer}</pre>}
    </section>
  );
}

export function TxnView(): JSX.Element {
  const words = useDataWords();
  const { clearRuns } = useActions();
  const { etcdctl, run, last } = useLines('txn');
  const [txn, setTxnState] = useState(kept);
  const setTxn = (next: Txn): void => {
    kept = next;
    setTxnState(next);
    // What another transaction said is no answer to this one.
    clearRuns('txn');
  };
  const output = last === undefined || last.output.busy ? '' : outputText(last.output);
  const result = parseTxnResult(output);
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.txn.explained}</p>
      <div className="fields fields-wrap">
        <MemberSelect />
        <div className="field">
          <span>{words.txn.presets}</span>
          <div className="choice">
            {(['create', 'cas', 'guard'] as const).map((preset) => (
              <button
                key={preset}
                type="button"
                className="button"
                onClick={() => {
                  setTxn(PRESETS[preset]);
                }}
              >
                {words.txn.presetNames[preset]}
              </button>
            ))}
          </div>
        </div>
      </div>
      <form
        className="txn"
        aria-label={words.views.txn}
        onSubmit={(event) => {
          event.preventDefault();
          run(txnLine(etcdctl('txn'), txn));
        }}
      >
        <section className="txn-branch" aria-label={words.txn.ifTitle}>
          <div className="watcher-head">
            <h3>{words.txn.ifTitle}</h3>
            <button
              type="button"
              className="link-button"
              onClick={() => {
                setTxn({ ...txn, compares: [...txn.compares, { target: 'value', key: '', relation: '=', operand: '' }] });
              }}
            >
              + {words.txn.addCompare}
            </button>
          </div>
          {txn.compares.length === 0 && <p className="empty">{words.txn.noCompare}</p>}
          <ol>
            {txn.compares.map((compare, i) => (
              <CompareRow
                key={i}
                compare={compare}
                number={i + 1}
                onChange={(next) => {
                  setTxn({ ...txn, compares: txn.compares.with(i, next) });
                }}
                onRemove={() => {
                  setTxn({ ...txn, compares: txn.compares.toSpliced(i, 1) });
                }}
              />
            ))}
          </ol>
        </section>
        <Branch
          title={words.txn.thenTitle}
          ops={txn.success}
          taken={result === undefined ? undefined : result.branch === 'success'}
          answer={result?.text ?? ''}
          onChange={(ops) => {
            setTxn({ ...txn, success: ops });
          }}
        />
        <Branch
          title={words.txn.elseTitle}
          ops={txn.failure}
          taken={result === undefined ? undefined : result.branch === 'failure'}
          answer={result?.text ?? ''}
          onChange={(ops) => {
            setTxn({ ...txn, failure: ops });
          }}
        />
        <div className="fields">
          <button type="submit" className="button button-strong">
            {words.txn.run}
          </button>
          <p role="status" className="txn-said">
            {last?.output.busy === true && words.txn.waiting}
            {result !== undefined && (result.branch === 'success' ? words.txn.succeeded : words.txn.failed)}
            {result === undefined && output !== '' && (
              <span className="data-error">
                {words.txn.refused} {output}
              </span>
            )}
          </p>
        </div>
      </form>
      <h3>{words.txn.input}</h3>
      <pre className="value" tabIndex={0} aria-label={words.txn.input}>{`${etcdctl('txn')}\n${txnInput(txn)}`}</pre>
    </div>
  );
}
