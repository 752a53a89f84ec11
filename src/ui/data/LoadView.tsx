/** The load generator: its settings, and what its clients feel. */

import { useState, type JSX, type SubmitEvent } from 'react';
import type { TrafficAnswer, TrafficBucket } from '#view/data.ts';
import { lineChart, stackChart } from '#viz/series-chart.ts';
import { LinesDrawing, StackDrawing } from '#viz/SeriesDrawing.tsx';
import { Fold } from '#ui/data/Fold.tsx';
import { RunLine } from '#ui/data/RunLine.tsx';
import { ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataWords, useLines } from '#ui/data/use-data.ts';
import { useView } from '#ui/playground-context.ts';
import { useSize } from '#ui/use-size.ts';

/** Stretches of time that the charts show: few at first, so that they fill, and at most a minute. */
const SLOTS = [20, 40, 80, 120] as const;
const CHART_PX = 70;
const EVERYBODY = 'all';

interface Settings {
  readonly clients: string;
  readonly rate: string;
  readonly mix: string;
  readonly keys: string;
  readonly size: string;
  readonly through: string;
}

const PRESETS: Readonly<Record<'gentle' | 'mixed' | 'heavy', Settings>> = {
  gentle: { clients: '2', rate: '10', mix: 'put:50,get:50', keys: '20', size: '16', through: EVERYBODY },
  mixed: { clients: '4', rate: '100', mix: 'put:40,get:40,txn:10,list:5,del:5', keys: '100', size: '64', through: EVERYBODY },
  heavy: { clients: '16', rate: '1000', mix: 'put', keys: '1000', size: '128', through: EVERYBODY },
};

/** The settings survive a change of the view: they belong to the page, not to the run. */
let kept: Settings = PRESETS.mixed;

const lineOf = ({ clients, rate, mix, keys, size, through }: Settings): string =>
  `play traffic start --clients ${clients} --rate ${rate} --mix ${mix} --keys ${keys} --size ${size}${through === EVERYBODY ? '' : ` --through ${through}`}`;

const msText = (micros: number): string => (micros >= 100_000 ? String(Math.round(micros / 1000)) : (micros / 1000).toFixed(1));

function Charts({ traffic }: { readonly traffic: TrafficAnswer }): JSX.Element {
  const words = useDataWords();
  const [box, { width }] = useSize<HTMLDivElement>();
  const slots = SLOTS.find((fits) => traffic.buckets.length <= fits) ?? 120;
  const room = { slots, width: Math.max(160, width), height: CHART_PX };
  const perSecond = 1_000_000 / traffic.bucketMicros;
  // The newest stretch is not over: its figures would always fall.
  const whole = traffic.state === 'running' ? traffic.buckets.slice(0, -1) : traffic.buckets;
  const last: TrafficBucket | undefined = whole.at(-1);
  const rates = stackChart({ ...room, values: whole.map((b) => [b.ok * perSecond, b.failed * perSecond, b.unknown * perSecond]) });
  const latencies = lineChart({ ...room, values: whole.map((b) => [b.p50, b.p95, b.p99]) });
  const flights = lineChart({ ...room, values: whole.map((b) => [b.inFlight]) });
  const rate = words.load.perSecond(String(Math.round((last?.ok ?? 0) * perSecond)));
  return (
    <div className="charts" ref={box} role="group" aria-label={words.load.charts}>
      <figure>
        <figcaption>
          {words.load.throughput} <strong className="mono">{rate}</strong>
          <span className="chart-key">
            <i className="series-ok" /> {words.load.ok} <i className="series-failed" /> {words.load.failed} <i className="series-unknown" />{' '}
            <span title={words.load.unknownExplained}>{words.load.unknown}</span>
          </span>
        </figcaption>
        <StackDrawing
          chart={rates}
          classes={['ok', 'failed', 'unknown']}
          top={words.load.perSecond(String(rates.max))}
          label={words.load.chartLabel(words.load.throughput, rate, words.load.perSecond(String(rates.max)))}
        />
      </figure>
      <figure>
        <figcaption>
          {words.load.latency}{' '}
          <strong className="mono">
            {msText(last?.p50 ?? 0)} / {msText(last?.p95 ?? 0)} / {words.load.ms(msText(last?.p99 ?? 0))}
          </strong>
          <span className="chart-key">
            <i className="series-p50" /> p50 <i className="series-p95" /> p95 <i className="series-p99" /> p99
          </span>
        </figcaption>
        <LinesDrawing
          chart={latencies}
          classes={['p50', 'p95', 'p99']}
          top={words.load.ms(msText(latencies.max))}
          label={words.load.chartLabel(words.load.latency, words.load.ms(msText(last?.p95 ?? 0)), words.load.ms(msText(latencies.max)))}
        />
      </figure>
      <figure>
        <figcaption>
          {words.load.inFlight} <strong className="mono">{traffic.total.inFlight}</strong>
        </figcaption>
        <LinesDrawing
          chart={flights}
          classes={['flights']}
          top={String(flights.max)}
          label={words.load.chartLabel(words.load.inFlight, String(traffic.total.inFlight), String(flights.max))}
        />
      </figure>
    </div>
  );
}

function Totals({ traffic }: { readonly traffic: TrafficAnswer }): JSX.Element {
  const words = useDataWords();
  const { total } = traffic;
  return (
    <>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.load.kind}</th>
            <th scope="col">{words.load.ok}</th>
            <th scope="col">{words.load.failed}</th>
            <th scope="col">
              <span title={words.load.unknownExplained}>{words.load.unknown}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {[...traffic.kinds, { kind: words.load.total, ...total }].map(({ kind, ok, failed, unknown }) => (
            <tr key={kind}>
              <th scope="row">{kind}</th>
              <td className="mono">{ok}</td>
              <td className="mono">{failed}</td>
              <td className="mono">{unknown}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet mono">
        p50 {words.load.ms(msText(total.p50))} · p95 {words.load.ms(msText(total.p95))} · p99 {words.load.ms(msText(total.p99))}
      </p>
      {traffic.skipped > 0 && <p className="quiet">{words.load.skipped(traffic.skipped)}</p>}
    </>
  );
}

export function LoadView(): JSX.Element {
  const words = useDataWords();
  const { run, last } = useLines('load');
  const members = useView((state) => state.frame?.members) ?? [];
  const [settings, setSettingsState] = useState(kept);
  const set = (changed: Partial<Settings>): void => {
    kept = { ...settings, ...changed };
    setSettingsState(kept);
  };
  const traffic = useData({ type: 'traffic' }, 'time');
  const line = lineOf(settings);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run(line);
  };
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.load.explained}</p>
      <div className="choice">
        <button type="submit" form="load-form" className="button button-strong">
          {traffic?.state === 'running' ? words.load.restart : words.load.start}
        </button>
        <button
          type="button"
          className="button"
          disabled={traffic?.state !== 'running'}
          onClick={() => {
            run('play traffic stop');
          }}
        >
          {words.load.stop}
        </button>
        <span role="status" className="quiet">
          {traffic?.state === 'running' ? words.load.running : traffic?.state === 'stopped' ? words.load.stopped : ''}
        </span>
      </div>
      {last !== undefined && last.output.code !== 0 && <RunLine run={last} />}
      {traffic === undefined || traffic.state === 'none' ? (
        <p className="empty">{words.load.none}</p>
      ) : (
        <>
          <Charts traffic={traffic} />
          <Totals traffic={traffic} />
        </>
      )}
      <Fold title={words.load.settings} open={traffic?.state === 'none'} kept>
        <form className="data-form" id="load-form" onSubmit={submit} aria-label={words.views.load}>
          <div className="choice" role="group" aria-label={words.load.preset}>
            {(['gentle', 'mixed', 'heavy'] as const).map((preset) => (
              <button
                key={preset}
                type="button"
                className="button"
                onClick={() => {
                  set(PRESETS[preset]);
                }}
              >
                {words.load.presets[preset]}
              </button>
            ))}
          </div>
          <div className="fields fields-wrap">
            <TextField
              label={words.load.clients}
              value={settings.clients}
              onChange={(clients) => {
                set({ clients });
              }}
              numeric
              required
              small
            />
            <TextField
              label={words.load.rate}
              value={settings.rate}
              onChange={(rate) => {
                set({ rate });
              }}
              numeric
              required
              small
            />
            <TextField
              label={words.load.keys}
              value={settings.keys}
              onChange={(keys) => {
                set({ keys });
              }}
              numeric
              required
              small
            />
            <TextField
              label={words.load.size}
              value={settings.size}
              onChange={(size) => {
                set({ size });
              }}
              numeric
              required
              small
            />
            <ChoiceField
              label={words.load.through}
              value={settings.through}
              choices={[[EVERYBODY, words.load.everybody] as const, ...members.map(({ name }) => [name, name] as const)]}
              onChange={(through) => {
                set({ through });
              }}
            />
            <TextField
              label={words.load.mix}
              value={settings.mix}
              onChange={(mix) => {
                set({ mix });
              }}
              required
            />
          </div>
          <code className="line-preview">{line}</code>
        </form>
      </Fold>
    </div>
  );
}
