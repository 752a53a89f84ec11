/** What one operation of a transaction is, and the fields of a simple one. */

import type { JSX } from 'react';
import type { SimpleOp, Txn, TxnOp } from '#view/txn-text.ts';
import { CheckField, TextField } from '#ui/data/TextField.tsx';
import { useDataWords } from '#ui/data/use-data.ts';

/** What a new row begins with. */
export const EMPTY_OP: SimpleOp = { type: 'put', key: '', value: '', prefix: false };
/** What a transaction within another begins with. */
const EMPTY_TXN: Txn = { compares: [], success: [], failure: [] };

/** Another kind of operation, with what both kinds have. */
export function asKind(op: TxnOp, type: TxnOp['type']): TxnOp {
  if (type === 'txn') return op.type === 'txn' ? op : { type, txn: EMPTY_TXN };
  return op.type === 'txn' ? { ...EMPTY_OP, type } : { ...op, type };
}

/** The key of an operation, and its value or whether it is a prefix. */
export function SimpleFields({ op, onChange }: { readonly op: SimpleOp; readonly onChange: (op: SimpleOp) => void }): JSX.Element {
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
