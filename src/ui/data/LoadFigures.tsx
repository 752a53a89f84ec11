/** What the clients of a load feel: charts of the last minute, and totals. */

import type { JSX } from 'react';
import type { TrafficAnswer, TrafficBucket } from '#view/data.ts';
import { lineChart, stackChart } from '#viz/series-chart.ts';
import { LinesDrawing, StackDrawing } from '#viz/SeriesDrawing.tsx';
import { useDataWords } from '#ui/data/use-data.ts';
import { useSize } from '#ui/use-size.ts';

/** Stretches of time that the charts show: few at first, so that they fill, and at most a minute. */
const SLOTS = [20, 40, 80, 120] as const;
const CHART_PX = 70;

const msText = (micros: number): string => (micros >= 100_000 ? String(Math.round(micros / 1000)) : (micros / 1000).toFixed(1));

/** Throughput, latency and what is in flight, as they go by. */
export function LoadCharts({ traffic }: { readonly traffic: TrafficAnswer }): JSX.Element {
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

/** The whole load by kind of request. */
export function LoadTotals({ traffic }: { readonly traffic: TrafficAnswer }): JSX.Element {
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
