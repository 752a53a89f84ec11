/** Requests about members and to the maintenance service. */

import type { Draw } from '#cli/differential/draw.ts';
import { gateway, putRequest } from '#cli/differential/generate-kv.ts';
import { ownLease } from '#cli/differential/generate-services.ts';
import { post, type Operation, type RequestOperation } from '#cli/differential/operation.ts';

/** What kills real 3.4.23 is left out: raising an alarm without its kind, an unknown action. */
export function maintenanceOperation(d: Draw): RequestOperation {
  const self = '10276657743932975437';
  return d.weighted<RequestOperation>([
    [3, () => post('/v3/maintenance/status', {})],
    [
      2,
      () =>
        post(
          '/v3/maintenance/alarm',
          d.fields(
            [0.6, 'action', () => d.of<unknown>('GET', 'DEACTIVATE', 2)],
            [0.9, 'alarm', () => d.of<unknown>('NOSPACE', 1)],
            [0.5, 'memberID', () => d.of<unknown>(self, 0, '5')],
          ),
        ),
    ],
    [
      0.3,
      () => post('/v3/maintenance/alarm', { action: d.of('ACTIVATE', 'DEACTIVATE'), alarm: d.of<unknown>('CORRUPT', 9), memberID: self }),
    ],
    [1, () => post('/v3/maintenance/alarm', { action: 'ACTIVATE', alarm: 'NOSPACE', memberID: d.of<unknown>(self, 0, '5') })],
    [1, () => post('/v3/maintenance/alarm', { action: 'DEACTIVATE', alarm: 'NOSPACE', memberID: self })],
    [1, () => post('/v3/maintenance/defragment', {})],
    [0.3, () => post('/v3/maintenance/hashkv', d.fields([0.5, 'revision', () => d.of<unknown>(0, 1, 2, 5, 100, -1)]))],
    [0.5, () => post('/v3/maintenance/snapshot', {}, { headOnly: true })],
    [1, () => post('/v3/maintenance/transfer-leadership', { targetID: d.of<unknown>(self, 5, 0, '{{member}}') })],
    [0.3, () => post('/v3/maintenance/downgrade', { action: 'VALIDATE', version: '3.3.0' })],
  ]);
}

/** Nobody listens from here on: give `--port` none of these. Each member added gets one of its own: ids hash the URLs and the second. */
const UNUSED_PORTS = 25_500;

/**
 * Members: learners only, since a second voter that nobody starts would cost the quorum. Updates have good URLs only: others kill real 3.4.23.
 */
export function clusterOperation(d: Draw, serial: number): Operation {
  const url = (): string =>
    d.weighted([
      [6, () => `http://127.0.0.1:${UNUSED_PORTS + serial}`],
      [1, () => 'http://localhost:2380'],
      [1, () => d.of('', 'ftp://x:1', 'http://nohost', '127.0.0.1:1', 'http://127.0.0.1:1/path', 'http://a b:1')],
    ]);
  const urls = (): unknown =>
    d.weighted<unknown>([
      [8, () => [url()]],
      [1, () => [url(), url()]],
      [0.5, () => []],
    ]);
  const id = (): unknown =>
    d.weighted<unknown>([
      [5, () => '{{member}}'],
      [1, () => '5'],
      [0.5, () => 0],
    ]);
  return d.weighted<Operation>([
    [
      3,
      () =>
        post(
          '/v3/cluster/member/add',
          { peerURLs: urls(), isLearner: true },
          { capture: { name: 'member', pattern: String.raw`"member":\{"ID":"(\d+)"` } },
        ),
    ],
    [3, () => post(gateway(d, '/cluster/member/list'), d.fields([0.3, 'linearizable', () => true]))],
    [1.5, () => post('/v3/cluster/member/remove', { ID: id() })],
    [1.5, () => post('/v3/cluster/member/update', { ID: id(), peerURLs: [`http://127.0.0.1:${UNUSED_PORTS + serial}`] })],
    [1.5, () => post('/v3/cluster/member/promote', { ID: id() })],
    [3, () => maintenanceOperation(d)],
    [2, () => post('/v3/kv/put', putRequest(d))],
    [1, () => post('/v3/lease/grant', { ID: ownLease(d), TTL: 100_000 })],
    [0.5, () => ({ type: 'request', method: 'GET', path: '/health', headers: [], body: undefined })],
  ]);
}
