import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parsePlay } from '#ctl/play-command.ts';
import { playWords } from '#ctl/shell/play-words.ts';
import { encodePlain, type Plain } from '#kernel/plain.ts';
import { defaultRunOptions, memberConfigs, optionsFromInput } from '#sim/run-options.ts';
import { decodeRunSpec, encodeRunSpec, newRunSpec, validateRunSpec, type RunSpec } from '#sim/run-spec.ts';

const spec: RunSpec = {
  ...newRunSpec(12345, { ...defaultRunOptions('3.4.23'), nodes: 5 }),
  commands: [
    { at: 0, command: { type: 'kill', nodes: ['leader'], powerLoss: true } },
    {
      at: 5,
      command: {
        type: 'link',
        from: 'etcd-1',
        to: 'etcd-2',
        both: true,
        settings: { latency: { minMicros: 1, maxMicros: 2 }, loss: 0.25 },
      },
    },
    {
      at: 5,
      command: {
        type: 'start',
        process: 'p',
        client: 'c',
        argv: ['etcdctl', 'put', 'a', 'b'],
        env: { ETCDCTL_API: '3' },
        stdin: undefined,
        columns: 80,
      },
    },
  ],
};

describe('a run as data', () => {
  it('reads back what it wrote, and is short', () => {
    expect(decodeRunSpec(encodeRunSpec(spec))).toEqual({ type: 'ok', spec });
    expect(encodeRunSpec(newRunSpec(1, defaultRunOptions())).length).toBeLessThan(40);
  });

  it('keeps each command as its trace event has it, in bytes and in JSON', () => {
    const lines = [
      'play kill etcd-1 --at walBeforeSync --power-loss',
      'play link etcd-1 > etcd-2 --bandwidth 2KB/s --reorder 1% --duplicate 2% --loss 3% --latency 1ms..2ms --cut=false',
      'play disk all --corrupt 5 --tear 3 --fail-fsync --full --backend-latency 1ms --latency 2ms',
      'play clock etcd-1 --jump 5s --rate 1.2',
      'play heal --all',
      'play client you --retry blind',
      'play timers align',
    ];
    const played = lines.map((line) => {
      const words = playWords(line);
      const parsed = words === undefined || 'type' in words ? undefined : parsePlay(words, undefined);
      if (parsed?.type !== 'ok' || parsed.command.type !== 'world') throw new Error(`${line}: ${JSON.stringify(parsed)}`);
      return parsed.command.command;
    });
    const commands = [...spec.commands, ...played.map((command) => ({ at: 9, command }))];
    const bytes = commands.map(({ command }) => encodePlain(command as unknown as Plain)); // a command is plain data
    for (const again of [
      decodeRunSpec(encodeRunSpec({ ...spec, commands })),
      validateRunSpec(JSON.parse(JSON.stringify({ ...spec, commands }))),
    ]) {
      if (again.type === 'error') throw new Error(`${again.where} ${again.message}`);
      for (const [i, { command }] of again.spec.commands.entries())
        expect([command, encodePlain(command as unknown as Plain)]).toEqual([commands[i]?.command, bytes[i]]); // as above
    }
  });

  it('has the defaults that people recognise (DESIGN §7)', () => {
    expect(defaultRunOptions('3.4.23').preVote).toBe(false);
    expect(defaultRunOptions('3.5').preVote).toBe(true);
    const three = memberConfigs(1, defaultRunOptions());
    expect(three.map((c) => [c.name, c.peerUrls[0], c.clientUrls[0], c.initialClusterToken])).toEqual([
      ['etcd-1', 'http://127.0.0.1:2380', 'http://127.0.0.1:2379', 'etcd-cluster-my'],
      ['etcd-2', 'http://127.0.0.1:2480', 'http://127.0.0.1:2479', 'etcd-cluster-my'],
      ['etcd-3', 'http://127.0.0.1:2580', 'http://127.0.0.1:2579', 'etcd-cluster-my'],
    ]);
    const [one] = memberConfigs(1, { ...defaultRunOptions(), nodes: 1 });
    expect(one).toMatchObject({
      name: 'default',
      peerUrls: ['http://localhost:2380'],
      clientUrls: ['http://localhost:2379'],
      initialClusterToken: 'etcd-cluster',
    });
    expect(memberConfigs(1, { ...defaultRunOptions(), nodes: 7 }).at(-1)?.clientUrls).toEqual(['http://127.0.0.1:2979']);
    expect(optionsFromInput({ heartbeatMicros: 400_000 }).options.electionMicros).toBe(2_000_000);
  });

  it.each([
    ['options.nodes', { ...spec, options: { ...spec.options, nodes: 99 } }],
    ['options.peerLatency', { ...spec, options: { ...spec.options, peerLatency: { minMicros: 5, maxMicros: 4 } } }],
    ['options', { ...spec, options: { ...spec.options, electionMicros: 100_000 } }],
    ['seed', { ...spec, seed: -1 }],
    ['commands.0.command.nodes', { ...spec, commands: [{ at: 0, command: { type: 'freeze', nodes: [] } }] }],
    ['commands.0.command.type', { ...spec, commands: [{ at: 0, command: { type: 'explode' } }] }],
    [
      'commands',
      {
        ...spec,
        commands: [
          { at: 2, command: { type: 'heal' } },
          { at: 1, command: { type: 'heal' } },
        ],
      },
    ],
  ])('says what is wrong at %s', (where, bad) => {
    const result = validateRunSpec(bad);
    expect(result).toMatchObject({ type: 'error', where });
  });

  it('answers any bytes with an error, never with an exception', () => {
    const good = encodeRunSpec(spec);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, to]) => good.with(at, to)),
        ),
        (bytes) => {
          expect(['ok', 'error']).toContain(decodeRunSpec(bytes).type);
        },
      ),
    );
    expect(decodeRunSpec(encodePlain([2, '1', 1, {}, []]))).toMatchObject({
      type: 'error',
      message: 'format 2 is not known, this page reads 1',
    });
  });
});
