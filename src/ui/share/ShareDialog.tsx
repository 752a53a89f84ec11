/** What can be taken away of a run: a link, files, texts for other tools, a frame for another page. */

import { useEffect, useState, type JSX } from 'react';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, usePage, useView, useWords } from '#ui/playground-context.ts';
import { QrButton } from '#ui/share/QrButton.tsx';
import { QrCode } from '#ui/share/QrCode.tsx';
import { QR_TEXT_MAX } from '#view/shared-run.ts';
import { OpenFileButton } from '#ui/share/OpenFile.tsx';
import { saveFile } from '#ui/share/save-file.ts';
import { clientName } from '#ui/stage/client-name.ts';
import { concerns } from '#viz/flights-of-selection.ts';
import { mermaidText } from '#viz/mermaid-text.ts';
import { shivizText } from '#viz/shiviz-text.ts';
import type { SharedRun } from '#store/actions.ts';
import type { History } from '#view/history.ts';
import '#ui/share/share.css';

/** Virtual time before the shown instant that goes into a diagram, µs. */
const STRETCH = 30_000_000;
/** Of it without the quiet stretches, µs. */
const BUSY = 200_000;

/** What was done last, or what failed. */
type Said = { readonly type: 'none' | 'working' | 'copied' } | { readonly type: 'failed'; readonly reason: string };

interface LinkPartProps {
  readonly address: string;
  readonly playing: boolean;
  readonly onPlaying: (playing: boolean) => void;
  readonly copy: (text: string) => void;
}

function LinkPart({ address, playing, onPlaying, copy }: LinkPartProps): JSX.Element {
  const words = useWords();
  const [qr, setQr] = useState(false);
  return (
    <section>
      <h3>{words.share.link}</h3>
      <p>{words.share.linkExplained}</p>
      <fieldset className="share-row">
        <legend className="visually-hidden">{words.share.opens}</legend>
        {([false, true] as const).map((runs) => (
          <label key={String(runs)} className="check">
            <input type="radio" name="share-time" checked={playing === runs} onChange={() => onPlaying(runs)} />
            <span>{runs ? words.share.running : words.share.paused}</span>
          </label>
        ))}
      </fieldset>
      <div className="share-row">
        <input
          className="share-address mono"
          readOnly
          value={address}
          aria-label={words.share.link}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button button-strong" onClick={() => copy(address)}>
          {words.share.copyLink}
        </button>
        <QrButton name={words.share.showQr} shown={qr} onShown={setQr} />
      </div>
      {qr && address.length <= QR_TEXT_MAX && <QrCode text={address} label={words.share.qrLabel} />}
      {qr && address.length > QR_TEXT_MAX && <p className="share-note">{words.share.qrTooLong(address.length)}</p>}
    </section>
  );
}

function FilesPart({ shared, act }: { readonly shared: SharedRun; readonly act: (work: () => Promise<void>) => void }): JSX.Element {
  const words = useWords();
  const { traceJson } = useActions();
  return (
    <section>
      <h3>{words.share.files}</h3>
      <div className="share-row">
        <button type="button" className="button" onClick={() => saveFile('run.json', shared.file, 'application/json')}>
          {words.share.saveRun}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => act(async () => saveFile('trace.json', await traceJson(), 'application/json'))}
        >
          {words.share.saveTrace}
        </button>
        <OpenFileButton />
      </div>
      <p>{words.share.dropExplained}</p>
    </section>
  );
}

/** Diagrams and texts of what happened last. */
function ToolsPart({
  copy,
  act,
}: {
  readonly copy: (text: string) => void;
  readonly act: (work: () => Promise<void>) => void;
}): JSX.Element {
  const words = useWords();
  const { history } = useActions();
  const { playground } = usePage();
  const nameOf = (lane: string): string => clientName(lane, words);
  const selected = useView((state) => state.selected);
  const related = useView((state) => state.related);
  const only = concerns(selected, related);
  const known = async (): Promise<{ readonly found: History; readonly now: number }> => {
    const now = playground.store.getState().frame?.now ?? 0;
    const found = await history({ from: Math.max(0, now - STRETCH), to: now, heartbeats: false });
    if (found.members.length === 0) throw new Error(words.share.noHistory);
    return { found, now };
  };
  const svg = async (): Promise<string> => {
    const { found, now } = await known();
    const { diagramSvg } = await import('#ui/share/diagram-picture.tsx');
    return diagramSvg({ history: found, now, busy: BUSY, words, nameOf });
  };
  const exports: readonly (readonly [string, () => Promise<void>])[] = [
    [words.share.svg, async () => saveFile('space-time.svg', await svg(), 'image/svg+xml')],
    [
      words.share.png,
      async () => {
        const { svgToPng } = await import('#ui/share/diagram-picture.tsx');
        saveFile('space-time.png', await svgToPng(await svg()));
      },
    ],
    [
      only === undefined ? words.share.mermaid : words.share.mermaidOfSelection,
      async () => {
        const { found, now } = await known();
        copy(mermaidText(found, { from: Math.max(0, now - STRETCH), to: now, only, words, nameOf }));
      },
    ],
    [words.share.shiviz, async () => saveFile('shiviz.log', shivizText((await known()).found, words))],
  ];
  return (
    <section>
      <h3>{words.share.tools}</h3>
      <p>{words.share.stretch}</p>
      <div className="share-row">
        {exports.map(([name, work]) => (
          <button key={name} type="button" className="button" onClick={() => act(work)}>
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}

function EmbedPart({ address, copy }: { readonly address: string; readonly copy: (text: string) => void }): JSX.Element {
  const words = useWords();
  const html = `<iframe src="${address.replace('#', '?embed#')}" title="etcd playground" width="800" height="520"></iframe>`;
  return (
    <section>
      <h3>{words.share.embed}</h3>
      <p>{words.share.embedExplained}</p>
      <div className="share-row">
        <input
          className="share-address mono"
          readOnly
          value={html}
          aria-label={words.share.embed}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button" onClick={() => copy(html)}>
          {words.share.copyEmbed}
        </button>
      </div>
    </section>
  );
}

export function ShareDialog(): JSX.Element {
  const words = useWords();
  const { copy: copyText, sharedRun, show } = useActions();
  const generation = useView((state) => state.frame?.run.generation);
  const [shared, setShared] = useState<SharedRun>();
  const [said, setSaid] = useState<Said>({ type: 'none' });
  const [playing, setPlaying] = useState(false);
  const act = (work: () => Promise<void>): void => {
    setSaid({ type: 'working' });
    work().then(
      () => setSaid((now) => (now.type === 'working' ? { type: 'none' } : now)),
      (error: unknown) => setSaid({ type: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    );
  };
  const copy = (text: string): void => {
    void copyText(text).then((done) => setSaid(done ? { type: 'copied' } : { type: 'failed', reason: text }));
  };
  useEffect(() => {
    let wanted = true;
    sharedRun(playing).then(
      (found) => {
        if (wanted) setShared(found);
      },
      (error: unknown) => {
        if (wanted) setSaid({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      wanted = false;
    };
  }, [sharedRun, generation, playing]);
  return (
    <Dialog title={words.share.title}>
      <div className="share">
        {shared?.address !== undefined && <LinkPart address={shared.address} playing={playing} onPlaying={setPlaying} copy={copy} />}
        {shared !== undefined && shared.address === undefined && <p className="share-note">{words.share.linkTooLong(shared.length)}</p>}
        {shared !== undefined && <FilesPart shared={shared} act={act} />}
        <p>
          <button type="button" className="button" onClick={() => show('scenarios')}>
            {words.scenarios.more}
          </button>
        </p>
        <ToolsPart copy={copy} act={act} />
        {shared?.address !== undefined && <EmbedPart address={shared.address} copy={copy} />}
        <p className={said.type === 'failed' ? 'share-said share-failed' : 'share-said'} role="status">
          {said.type === 'copied' && words.share.copied}
          {said.type === 'working' && words.share.working}
          {said.type === 'failed' && words.share.failed(said.reason)}
        </p>
      </div>
    </Dialog>
  );
}
