/** The lists of a transaction, to be edited; a transaction within it has the same. */

import { useEffect, useRef, type JSX } from 'react';
import { TXN_RELATIONS, TXN_TARGETS, type SimpleOp, type Txn, type TxnCompare, type TxnOp, type TxnResult } from '#view/txn-text.ts';
import { CheckField, ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useDataWords } from '#ui/data/use-data.ts';

/** What etcd takes in one transaction by itself. */
const OPS_MAX = 128;
/** Transactions within each other that the form builds. */
const DEPTH_MAX = 2;

const EMPTY_OP: SimpleOp = { type: 'put', key: '', value: '', prefix: false };
const EMPTY_TXN: Txn = { compares: [], success: [], failure: [] };

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
      <CheckField label={words.txn.prefix} checked={compare.prefix === true} onChange={(prefix) => onChange({ ...compare, prefix })} />
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
  /** 1 for the outermost transaction. */
  readonly depth: number;
  readonly onChange: (op: TxnOp) => void;
  readonly onRemove: () => void;
}

/** Another kind of operation, with what both kinds have. */
function asKind(op: TxnOp, type: TxnOp['type']): TxnOp {
  if (type === 'txn') return op.type === 'txn' ? op : { type, txn: EMPTY_TXN };
  return op.type === 'txn' ? { ...EMPTY_OP, type } : { ...op, type };
}

function SimpleFields({ op, onChange }: { readonly op: SimpleOp; readonly onChange: (op: SimpleOp) => void }): JSX.Element {
  const words = useDataWords();
  return (
    <>
      <TextField
        label={words.txn.key}
        value={op.key}
        onChange={(key) => {
          onChange({ ...op, key });
        }}
      />
      {op.type === 'put' ? (
        <TextField
          label={words.keys.value}
          value={op.value}
          onChange={(value) => {
            onChange({ ...op, value });
          }}
        />
      ) : (
        <CheckField label={words.txn.prefix} checked={op.prefix} onChange={(prefix) => onChange({ ...op, prefix })} />
      )}
    </>
  );
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
            <CompareRow
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
