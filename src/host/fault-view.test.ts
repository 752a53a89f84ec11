import { describe, expect, it } from 'vitest';

import { FeedBuilder } from '#host/feed-builder.ts';
import { castOf } from '#host/frame-builder.ts';
import { memberFaults } from '#host/fault-view.ts';
import { playLines } from '#sim/testing/play-lines.ts';
import { englishFact } from '#words/english-facts.ts';

const RUN = playLines(
  'play new --nodes 3 --seed 8',
  'play until "leader = etcd-1"',
  'play disk 2 --latency spiky:2ms..80ms --full --tear 4 --corrupt',
  'play clock 3 --rate 1.5 --jump 1s',
  'play kill 1 --at defragBeforeCopy --power-loss',
);

describe('what the page knows of faults', () => {
  it('is in the frame, member by member, and nothing where nothing is', () => {
    const { seats, options } = RUN.world.core;
    const views = seats.map((seat) => memberFaults(seat, options));
    expect(views[0]).toMatchObject({ armed: { point: 'defragBeforeCopy', powerLoss: true }, full: false, clock: undefined });
    expect(views[1]).toMatchObject({
      walLatency: { minMicros: 2000, maxMicros: 80_000, spiky: true },
      full: true,
      failFsync: false,
      tear: 4,
      corrupt: true,
    });
    expect(views[2]).toMatchObject({ clock: { rate: 1.5, offsetMicros: 1_000_000 }, walLatency: undefined });
    const sound = playLines('play new --nodes 1', 'play run 1s').world.core;
    expect(sound.seats.map((seat) => memberFaults(seat, sound.options))).toEqual([undefined]);
  });

  it('is told as sentences', () => {
    const feed = new FeedBuilder(castOf(() => RUN.world));
    for (const block of RUN.blocks) feed.add(block);
    const told = feed
      .take()
      .flatMap((item) => (['disk-changed', 'clock-changed', 'crash-armed'].includes(item.fact.type) ? [englishFact(item)] : []));
    expect(told.map(({ actor, text }) => `${actor} ${text}`)).toEqual([
      'the disk of etcd-2 needs 2 ms–80 ms, seldom long to flush its log; is full; will keep 4 bytes of an unflushed write when the power goes; has a flipped bit, which its checksum will tell at the next start',
      'the clock of etcd-3 runs at 1.5 times the rate; jumps ahead by 1 s',
      'etcd-1 will be killed at defragBeforeCopy, and lose power',
    ]);
  });
});
