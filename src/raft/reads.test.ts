/** Linearizable reads in every role (dissertation §6.4). */

import { describe, expect, it } from 'vitest';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import { ReadQueue } from '#raft/read-only.ts';
import { logIndex, NO_NODE } from '#kernel/brand.ts';
import { Lone, msgAppResp } from '#raft/testing/build.ts';
import { id, Network } from '#raft/testing/network.ts';

const answers = (net: Network, n: number): string[] => net.peer(n).reads.map(({ index, context }) => `${fromUtf8(context)}@${index}`);

describe('ReadIndex', () => {
  it.each([1, 2, 3])('asked of node %i is answered there, with the leader’s commit index', (asker) => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.propose(1, 'x');
    net.node(asker).readIndex(utf8('r'));
    net.settle();
    expect(answers(net, asker)).toEqual([`r@${net.node(1).basicStatus().commit}`]);
  });

  it('asked of a learner too', () => {
    const net = new Network([1, 2, 3], { voters: [1, 2], learners: [3] });
    net.elect(1);
    net.node(3).readIndex(utf8('r'));
    net.settle();
    expect(answers(net, 3)).toHaveLength(1);
  });

  it('is not answered by a leader that hears from no quorum', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.isolate(1);
    net.node(1).readIndex(utf8('r'));
    net.settle();
    expect(answers(net, 1)).toEqual([]);
  });

  it('is, under leases, and by the only voter at once', () => {
    const lease = new Network([1, 2, 3], { readOnly: 'lease-based', checkQuorum: true });
    lease.elect(1);
    lease.isolate(1);
    lease.node(1).readIndex(utf8('r'));
    lease.settle();
    expect(answers(lease, 1)).toHaveLength(1);
    const single = new Network([1]);
    single.elect(1);
    single.node(1).readIndex(utf8('r'));
    single.settle();
    expect(answers(single, 1)).toHaveLength(1);
  });

  it('waits on a fresh leader until it has committed in its term, and then has that index', () => {
    const net = new Network([1, 2, 3]);
    net.filter = ({ type }) => type !== 'MsgApp';
    net.elect(1);
    net.node(1).readIndex(utf8('early'));
    net.node(2).readIndex(utf8('lost'));
    net.settle();
    expect(net.peer(1).events.filter(({ type }) => type === 'read-postponed').length).toBeGreaterThanOrEqual(1);
    expect(answers(net, 1)).toEqual([]);
    net.heal();
    net.tick(1, 1);
    expect(answers(net, 1)).toEqual([`early@${net.node(1).basicStatus().commit}`]);
  });

  it('without a known leader is dropped', () => {
    const lone = new Lone();
    lone.node.readIndex(utf8('r'));
    expect(lone.eventsOf('read-dropped-without-leader')).toHaveLength(1);
    expect(lone.flush()).toEqual([]);
    lone.node.campaign();
    lone.flush();
    lone.node.readIndex(utf8('r'));
    expect(lone.flush()).toEqual([]);
  });

  it('whose heartbeats are lost is confirmed by the next ones, which carry the newest context', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.isolate(1);
    for (const name of ['a', 'b']) net.node(1).readIndex(utf8(name));
    net.settle();
    net.heal();
    expect(answers(net, 1)).toEqual([]);
    const contexts: string[] = [];
    net.filter = (message) => {
      if (message.type === 'MsgHeartbeat') contexts.push(fromUtf8(message.context));
      return true;
    };
    net.tick(1, 1);
    expect(contexts).toEqual(['b', 'b']);
    expect(answers(net, 1).map((answer) => answer[0])).toEqual(['a', 'b']);
    net.tick(1, 1);
    expect(contexts.slice(2)).toEqual(['', '']);
  });

  it('confirmed by a later one’s heartbeats is confirmed with it, in order', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    for (const name of ['a', 'b', 'c']) net.node(1).readIndex(utf8(name));
    net.filter = (message) => message.type !== 'MsgHeartbeat' || fromUtf8(message.context) === 'c';
    net.settle();
    expect(answers(net, 1).map((answer) => answer[0])).toEqual(['a', 'b', 'c']);
  });

  it.each([
    // The outgoing half is {1 2 3}, the incoming {1 3 4}: the first answer completes one of them, the second the other.
    [2, 4],
    [4, 2],
  ])('needs both halves of a joint configuration: %i first', (first, second) => {
    const lone = new Lone({ voters: [1, 2, 3], log: [1], commit: 1, applied: 1 }).lead();
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.applyConfChange({
      version: 2,
      transition: 'joint-explicit',
      changes: [
        { type: 'remove-node', nodeId: id(2) },
        { type: 'add-node', nodeId: id(4) },
      ],
      context: utf8(''),
    });
    lone.node.readIndex(utf8('r'));
    lone.flush();
    const answer = (from: number) =>
      ({ type: 'MsgHeartbeatResp', from: id(from), to: id(1), term: lone.status.term, context: utf8('r') }) as const;
    const reads = (): number => lone.eventsOf('read-confirmed').length;
    lone.step(answer(first));
    expect(reads()).toBe(0);
    lone.step(answer(second));
    expect(reads()).toBe(1);
    expect(lone.eventsOf('read-confirmed')[0]).toMatchObject({ index: 2, acks: [id(1), id(2), id(4)] });
  });

  it.each([
    ['the only voter', { voters: [1] }, [id(1)]],
    ['a leader under leases', { config: { readOnly: 'lease-based', checkQuorum: true } }, []],
  ] as const)('tells who confirmed it: %s', (_who, start, acks) => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1, ...start }).lead();
    if (lone.status.commit < 2) lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.readIndex(utf8('r'));
    expect(lone.eventsOf('read-confirmed')).toEqual([{ type: 'read-confirmed', index: 2, acks }]);
    expect(lone.node.peekReady().readStates).toEqual([{ index: 2, context: utf8('r') }]);
  });

  it('that comes back to who asked is answered here, without a message', () => {
    const lone = new Lone({ voters: [1], log: [1], commit: 1, applied: 1 }).lead();
    lone.flush();
    lone.node.stepLocal({ type: 'MsgReadIndex', from: id(1), to: id(1), term: lone.status.term, context: utf8('r') });
    expect(lone.node.peekReady().readStates).toEqual([{ index: 2, context: utf8('r') }]);
    expect(lone.flush()).toEqual([]);
  });

  it('that waited is started once', () => {
    const lone = new Lone({ log: [1], commit: 1, applied: 1, config: { readOnly: 'lease-based', checkQuorum: true } }).lead();
    lone.node.readIndex(utf8('r'));
    expect(lone.eventsOf('read-confirmed')).toEqual([]);
    lone.step(msgAppResp({ from: 2, term: 2 }, 2));
    lone.node.propose(utf8('x'));
    lone.flush();
    lone.step(msgAppResp({ from: 2, term: 2 }, 3));
    expect(lone.status.commit).toBe(3);
    expect(lone.eventsOf('read-confirmed')).toEqual([{ type: 'read-confirmed', index: 2, acks: [] }]);
  });

  it('answered without a quorum, by a rule broken on purpose, can be out of date', () => {
    const net = new Network([1, 2, 3], { broken: { readWithoutQuorum: true } });
    net.elect(1);
    net.isolate(1);
    net.elect(2);
    net.propose(2, 'new');
    net.node(1).readIndex(utf8('r'));
    net.settle();
    expect(net.peer(1).reads[0]?.index).toBeLessThan(net.node(2).basicStatus().commit);
  });

  it('is lost with the leadership', () => {
    const net = new Network([1, 2, 3]);
    net.elect(1);
    net.isolate(1);
    net.node(1).readIndex(utf8('r'));
    net.settle();
    net.elect(2);
    net.heal();
    net.tick(2, 2);
    expect(net.node(1).basicStatus().role).toBe('follower');
    expect(answers(net, 1)).toEqual([]);
  });
});

describe('the queue of reads', () => {
  it('takes a context once, and confirms up to it', () => {
    const queue = new ReadQueue();
    const request = (name: string) => ({ from: NO_NODE, context: utf8(name) });
    queue.add(request('a'), logIndex(1));
    queue.add(request('a'), logIndex(9));
    queue.add(request('b'), logIndex(2));
    expect(queue.lastContext()).toEqual(utf8('b'));
    expect(queue.acknowledge(id(1), utf8('z'))).toBeUndefined();
    expect(queue.acknowledge(id(1), utf8('b'))?.size).toBe(1);
    expect(queue.confirm(utf8('z'))).toEqual([]);
    expect(queue.confirm(utf8('b')).map(({ index }) => index)).toEqual([1, 2]);
    expect(queue.lastContext()).toBeUndefined();
    expect(queue.confirm(utf8('a'))).toEqual([]);
  });

  it('leaves what came after the confirmed context, with its answers', () => {
    const queue = new ReadQueue();
    for (const [i, name] of ['a', 'b', 'c'].entries()) queue.add({ from: id(2), context: utf8(name) }, logIndex(i + 1));
    queue.acknowledge(id(1), utf8('c'));
    queue.acknowledge(id(3), utf8('c'));
    expect(queue.confirm(utf8('a')).map(({ index }) => index)).toEqual([1]);
    expect(queue.items()).toEqual([
      { request: { from: id(2), context: utf8('b') }, index: 2, acks: [] },
      { request: { from: id(2), context: utf8('c') }, index: 3, acks: [id(1), id(3)] },
    ]);
  });
});
