/** `/v2/stats/store`, `/v2/stats/self` and `/v2/stats/leader` (etcdserver/api/v2http, v2stats). */

import { goJsonString } from '#api/json/encode.ts';
import { NO_NODE } from '#kernel/brand.ts';
import { rfc3339 } from '#v2/event.ts';
import { framingOf, isRefused, type Ask } from '#etcd/http-ask.ts';
import { sendWhole } from '#etcd/http-head.ts';
import { formatId } from '#etcd/identity.ts';
import { coreOf, isLeader, type Parts } from '#etcd/parts.ts';
import { nanosOfMicros, wallMicrosOf, type Moment } from '#etcd/time-of-day.ts';
import { JSON_TYPE, sendMessage } from '#etcd/v2-answers.ts';

const stamp = (m: Parts, moment: Moment): string => rfc3339(nanosOfMicros(wallMicrosOf(m.config, moment)));

/** A duration as Go prints it, of whole µs. */
function goDuration(micros: number): string {
  const trim = (value: number, digits: number): string => (digits === 0 ? `${value}` : `${Number(value.toFixed(digits))}`);
  if (micros === 0) return '0s';
  if (micros < 1000) return `${micros}µs`;
  if (micros < 1_000_000) return `${trim(micros / 1000, 3)}ms`;
  const seconds = (micros % 60_000_000) / 1_000_000;
  const minutes = Math.floor(micros / 60_000_000);
  const tail = `${trim(seconds, 6)}s`;
  if (minutes === 0) return tail;
  return minutes < 60 ? `${minutes}m${tail}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${tail}`;
}

/** A double as Go's encoding/json writes it. */
function goFloat(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-6 || size >= 1e21))
    return value
      .toExponential()
      .replace(/e([+-])(\d)$/, 'e$10$2')
      .replace('e-0', 'e-');
  return size >= 1e17 ? BigInt(value).toString() : `${value}`;
}

function selfJson(m: Parts): string {
  const { v2Stats: stats, out, config } = m;
  const core = coreOf(m);
  const rates = (name: string, { packages, bandwidth }: ReturnType<typeof stats.sent.rates>): string =>
    `${packages === 0 ? '' : `,"${name}PkgRate":${goFloat(packages)}`}${bandwidth === 0 ? '' : `,"${name}BandwidthRate":${goFloat(bandwidth)}`}`;
  const leads = isLeader(m);
  const leader = core.lead === NO_NODE ? '' : formatId(core.lead);
  const since = core.lead === NO_NODE ? '0001-01-01T00:00:00Z' : stamp(m, stats.leaderSince);
  const info = `{"leader":"${leader}","uptime":"${goDuration(out.now - stats.leaderSince.at)}","startTime":"${since}"}`;
  return (
    `{"name":${goJsonString(config.name)},"id":"${formatId(m.self)}","state":"${leads ? 'StateLeader' : 'StateFollower'}"` +
    `,"startTime":"${stamp(m, stats.startedAt)}","leaderInfo":${info}` +
    `,"recvAppendRequestCnt":${stats.received.count}${leads ? '' : rates('recv', stats.received.rates(out.now))}` +
    `,"sendAppendRequestCnt":${stats.sent.count}${leads ? rates('send', stats.sent.rates(out.now)) : ''}}`
  );
}

function leaderJson(m: Parts): string {
  const followers = m.machine.cluster
    .list()
    .filter(({ id }) => id !== m.self)
    .map(({ id }) => [formatId(id), m.v2Stats.of(id)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, f]) => {
      const deviation = Math.sqrt(Math.max(0, f.averageSquare - f.average * f.average));
      const [current, average, spread, least, most] = [f.current, f.average, deviation, f.minimum, f.maximum].map(goFloat);
      const latency = `{"current":${current},"average":${average},"standardDeviation":${spread},"minimum":${least},"maximum":${most}}`;
      return `"${id}":{"latency":${latency},"counts":{"fail":${f.fail},"success":${f.success}}}`;
    });
  return `{"leader":"${formatId(m.self)}","followers":{${followers.join(',')}}}`;
}

/** @param name after `/v2/stats/` */
export function serveStats(m: Parts, ask: Ask, name: 'store' | 'self' | 'leader'): void {
  if (isRefused(m, ask, 'GET')) return;
  if (name === 'leader' && !isLeader(m)) {
    sendMessage(m, ask.item.id, 403, 'not current leader', ask.event, []);
    return;
  }
  const body = name === 'store' ? m.machine.v2.statsJson() : name === 'self' ? selfJson(m) : leaderJson(m);
  sendWhole(m, ask.item.id, framingOf(ask, 200, [JSON_TYPE]), body, ask.event);
}
