/** Quiet banners: what concerns storage, links and failures, with the choices that there are. */

import { useState, type JSX } from 'react';
import type { NoticeState } from '#store/state.ts';
import { useActions, useView, useWords } from '#ui/playground-context.ts';

function CopyReport({ report }: { readonly report: string }): JSX.Element {
  const words = useWords();
  const { copy } = useActions();
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        void copy(report).then(setCopied);
      }}
    >
      {copied ? words.notices.copied : words.notices.copyReport}
    </button>
  );
}

function NoticeBar({ entry }: { readonly entry: NoticeState }): JSX.Element {
  const words = useWords();
  const { dismissNotice, resolveStorage, goToBranch } = useActions();
  const { notice, id } = entry;
  const broken = notice.type === 'stored-run-broken' || notice.type === 'disks-disagree';
  const grave = broken || notice.type === 'engine-failed' || notice.type === 'bad-link';
  return (
    <div className={grave ? 'notice notice-grave' : 'notice'} role={grave ? 'alert' : 'status'}>
      <p>{words.notices.text(notice)}</p>
      {notice.type === 'disks-disagree' && (
        <button
          type="button"
          className="button button-strong"
          onClick={() => {
            resolveStorage(id, 'start-from-disks');
          }}
        >
          {words.notices.startFromDisks}
        </button>
      )}
      {broken && (
        <button
          type="button"
          className="button"
          onClick={() => {
            resolveStorage(id, 'start-over');
          }}
        >
          {words.notices.startOver}
        </button>
      )}
      {(notice.type === 'branched' || notice.type === 'undone') && (
        <button
          type="button"
          className="button"
          onClick={() => {
            dismissNotice(id);
            goToBranch(notice.left);
          }}
        >
          {words.notices.goBackTo(notice.left)}
        </button>
      )}
      {notice.type === 'engine-failed' && <CopyReport report={notice.report} />}
      {!broken && (
        <button
          type="button"
          className="text-button"
          onClick={() => {
            dismissNotice(id);
          }}
        >
          {words.notices.dismiss}
        </button>
      )}
    </div>
  );
}

function UpdateBar(): JSX.Element {
  const words = useWords();
  const { setUpdateReady } = useActions();
  return (
    <div className="notice" role="status">
      <p>{words.notices.update}</p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        {words.notices.reload}
      </button>
      <button type="button" className="text-button" onClick={() => setUpdateReady(false)}>
        {words.notices.dismiss}
      </button>
    </div>
  );
}

export function Notices(): JSX.Element {
  const words = useWords();
  const notices = useView((state) => state.notices);
  const updateReady = useView((state) => state.updateReady);
  const unopened = useView((state) => state.unopened);
  const { dismissUnopened } = useActions();
  const failure = useView((state) => (state.phase === 'failed' ? state.failure : undefined));
  return (
    <div className="notices">
      {failure !== undefined && (
        <div className="notice notice-grave" role="alert">
          <p>{words.notices.openFailed(failure)}</p>
          <CopyReport report={failure} />
        </div>
      )}
      {updateReady && <UpdateBar />}
      {unopened !== undefined && (
        <div className="notice notice-grave" role="alert">
          <p>{words.share.cannotOpen(unopened.name, unopened.where, unopened.message)}</p>
          <button type="button" className="text-button" onClick={dismissUnopened}>
            {words.notices.dismiss}
          </button>
        </div>
      )}
      {notices.map((entry) => (
        <NoticeBar key={entry.id} entry={entry} />
      ))}
    </div>
  );
}
