/** Each named scenario shows what its name says, and the link to it fits a QR code. */
import { describe, expect, it } from 'vitest';
import { scenarioFragment, scenarioRun } from '#host/scenarios.ts';
import { fragmentToRun } from '#host/share.ts';
import { FakeStorage, TestTab } from '#host/testing/test-tab.ts';
import { LiveLab } from '#host/testing/live-lab.ts';
import { SCENARIO_IDS, type ScenarioId } from '#view/scenario.ts';
import type { FeedFact, FeedItem } from '#view/feed.ts';
import { QR_TEXT_MAX } from '#view/shared-run.ts';

/** The longest address that the page is likely to have. */
const ADDRESS = `https://${'a'.repeat(40)}.github.io/etcd-playground/#`;

async function played(id: ScenarioId): Promise<LiveLab> {
  const { spec, end } = scenarioRun(id);
  const lab = new LiveLab(spec.seed, spec.options, spec.commands);
  await lab.pass(end);
  return lab;
}

/** Instants (µs) and members of all facts of a type. */
function all<T extends FeedFact['type']>(
  lab: LiveLab,
  type: T,
): readonly (FeedItem & { readonly fact: Extract<FeedFact, { readonly type: T }> })[] {
  return lab.items.filter(({ fact }) => fact.type === type) as never; // its type was just looked at
}

const from = (id: ScenarioId): number => Number(scenarioRun(id).view['at']);

describe('a named scenario', () => {
  it.each(SCENARIO_IDS)('%s has a link that fits a QR code and opens the same run, with the trace that it has here', async (id) => {
    const { environment } = new TestTab(new FakeStorage());
    const fragment = await scenarioFragment(id, environment);
    expect((ADDRESS + fragment).length).toBeLessThanOrEqual(QR_TEXT_MAX);
    const { spec, end, view } = scenarioRun(id);
    const lab = await played(id);
    expect(fragmentToRun(fragment)).toEqual({
      type: 'ok',
      run: { spec, view, head: { at: end, trace: lab.run.world.traceHash().hash } },
    });
    expect(from(id)).toBeLessThan(end);
  });

  it('kills the leader, and another is elected while it is looked at', async () => {
    const lab = await played('leader-killed');
    const [killed] = all(lab, 'killed');
    const elected = all(lab, 'became-leader');
    expect(elected).toHaveLength(2);
    expect(elected[0]?.member).toBe(killed?.member);
    expect(elected[1]?.at).toBeGreaterThan(killed?.at ?? Infinity);
    expect(killed?.at).toBeGreaterThan(from('leader-killed'));
  });

  it('splits 2 | 3 and has two leaders at its end', async () => {
    const lab = await played('two-leaders');
    const leading = lab.run.world.core.seats.filter(({ status }) => status?.role === 'leader').map(({ status }) => status?.term);
    expect(leading.length).toBe(2);
    expect(new Set(leading).size).toBe(2);
    expect(lab.run.safety.view().every(({ state }) => state !== 'violated')).toBe(true);
  });

  it('takes back an entry that was never committed', async () => {
    const lab = await played('log-truncated');
    const truncated = all(lab, 'truncated');
    expect(truncated.map(({ member }) => member ?? '').sort((a, b) => a.localeCompare(b))).toEqual(['etcd-2', 'etcd-3']);
    for (const { at } of truncated) expect(at).toBeGreaterThan(from('log-truncated'));
    expect(lab.items.some(({ fact }) => fact.type === 'applied' && fact.label.includes('lost'))).toBe(false);
    expect(all(lab, 'applied').filter(({ fact }) => fact.label.includes('kept'))).toHaveLength(5);
  });

  it('sends a snapshot to a member that was away, which installs it', async () => {
    const lab = await played('snapshot-installed');
    expect(all(lab, 'snapshot-sent').map(({ fact }) => fact.to)).toEqual(['etcd-2']);
    const [installed] = all(lab, 'snapshot-applied');
    expect(installed?.member).toBe('etcd-2');
    expect(installed?.at).toBeGreaterThan(from('snapshot-installed'));
    const [one, two] = lab.run.world.core.seats;
    expect(two?.status?.applied).toBe(one?.status?.applied);
  });

  it('loses the quorum: nobody leads, and a put is answered with a timeout', async () => {
    const lab = await played('quorum-lost');
    expect(lab.leader).toBeUndefined();
    expect(all(lab, 'became-leader')).toHaveLength(1);
    expect(all(lab, 'answered').map(({ fact }) => fact.ok)).toEqual([true]);
    expect(lab.run.world.core.clients.get([...lab.run.world.core.clients.keys()][0] ?? 0)?.processes.size).toBe(0);
  });

  it('reads an old value without consensus, and none with it', async () => {
    const lab = await played('stale-read');
    const answers = all(lab, 'answered').filter(({ at }) => at > from('stale-read'));
    expect(answers.map(({ fact }) => [fact.label, fact.ok])).toEqual([
      ['put a new', true],
      ['get a --consistency=s', true],
    ]);
    // The member on the small side answered without having seen the new revision.
    expect(answers[1]?.member).toBe('etcd-3');
    expect(answers[1]?.fact.revision).toBeLessThan(answers[0]?.fact.revision ?? 0);
  });

  it('has a lease that outlives its leader, with a fresh time to live, and still runs out', async () => {
    const lab = await played('lease-survives');
    const [killed] = all(lab, 'killed');
    const second = all(lab, 'became-leader')[1];
    expect(second?.at).toBeGreaterThan(killed?.at ?? Infinity);
    // Granted for 5 s at 1 s: it would have ended at 6 s; the new leader began to count anew.
    const ended = all(lab, 'applied').filter(({ fact, at }) => at > (second?.at ?? Infinity) && /revoke/i.test(fact.label));
    expect(ended[0]?.at).toBeGreaterThanOrEqual((second?.at ?? 0) + 5_000_000);
  });

  it('has a watch that goes on after the leader changed', async () => {
    const lab = await played('watch-goes-on');
    const fired = all(lab, 'watch-fired');
    const second = all(lab, 'became-leader')[1];
    expect(fired).toHaveLength(2);
    expect(fired[0]?.at).toBeLessThan(second?.at ?? 0);
    expect(fired[1]?.at).toBeGreaterThan(second?.at ?? Infinity);
    expect(all(lab, 'watch-cancelled')).toEqual([]);
  });

  it('breaks a rule, and the checkers notice', async () => {
    const lab = await played('rule-broken');
    const broken = lab.run.safety.view().filter(({ state }) => state === 'violated');
    expect(broken.map(({ property }) => property)).toContain('election-safety');
  });
});
