/** Builds a transaction, shows what etcdctl would read, runs it, and lights the branch that was taken. */

import { useState, type JSX } from 'react';
import { gatewayLine, needsGateway, parseGatewayTxn } from '#view/txn-json.ts';
import { parseTxnResult, txnInput, txnLine, type Txn } from '#view/txn-text.ts';
import { outputText } from '#store/terminal-history.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { TxnLists } from '#ui/data/TxnLists.tsx';
import { useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useActions } from '#ui/playground-context.ts';

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
  const result = parseTxnResult(output) ?? parseGatewayTxn(output);
  const url = useDataMember()?.clientUrl ?? '';
  const throughGateway = needsGateway(txn);
  const line = throughGateway ? gatewayLine(url, txn) : txnLine(etcdctl('txn'), txn);
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
          run(line);
        }}
      >
        <TxnLists txn={txn} result={result} depth={1} onChange={setTxn} />
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
      <h3>{throughGateway ? words.txn.gateway : words.txn.input}</h3>
      {throughGateway && <p className="quiet">{words.txn.gatewayExplained}</p>}
      <pre className="value" tabIndex={0} aria-label={throughGateway ? words.txn.gateway : words.txn.input}>
        {throughGateway ? line : `${etcdctl('txn')}\n${txnInput(txn)}`}
      </pre>
    </div>
  );
}
