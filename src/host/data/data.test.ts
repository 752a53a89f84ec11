/** The data views' questions, asked of a cluster that lives in a test's tab. */
import { describe, expect, it } from 'vitest';
import { createConductor } from '#host/conductor.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { fromUtf8, utf8 } from '#kernel/bytes.ts';
import type { TerminalEvent } from '#view/conductor.ts';
import { prefixEnd, type AnswerTo, type DataQuery } from '#view/data.ts';
import type { Frame } from '#view/frame.ts';

const SECOND = 1_000_000;
const ALL = { key: Uint8Array.of(0), rangeEnd: Uint8Array.of(0) };

class Tab {
  readonly tab = new TestTab(new FakeStorage());
  readonly conductor = createConductor(this.tab.environment);
  readonly events: TerminalEvent[] = [];
  frame: Frame | undefined;

  async open(): Promise<this> {
    await this.conductor.boot({ fragment: '', scope: '' }, (update) => {
      this.frame = update.frame;
      this.events.push(...update.terminal);
    });
    await this.conductor.setPace({ type: 'fixed', rate: 1 });
    expect(await this.tab.passUntil(() => this.leader !== '', 20 * SECOND)).toBe(true);
    return this;
  }

  get leader(): string {
    return this.frame?.headline.type === 'leader' ? this.frame.headline.leader : '';
  }

  /** Runs lines, each to its end; gives what was said. */
  async run(...lines: readonly string[]): Promise<string> {
    const from = this.events.length;
    for (const line of lines) {
      const exits = (): number => this.events.filter((e) => e.type === 'exit' && e.terminal === 'main').length;
      const before = exits();
      await this.conductor.execute('main', line);
      expect(await this.tab.passUntil(() => exits() > before, 20 * SECOND)).toBe(true);
    }
    return this.events
      .slice(from)
      .flatMap((e) => (e.type === 'output' ? [e.text] : []))
      .join('');
  }

  async pass(micros: number): Promise<void> {
    await this.tab.passUntil(() => false, micros);
  }

  /** The same of virtual time: wall time also goes by while an earlier instant is rehearsed. */
  async play(micros: number): Promise<void> {
    const now = (): number => this.frame?.now ?? 0;
    const until = now() + micros;
    expect(await this.tab.passUntil(() => now() >= until, 10 * micros)).toBe(true);
  }

  async ask<Q extends DataQuery>(query: Q): Promise<AnswerTo<Q>> {
    const answer = await this.conductor.data(query);
    expect(answer.type).toBe(query.type);
    return answer as AnswerTo<Q>; // checked on the line above
  }
}

const texts = (list: readonly { readonly key: Uint8Array }[]): readonly string[] => list.map(({ key }) => fromUtf8(key));

describe('keys of a member', () => {
  it('are those of its own store at a revision; a compacted one gets etcd’s words', async () => {
    const tab = await new Tab().open();
    await tab.run('etcdctl put /a/x 1', 'etcdctl put /a/y 2', 'etcdctl put /b 3', 'etcdctl del /a/x');
    const query = { type: 'range', member: tab.leader, ...ALL, revision: 0, limit: 100 } as const;
    const now = await tab.ask(query);
    expect(texts(now.keys)).toEqual(['/a/y', '/b']);
    expect(now.revision).toBe(5);
    const before = await tab.ask({ ...query, revision: 3 });
    expect(texts(before.keys)).toEqual(['/a/x', '/a/y']);
    await tab.run('etcdctl compact 4');
    const compacted = await tab.ask({ ...query, revision: 3 });
    expect(compacted.error).toBe('etcdserver: mvcc: required revision has been compacted');
    expect(compacted.compactRevision).toBe(4);
    expect((await tab.ask({ ...query, member: 'nobody' })).error).toBe('no member "nobody"');
  });

  it('have a history with what was there before, deletions included, of a key and of a prefix', async () => {
    const tab = await new Tab().open();
    await tab.run('etcdctl put k 1', 'etcdctl put k 2', 'etcdctl del k', 'etcdctl put k 3', 'etcdctl put kk 4');
    const query = { type: 'changes', member: tab.leader, key: utf8('k'), rangeEnd: new Uint8Array(0), before: 0, limit: 10 } as const;
    const one = await tab.ask(query);
    const row = ({ modRevision, tombstone, version, value, before }: (typeof one.changes)[number]): unknown[] => [
      modRevision,
      tombstone,
      version,
      fromUtf8(value),
      before === undefined ? undefined : fromUtf8(before),
    ];
    expect(one.changes.map(row)).toEqual([
      [5, false, 1, '3', undefined],
      [4, true, 0, '', '2'],
      [3, false, 2, '2', '1'],
      [2, false, 1, '1', undefined],
    ]);
    const wide = await tab.ask({ ...query, rangeEnd: prefixEnd(utf8('k')), limit: 2 });
    expect(texts(wide.changes)).toEqual(['kk', 'k']);
    expect(wide.more).toBe(true);
    expect((await tab.ask({ ...query, before: 4 })).changes.map((change) => change.modRevision)).toEqual([3, 2]);
  });
});

describe('watchers, leases, users', () => {
  it('watchers are known with their member, line, terminal and position', async () => {
    const tab = await new Tab().open();
    await tab.conductor.execute('terminal-2', 'etcdctl watch --prefix /a');
    await tab.pass(SECOND);
    await tab.run('etcdctl put /a/1 x');
    const { watchers } = await tab.ask({ type: 'watchers' });
    expect(watchers).toMatchObject([
      {
        member: 'etcd-1',
        client: 'you',
        terminal: 'terminal-2',
        state: 'synced',
        since: 2,
        nextRevision: 3,
        line: 'etcdctl watch --prefix /a',
      },
    ]);
    await tab.conductor.interrupt('terminal-2');
    await tab.pass(SECOND);
    expect((await tab.ask({ type: 'watchers' })).watchers).toEqual([]);
  });

  it('only the leader counts the time of a lease', async () => {
    const tab = await new Tab().open();
    await tab.run('etcdctl lease grant 60');
    const rows = await Promise.all(['etcd-1', 'etcd-2', 'etcd-3'].map((member) => tab.ask({ type: 'leases', member })));
    for (const row of rows) {
      expect(row.leases).toHaveLength(1);
      expect(row.leases[0]?.ttl).toBe(60);
      expect(row.isPrimary).toBe(row.member === tab.leader);
      expect(row.leases[0]?.expiresAt === undefined).toBe(row.member !== tab.leader);
    }
    const left = (rows.find((row) => row.isPrimary)?.leases[0]?.expiresAt ?? 0) - (rows[0]?.at ?? 0);
    expect(left).toBeGreaterThan(55 * SECOND);
    expect(left).toBeLessThanOrEqual(60 * SECOND);
  });

  it('users and roles come with their permissions', async () => {
    const tab = await new Tab().open();
    await tab.run(
      'etcdctl role add r',
      'etcdctl role grant-permission r --prefix=true readwrite /app/',
      'etcdctl user add u:p',
      'etcdctl user grant-role u r',
    );
    const { enabled, users, roles } = await tab.ask({ type: 'auth', member: tab.leader });
    expect(enabled).toBe(false);
    expect(users).toEqual([{ name: 'u', roles: ['r'] }]);
    expect(roles).toMatchObject([{ name: 'r', permissions: [{ kind: 'readwrite', key: utf8('/app/'), rangeEnd: utf8('/app0') }] }]);
  });
});

describe('the cluster', () => {
  it('shows a learner that was added and not started, then what it knows', async () => {
    const tab = await new Tab().open();
    await tab.pass(6 * SECOND); // etcd refuses while the members have not been connected for some seconds
    expect(await tab.run('etcdctl member add etcd-4 --learner --peer-urls=http://127.0.0.1:2680')).toContain('added to cluster');
    const query = { type: 'cluster', member: tab.leader } as const;
    const before = await tab.ask(query);
    expect(before).toMatchObject({ voters: 3, quorum: 2, leader: tab.leader });
    expect(before.rows).toHaveLength(4);
    expect(before.rows.find(({ isLearner }) => isLearner)).toMatchObject({ name: '', status: undefined, isMember: true });
    await tab.run('play start etcd-4');
    await tab.pass(2 * SECOND);
    const after = await tab.ask(query);
    expect(after.rows).toHaveLength(4);
    const learner = after.rows.find(({ isLearner }) => isLearner);
    expect(learner).toMatchObject({ name: 'etcd-4', status: { role: 'follower' } });
    expect(learner?.match).toBe(after.lastIndex);
  });
});

describe('the load generator', () => {
  it('sends at its rate, measures, survives a checkpoint, and stops with what it measured', async () => {
    const tab = await new Tab().open();
    expect((await tab.ask({ type: 'traffic' })).state).toBe('none');
    await tab.run('play traffic start --clients 2 --rate 100 --mix put:50,get:30,txn:5,del:5,list:5,watch:3,lease:2 --keys 10');
    await tab.play(3 * SECOND);
    const running = await tab.ask({ type: 'traffic' });
    expect(running.state).toBe('running');
    expect(running.line).toBe(
      'play traffic start --clients 2 --rate 100 --mix put:50,get:30,txn:5,del:5,list:5,watch:3,lease:2 --keys 10 --size 64',
    );
    expect(running.total.ok).toBeGreaterThan(200);
    expect(running.total.ok).toBeLessThan(400);
    expect(running.total.failed + running.total.unknown).toBe(0);
    expect(running.total.p50).toBeGreaterThan(0);
    expect(running.total.p50).toBeLessThanOrEqual(running.total.p95);
    expect(running.kinds.map(({ kind }) => kind).sort()).toEqual(['del', 'get', 'lease', 'list', 'put', 'txn', 'watch']);
    const { at } = running;
    await tab.run('play traffic stop');
    await tab.pass(SECOND);
    const stopped = await tab.ask({ type: 'traffic' });
    expect(stopped).toMatchObject({ state: 'stopped', total: { inFlight: 0 } });
    await tab.conductor.seek(at);
    expect((await tab.ask({ type: 'traffic' })).total).toEqual(running.total);
  });

  it('says what may have taken effect when members die', async () => {
    const tab = await new Tab().open();
    await tab.run('play traffic start --clients 3 --rate 300 --mix put');
    await tab.pass(SECOND);
    await tab.run(`play kill ${tab.leader}`);
    await tab.pass(8 * SECOND);
    const { total } = await tab.ask({ type: 'traffic' });
    expect(total.unknown).toBeGreaterThan(0);
    expect(total.ok).toBeGreaterThan(300);
  });

  it('refuses what it cannot do', async () => {
    const tab = await new Tab().open();
    expect(await tab.run('play traffic stop')).toContain('no traffic is running');
    expect(await tab.run('play traffic start --mix fly:1')).toContain('--mix: such as put:50');
    expect(await tab.run('play traffic start --clients 0')).toContain('--clients: from 1 to 32, not 0');
    expect(await tab.run('play traffic start --through etcd-9')).toContain('no member "etcd-9"');
    expect(await tab.run('play traffic sideways')).toContain('needs start or stop');
  });
});
