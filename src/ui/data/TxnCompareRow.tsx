/** One comparison of a transaction, to be edited. */

import type { JSX } from 'react';
import { TXN_RELATIONS, TXN_TARGETS, type TxnCompare } from '#view/txn-text.ts';
import { CheckField, ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useDataWords } from '#ui/data/use-data.ts';

interface TxnCompareRowProps {
  readonly compare: TxnCompare;
  readonly number: number;
  readonly onChange: (compare: TxnCompare) => void;
  readonly onRemove: () => void;
}

/** What a comparison looks at, how, and with what. @param number from 1 on */
export function TxnCompareRow({ compare, number, onChange, onRemove }: TxnCompareRowProps): JSX.Element {
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
