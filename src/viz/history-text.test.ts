/** The history as text for other tools. */
import { describe, expect, it } from 'vitest';
import type { FlightRecord, History } from '#view/history.ts';
import { chinese } from '#words/chinese.ts';
import { english } from '#words/english.ts';
import { concerns } from '#viz/flights-of-selection.ts';
import { MERMAID_MESSAGES_MAX, mermaidText } from '#viz/mermaid-text.ts';
import { shivizText } from '#viz/shiviz-text.ts';

const flight = (id: number, changed: Partial<FlightRecord> = {}): FlightRecord => ({
  id,
  kind: 'append',
  from: 'etcd-1',
  to: 'etcd-2',
  sentAt: 1_000_000,
  endedAt: 1_004_000,
  lost: false,
  term: 2,
  entries: 1,
  label: 'put foo bar',
  ...changed,
});

const history = (changed: Partial<History> = {}): History => ({
  since: 0,
  members: ['etcd-1', 'etcd-2'],
  clients: ['you'],
  flights: [
    flight(1, { from: 'you', to: 'etcd-1', kind: 'call', sentAt: 996_000, endedAt: 999_000, term: 0 }),
    flight(2),
    flight(3, { from: 'etcd-2', to: 'etcd-1', kind: 'append-ack', sentAt: 1_006_000, endedAt: 1_010_000, label: '' }),
    flight(4, { sentAt: 1_020_000, lost: true }),
  ],
  roles: [{ lane: 'etcd-1', at: 300_000, role: 'leader', term: 2 }],
  lives: [{ lane: 'etcd-2', at: 1_025_000, life: 'dead' }],
  saves: [],
  applied: [{ lane: 'etcd-1', at: 1_010_000, index: 9 }],
  ...changed,
});

const setting = { from: 0, to: 2_000_000, words: english, nameOf: (lane: string): string => lane } as const;

describe('a Mermaid sequence diagram', () => {
  it('tells messages, roles and lives in the order of time', () => {
    expect(mermaidText(history(), setting)).toMatchInlineSnapshot(`
      "sequenceDiagram
          participant p0 as you
          participant p1 as etcd-1
          participant p2 as etcd-2
          Note over p1: leader, term 2
          p0->>p1: request: put foo bar, 0.996 s
          p1->>p2: append (term 2): put foo bar, 1.000 s
          p2-->>p1: acknowledgement (term 2), 1.006 s
          p1-xp2: append (term 2): put foo bar, 1.020 s
          Note over p2: down
      "
    `);
  });

  it('holds what lies in the stretch, and no more messages than can be read', () => {
    expect(mermaidText(history(), { ...setting, from: 1_015_000 })).not.toContain('p0->>');
    const many = history({ flights: Array.from({ length: 1000 }, (_, i) => flight(i, { sentAt: i * 1000 })) });
    const arrows = mermaidText(many, setting).match(/->>/g) ?? [];
    expect(arrows).toHaveLength(MERMAID_MESSAGES_MAX);
  });

  it('of a selection holds what concerns it alone', () => {
    const nothing = { causes: new Set<number>(), effects: new Set<number>() };
    const ofClient = mermaidText(history(), { ...setting, only: concerns({ type: 'client', name: 'you' }, nothing) });
    expect(ofClient).toContain('p0->>p1: request');
    expect(ofClient).not.toContain('etcd-2');
    const request = { causes: new Set([2]), effects: new Set([3]) };
    const ofMessage = mermaidText(history(), { ...setting, only: concerns({ type: 'message', id: 2 }, request) });
    expect(ofMessage.match(/->>/g)).toHaveLength(2);
    expect(ofMessage).not.toContain('-x');
    expect(concerns({ type: 'key', key: 'foo' }, nothing)).toBeUndefined();
  });

  it('lets no label break out of its line', () => {
    const text = mermaidText(history({ flights: [flight(1, { label: 'put a;b #c\nNote over p0: no' })] }), setting);
    expect(text).toContain('put a#59;b #35;c Note over p0: no');
    expect(text.split('\n').filter((line) => line.includes('no')).length).toBe(1);
  });

  it('speaks the language of the page', () => {
    expect(mermaidText(history(), { ...setting, words: chinese })).toContain(chinese.roles.leader);
  });
});

describe('a ShiViz log', () => {
  it('gives each event a vector clock that knows what its messages knew', () => {
    const text = shivizText(history(), english);
    const events = [...text.matchAll(/(?<event>.*)\n(?<host>\S+) (?<clock>\{.*\})\n/g)];
    expect(events).toHaveLength(text.trim().split('\n').length / 2);
    const clocks = events.map((event) => ({
      event: event.groups?.['event'] ?? '',
      host: event.groups?.['host'] ?? '',
      clock: JSON.parse(event.groups?.['clock'] ?? '{}') as Record<string, number>, // just written
    }));
    const received = clocks.find(({ host, event }) => host === 'etcd-2' && event.includes('←'));
    expect(received?.clock).toEqual({ 'etcd-2': 1, 'etcd-1': 3, you: 1 });
    for (const lane of ['you', 'etcd-1', 'etcd-2']) {
      const own = clocks.filter(({ host }) => host === lane).map(({ clock }) => clock[lane]);
      expect(own).toEqual(own.map((_, i) => i + 1));
    }
  });

  it('has no receipt of a lost message', () => {
    expect(shivizText(history(), english).match(/← etcd-1 append/g)).toHaveLength(1);
  });

  it('is empty for a history without events', () => {
    expect(shivizText({ since: 0, members: [], clients: [], flights: [], roles: [], lives: [], saves: [], applied: [] }, english)).toBe('');
  });
});
