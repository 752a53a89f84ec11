/**
 * A transaction for etcd's JSON gateway: what etcdctl's language has no words for, nested transactions and compares of all keys that begin with a prefix,
 * goes that way. And what the gateway says of it, as etcdctl would print it.
 */

import { base64, fromBase64 } from '#kernel/base64.ts';
import { utf8, type Bytes } from '#kernel/bytes.ts';
import { showBytes } from '#view/byte-text.ts';
import { prefixEnd } from '#view/data.ts';
import type { Txn, TxnCompare, TxnOp, TxnRelation, TxnResult, TxnTarget } from '#view/txn-text.ts';

const RESULTS: Readonly<Record<TxnRelation, string>> = { '=': 'EQUAL', '!=': 'NOT_EQUAL', '>': 'GREATER', '<': 'LESS' };
const OPERANDS: Readonly<Record<TxnTarget, string>> = {
  value: 'value',
  version: 'version',
  create: 'create_revision',
  mod: 'mod_revision',
  lease: 'lease',
};

const text64 = (text: string): string => base64(utf8(text));
const keys = (key: string, prefix: boolean): Readonly<Record<string, string>> =>
  prefix ? { key: key === '' ? 'AA==' : text64(key), range_end: base64(prefixEnd(utf8(key))) } : { key: text64(key) };

/** A lease is written in hex, as etcdctl prints it; the gateway takes whole numbers as text. */
function operandOf({ target, operand }: TxnCompare): string {
  if (target === 'value') return text64(operand);
  return target === 'lease' && /^[0-9a-f]{1,16}$/i.test(operand) ? BigInt(`0x${operand}`).toString() : operand;
}

const compareJson = (compare: TxnCompare): object => ({
  target: compare.target.toUpperCase(),
  result: RESULTS[compare.relation],
  ...keys(compare.key, compare.prefix === true),
  [OPERANDS[compare.target]]: operandOf(compare),
});

function opJson(op: TxnOp): object {
  switch (op.type) {
    case 'put':
      return { request_put: { key: text64(op.key), value: text64(op.value) } };
    case 'get':
      return { request_range: keys(op.key, op.prefix) };
    case 'del':
      return { request_delete_range: keys(op.key, op.prefix) };
    case 'txn':
      return { request_txn: txnJson(op.txn) };
  }
}

/** Etcd's TxnRequest as JSON. */
export function txnJson(txn: Txn): object {
  return { compare: txn.compares.map(compareJson), success: txn.success.map(opJson), failure: txn.failure.map(opJson) };
}

/** Etcdctl cannot say it. */
export function needsGateway(txn: Txn): boolean {
  return txn.compares.some(({ prefix }) => prefix === true) || [...txn.success, ...txn.failure].some(({ type }) => type === 'txn');
}

/** @param url of the member's client port */
export function gatewayLine(url: string, txn: Txn): string {
  const json = JSON.stringify(txnJson(txn)).replaceAll("'", String.raw`\u0027`);
  return `curl -s ${url.replace(/\/$/, '')}/v3/kv/txn -d '${json}'`;
}

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const NOTHING: Bytes = new Uint8Array(0);

function shown(value: unknown): string {
  const read = typeof value === 'string' ? fromBase64(value) : undefined;
  return showBytes(read?.type === 'ok' ? read.bytes : NOTHING);
}

function responseLines(response: Json): readonly string[] {
  const { response_put: put, response_range: range, response_delete_range: deleted, response_txn: nested } = response;
  if (isRecord(put)) return ['OK'];
  if (isRecord(range)) return list(range['kvs']).flatMap((kv) => [shown(kv['key']), shown(kv['value'])]);
  if (isRecord(deleted)) return [typeof deleted['deleted'] === 'string' ? deleted['deleted'] : '0'];
  return isRecord(nested) ? txnLines(nested) : [];
}

const txnLines = (txn: Json): readonly string[] => [
  txn['succeeded'] === true ? 'SUCCESS' : 'FAILURE',
  ...list(txn['responses']).flatMap((response) => ['', ...responseLines(response)]),
];

/** Reads what the gateway answered; undefined if it is no result of a transaction. */
export function parseGatewayTxn(output: string): TxnResult | undefined {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isRecord(json) || !isRecord(json['header'])) return undefined;
  const [, , ...lines] = txnLines(json);
  return { branch: json['succeeded'] === true ? 'success' : 'failure', text: lines.join('\n').trim() };
}
