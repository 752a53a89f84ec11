import { expect, it } from 'vitest';
import { Scoreboard } from '#checker/scoreboard.ts';
import { V2Checks } from '#checker/v2-checks.ts';
import { utf8 } from '#kernel/bytes.ts';

/** Clients of the v2 API whose answers a test makes up. */
class Stage {
  readonly board = new Scoreboard();
  readonly #checks = new V2Checks(this.board);
  #call = 0;

  /** A request between two moments (ms), answered by a member at an index. */
  ask(client: string, [from, to]: readonly [number, number], method: string, target: string, index: number, answer: unknown): this {
    const call = ++this.#call;
    const member = client === 'far' ? 2 : 1;
    this.#checks.hear(client, call, { type: 'open', process: client, member, method, target, body: utf8('') }, from * 1000);
    this.#checks.hear(client, call, { type: 'http-head', status: 200, headers: [['X-Etcd-Index', `${index}`]] }, to * 1000);
    this.#checks.hear(client, call, { type: 'http-body', body: utf8(JSON.stringify(answer)), last: true }, to * 1000);
    return this;
  }

  set(client: string, times: readonly [number, number], value: string, index: number): this {
    return this.ask(client, times, 'PUT', '/v2/keys/k', index, {
      action: 'set',
      node: { key: '/k', value, modifiedIndex: index, createdIndex: index },
    });
  }

  get(client: string, times: readonly [number, number], query: string, index: number, value: string, modified: number): this {
    const node = { key: '/k', value, modifiedIndex: modified, createdIndex: modified };
    return this.ask(client, times, 'GET', `/v2/keys/k${query}`, index, { action: 'get', node });
  }

  get found(): number {
    return this.board.violations.length;
  }
}

it('has nothing against writes in the order of their indexes, quorum reads of the newest and local ones of the past', () => {
  const stage = new Stage()
    .set('a', [0, 5], '1', 7)
    .set('a', [6, 9], '2', 8)
    .get('b', [10, 12], '?quorum=true', 8, '2', 8)
    .get('far', [13, 14], '', 7, '1', 7);
  expect(stage.found).toBe(0);
  expect(stage.board.standing('v2-order')?.checks).toBe(4);
});

it.each([
  ['a quorum read that misses an acknowledged write', (s: Stage) => s.get('b', [10, 12], '?quorum=true', 7, '1', 7)],
  ['a local read of a state that never was', (s: Stage) => s.get('far', [10, 12], '', 8, '1', 7)],
  ['a value that nobody wrote', (s: Stage) => s.get('far', [10, 12], '', 8, 'x', 8)],
  ['two writes of one index', (s: Stage) => s.set('b', [4, 12], '3', 8)],
  ['a write ordered before what had been answered', (s: Stage) => s.set('far', [10, 12], '3', 6)],
  ['a member that goes back', (s: Stage) => s.get('a', [10, 12], '', 7, '1', 7)],
])('finds %s', (_what, spoil) => {
  expect(spoil(new Stage().set('a', [0, 5], '1', 7).set('a', [6, 9], '2', 8)).found).toBe(1);
});
