/** A transaction as etcdctl reads it: compares, what is done if all hold, what is done else; and what etcdctl says of it. */

export const TXN_TARGETS = ['value', 'version', 'create', 'mod', 'lease'] as const;
export type TxnTarget = (typeof TXN_TARGETS)[number];
export const TXN_RELATIONS = ['=', '!=', '>', '<'] as const;
export type TxnRelation = (typeof TXN_RELATIONS)[number];

export interface TxnCompare {
  readonly target: TxnTarget;
  readonly key: string;
  readonly relation: TxnRelation;
  readonly operand: string;
  /** Of every key that begins so: all of them have to hold. */
  readonly prefix?: boolean;
}

/** An operation of etcdctl's language. */
export interface SimpleOp {
  readonly type: 'put' | 'get' | 'del';
  readonly key: string;
  readonly value: string;
  readonly prefix: boolean;
}

/** One of them, or a transaction within the transaction. */
export type TxnOp = SimpleOp | { readonly type: 'txn'; readonly txn: Txn };

export interface Txn {
  readonly compares: readonly TxnCompare[];
  readonly success: readonly TxnOp[];
  readonly failure: readonly TxnOp[];
}

/** In Go's quotes, as etcdctl's scanner takes them. A line has no room for a line break. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`;
const word = (text: string): string => (/^[A-Za-z0-9_./:@%+=,][A-Za-z0-9_./:@%+=,-]*$/.test(text) ? text : quoted(text));

const compareLine = ({ target, key, relation, operand }: TxnCompare): string => `${target}(${quoted(key)}) ${relation} ${quoted(operand)}`;

function opLine({ type, key, value, prefix }: SimpleOp): string {
  const flags = type !== 'put' && prefix ? ['--prefix'] : [];
  return [type, ...flags, word(key), ...(type === 'put' ? [word(value)] : [])].join(' ');
}

const opLines = (ops: readonly TxnOp[]): readonly string[] => ops.flatMap((op) => (op.type === 'txn' ? [] : [opLine(op)]));

/** The three lists, with an empty line after each; what the language has no words for is left out (see `txn-json.ts`). */
export const txnInput = (txn: Txn): string =>
  [...txn.compares.map(compareLine), '', ...opLines(txn.success), '', ...opLines(txn.failure), ''].join('\n');

/** One line for the shell: the input as a here-document. `etcdctl` stands for the program and its endpoints. */
export const txnLine = (etcdctl: string, txn: Txn): string => `${etcdctl} <<'EOF'\n${txnInput(txn)}\nEOF`;

export interface TxnResult {
  readonly branch: 'success' | 'failure';
  /** What etcdctl printed of the answers. */
  readonly text: string;
}

/** Reads what `etcdctl txn` printed; undefined if it is no result. */
export function parseTxnResult(output: string): TxnResult | undefined {
  const match = /^(SUCCESS|FAILURE)\n?([\s\S]*)$/.exec(output);
  if (match === null) return undefined;
  return { branch: match[1] === 'SUCCESS' ? 'success' : 'failure', text: (match[2] ?? '').trim() };
}
