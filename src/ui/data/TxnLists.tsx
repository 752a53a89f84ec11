/** The lists of a transaction, to be edited; a transaction within it has the same. */

import { useEffect, useRef, type JSX } from 'react';
import type { Txn, TxnOp, TxnResult } from '#view/txn-text.ts';
import { ChoiceField } from '#ui/data/TextField.tsx';
import { TxnCompareRow } from '#ui/data/TxnCompareRow.tsx';
import { asKind, EMPTY_OP, SimpleFields } from '#ui/data/TxnOpFields.tsx';
import { useDataWords } from '#ui/data/use-data.ts';

/** What etcd takes in one transaction by itself. */
const OPS_MAX = 128;
/** Transactions within each other that the form builds. */
const DEPTH_MAX = 2;

interface OpRowProps {
  readonly op: TxnOp;
  readonly number: number;
  readonly branch: string;
  /** 1 for the outermost transaction. */
  readonly depth: number;
  readonly onChange: (op: TxnOp) => void;
  readonly onRemove: () => void;
}

function OpRow({ op, number, branch, depth, onChange, onRemove }: OpRowProps): JSX.Element {
  const words = useDataWords();
  const kinds = depth < DEPTH_MAX ? (['put', 'get', 'del', 'txn'] as const) : (['put', 'get', 'del'] as const);
  return (
    <li className="txn-row">
      <ChoiceField<TxnOp['type']>
        label={words.txn.op}
        value={op.type}
        choices={kinds.map((type) => [type, words.txn.ops[type]] as const)}
        onChange={(type) => {
          onChange(asKind(op, type));
        }}
      />
      {op.type !== 'txn' && <SimpleFields op={op} onChange={onChange} />}
      <button type="button" className="icon-button" aria-label={words.txn.removeOp(branch, number)} onClick={onRemove}>
        ×
      </button>
      {op.type === 'txn' && (
        <div className="txn txn-nested" role="group" aria-label={words.txn.nested(branch, number)}>
          <TxnLists
            txn={op.txn}
            result={undefined}
            depth={depth + 1}
            onChange={(txn) => {
              onChange({ type: 'txn', txn });
            }}
          />
        </div>
      )}
    </li>
  );
}

interface BranchProps {
  readonly title: string;
  readonly ops: readonly TxnOp[];
  /** Undefined before the answer. */
  readonly taken: boolean | undefined;
  readonly answer: string;
  readonly depth: number;
  readonly onChange: (ops: readonly TxnOp[]) => void;
}

function Branch({ title, ops, taken, answer, depth, onChange }: BranchProps): JSX.Element {
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
            onChange([...ops, EMPTY_OP]);
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
            depth={depth}
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

interface TxnListsProps {
  readonly txn: Txn;
  /** What came of it; undefined before the answer. */
  readonly result: TxnResult | undefined;
  /** 1 for the outermost transaction. */
  readonly depth: number;
  readonly onChange: (txn: Txn) => void;
}

/** If, then, else. */
export function TxnLists({ txn, result, depth, onChange }: TxnListsProps): JSX.Element {
  const words = useDataWords();
  return (
    <>
      <section className="txn-branch" aria-label={words.txn.ifTitle}>
        <div className="watcher-head">
          <h3>{words.txn.ifTitle}</h3>
          <button
            type="button"
            className="link-button"
            onClick={() => {
              onChange({ ...txn, compares: [...txn.compares, { target: 'value', key: '', relation: '=', operand: '' }] });
            }}
          >
            + {words.txn.addCompare}
          </button>
        </div>
        {txn.compares.length === 0 && <p className="empty">{words.txn.noCompare}</p>}
        <ol>
          {txn.compares.map((compare, i) => (
            <TxnCompareRow
              key={i}
              compare={compare}
              number={i + 1}
              onChange={(next) => {
                onChange({ ...txn, compares: txn.compares.with(i, next) });
              }}
              onRemove={() => {
                onChange({ ...txn, compares: txn.compares.toSpliced(i, 1) });
              }}
            />
          ))}
        </ol>
      </section>
      <Branch
        title={words.txn.thenTitle}
        depth={depth}
        ops={txn.success}
        taken={result === undefined ? undefined : result.branch === 'success'}
        answer={result?.text ?? ''}
        onChange={(ops) => {
          onChange({ ...txn, success: ops });
        }}
      />
      <Branch
        title={words.txn.elseTitle}
        depth={depth}
        ops={txn.failure}
        taken={result === undefined ? undefined : result.branch === 'failure'}
        answer={result?.text ?? ''}
        onChange={(ops) => {
          onChange({ ...txn, failure: ops });
        }}
      />
    </>
  );
}
