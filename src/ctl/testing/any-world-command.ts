/** World commands of every type, drawn at random. */

import fc from 'fast-check';

import type { WorldCommand } from '#ctl/world-command.ts';

const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/),
  fc.constantFrom('etcd-1', 'etcd-2', 'leader', 'followers', 'all', 'you'),
);
const nodes = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).map((list): readonly string[] => list);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string(),
  fc.constantFrom('', '--end', '#', 'a\nb', "it's", '\ud800', '$x `y` "z" \\'),
);
const process = fc.oneof(name, fc.constantFrom('main/1', 'a b', "q'"));
const micros = fc.nat(60_000_000);
const heartbeatMicros = fc.integer({ min: 1, max: 60_000 }).map((millis) => millis * 1000);
const electionMicros = fc.integer({ min: 5, max: 50_000 }).map((millis) => millis * 1000);
const latency = fc.tuple(micros, micros, fc.boolean()).map(([a, b, spiky]) => ({
  minMicros: Math.min(a, b),
  maxMicros: Math.max(a, b),
  ...(spiky ? { spiky: true as const } : {}),
}));
const share = fc.nat(1_000_000).map((n) => n / 10_000 / 100);
const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) =>
  fc.record(fields, { requiredKeys: [], noNullPrototype: true });
const path = fc.string({ unit: 'binary', maxLength: 10 }).map((rest) => `/${rest}`);
const url = fc.constantFrom('http://127.0.0.1:2380', 'http://localhost:1', 'http://10.0.0.1:2379');
const urls = fc.array(url, { minLength: 1, maxLength: 3 });

const settings = optional({
  autoCompaction: fc.oneof(
    fc.constant({ mode: 'off' } as const),
    fc.record(
      { mode: fc.constant('periodic' as const), retentionMicros: fc.integer({ min: 1000, max: 10 ** 10 }) },
      { noNullPrototype: true },
    ),
    fc.record(
      { mode: fc.constant('revision' as const), retentionRevisions: fc.integer({ min: 1, max: 10 ** 9 }) },
      { noNullPrototype: true },
    ),
  ),
  leaseCheckpoint: fc.boolean(),
  corruptCheckMicros: micros,
  compactionBatchLimit: fc.integer({ min: 1, max: 1_000_000_000 }),
  authTokenTtlSeconds: fc.integer({ min: 1, max: 1_000_000_000 }),
  enableV2: fc.boolean(),
  backendBatchMicros: fc.integer({ min: 1000, max: 60_000_000 }),
});

const launch = fc
  .tuple(
    name,
    optional({
      dataDir: fc.constantFrom('/home/you/a b.etcd', 'x.etcd'),
      peerUrls: urls,
      listenPeerUrls: urls,
      initialCluster: fc.uniqueArray(fc.record({ name, peerUrls: urls }, { noNullPrototype: true }), {
        minLength: 1,
        maxLength: 3,
        selector: (member) => member.name,
      }),
      initialClusterToken: fc.constantFrom('t', 'a token'),
      initialClusterState: fc.constantFrom('new' as const, 'existing' as const),
      forceNewCluster: fc.boolean(),
      clientUrls: urls,
      heartbeatMicros,
      electionMicros,
      preVote: fc.boolean(),
      quotaBackendBytes: fc.integer(),
      learnersMax: fc.integer({ min: 1, max: 16 }),
    }),
    fc.option(settings, { nil: undefined }),
  )
  .map(([own, flags, more]): WorldCommand => {
    const all = { name: own, ...flags, ...(more === undefined || Object.keys(more).length === 0 ? {} : { settings: more }) };
    return { type: 'launch', flags: all };
  });

const onNodes = (type: 'crash' | 'restart' | 'freeze' | 'thaw' | 'wipe' | 'isolate' | 'timeout') =>
  nodes.map((list): WorldCommand => ({ type, nodes: list }));

/** Any world command within the limits of the schema; members and clients of some have the names and roles of those of a run. */
export const anyWorldCommand: fc.Arbitrary<WorldCommand> = fc.oneof(
  fc.tuple(nodes, fc.boolean()).map(([list, powerLoss]): WorldCommand => ({ type: 'kill', nodes: list, powerLoss })),
  fc.tuple(nodes, fc.boolean()).map(([list, powerLoss]): WorldCommand => ({ type: 'kill', nodes: list, powerLoss, at: 'walBeforeSync' })),
  fc
    .constantFrom(
      'crash' as const,
      'restart' as const,
      'freeze' as const,
      'thaw' as const,
      'wipe' as const,
      'isolate' as const,
      'timeout' as const,
    )
    .chain(onNodes),
  fc.tuple(nodes, fc.stringMatching(/^[^\0]{1,40}$/u)).map(([list, reason]): WorldCommand => ({ type: 'crash', nodes: list, reason })),
  launch,
  fc
    .tuple(name, fc.boolean(), heartbeatMicros, fc.integer({ min: 1, max: 100 }))
    .map(([node, forceNewCluster, heartbeatMicros, maxTxnOps]): WorldCommand => ({
      type: 'start-member',
      node,
      changes: { forceNewCluster, heartbeatMicros, maxTxnOps },
    })),
  fc
    .uniqueArray(name, { minLength: 1, maxLength: 5 })
    .map((list): WorldCommand => ({ type: 'partition', sides: list.length > 2 ? [list.slice(0, 2), list.slice(2)] : [list] })),
  fc.constant<WorldCommand>({ type: 'heal' }),
  fc.constant<WorldCommand>({ type: 'heal', all: true }),
  fc
    .tuple(nodes, fc.constantFrom('align' as const, 'spread' as const))
    .map(([list, mode]): WorldCommand => ({ type: 'timers', nodes: list, mode })),
  fc.constantFrom('none' as const, 'blind' as const).map((retry): WorldCommand => ({ type: 'client', client: 'shop', retry })),
  fc
    .tuple(nodes, fc.integer({ min: -1e12, max: 1e12 }))
    .map(([list, jumpMicros]): WorldCommand => ({ type: 'clock', nodes: list, jumpMicros })),
  fc
    .tuple(
      fc.uniqueArray(name, { minLength: 2, maxLength: 2 }),
      fc.boolean(),
      optional({ cut: fc.boolean(), latency, loss: share, duplicate: share, reorder: share, bandwidth: fc.nat(1_000_000) }).filter(
        (s) => Object.keys(s).length > 0,
      ),
    )
    .map(([[from = '', to = ''], both, link]): WorldCommand => ({ type: 'link', from, to, both, settings: link as object })), // only fields with a value
  fc
    .tuple(
      nodes,
      optional({
        walLatency: latency,
        backendLatency: latency,
        full: fc.boolean(),
        failFsync: fc.boolean(),
        tear: fc.oneof(fc.nat(1_000_000), fc.constant(false as const)),
        corrupt: fc.oneof(fc.nat(1_000_000), fc.constant('random' as const)),
        corruptFile: fc.constantFrom('wal', 'snap', 'wal/0000000000000000-0000000000000000.wal'),
      })
        .map(({ corruptFile, ...rest }) => (rest.corrupt === undefined || corruptFile === undefined ? rest : { ...rest, corruptFile }))
        .filter((s) => Object.keys(s).length > 0),
    )
    .map(([list, disk]): WorldCommand => ({ type: 'disk', nodes: list, settings: disk as object })), // only fields with a value
  fc
    .tuple(nodes, fc.integer({ min: 1, max: 9999 }))
    .map(([list, rate]): WorldCommand => ({ type: 'clock', nodes: list, rate: rate / 100 })),
  fc
    .record(
      {
        process,
        client: name,
        argv: fc.array(text, { maxLength: 4 }).map((words): readonly string[] => ['etcdctl', ...words]),
        env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), text, { maxKeys: 3, noNullPrototype: true }),
        stdin: fc.option(text, { nil: undefined }),
        columns: fc.nat(200),
      },
      { noNullPrototype: true },
    )
    .map((start): WorldCommand => ({ type: 'start', ...start })),
  fc.tuple(process, text, fc.boolean()).map(([to, data, end]): WorldCommand => ({ type: 'stdin', process: to, data, end })),
  fc
    .tuple(process, fc.constantFrom('INT' as const, 'TERM' as const, 'KILL' as const))
    .map(([to, signal]): WorldCommand => ({ type: 'signal', process: to, signal })),
  fc
    .tuple(
      fc.constantFrom('write' as const, 'append' as const, 'remove' as const, 'mkdir' as const, 'rename' as const),
      path,
      text,
      fc.boolean(),
    )
    .map(([action, at, content, base64]): WorldCommand => ({ type: 'file', path: at, text: content, base64, action })),
  fc
    .tuple(fc.integer({ min: 1, max: 10 ** 9 }), fc.constantFrom('drop' as const, 'duplicate' as const, 'deliver' as const))
    .map(([event, action]): WorldCommand => ({ type: 'message', event, action, delayMicros: 0 })),
  fc
    .tuple(fc.integer({ min: 1, max: 10 ** 9 }), micros)
    .map(([event, delayMicros]): WorldCommand => ({ type: 'message', event, action: 'delay', delayMicros })),
);
