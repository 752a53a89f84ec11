import { expect, it } from 'vitest';

import { PutRequest, PutResponse, ResponseHeader } from '#api/gen/rpc.ts';
import type { ProgramEffect, ProgramEvent, ProgramStep } from '#ctl/program.ts';
import { simTime } from '#kernel/brand.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { writerProgram } from '#sim/writer-program.ts';

function run(...argv: string[]) {
  let last: ProgramStep = writerProgram.start({
    argv: ['writer', ...argv],
    env: {},
    now: simTime(0),
    epochMillis: 0,
    columns: 0,
    profile: '3.5',
  });
  return { effects: () => last.effects, give: (event: ProgramEvent) => (last = writerProgram.step(last.state, event, simTime(0))).effects };
}
const opens = (effects: readonly ProgramEffect[]) =>
  effects.flatMap((e) => (e.type === 'open' ? [{ call: e.call, endpoint: e.endpoint, key: fromUtf8(PutRequest.decode(e.body).key) }] : []));
const lines = (effects: readonly ProgramEffect[]) => effects.flatMap((e) => (e.type === 'stdout' ? [fromUtf8(e.data).trim()] : []));
const answer = PutResponse.encode(PutResponse.create({ header: ResponseHeader.create({ revision: 5n }) })).finish();

it('keeps one put in flight in each lane, reports what is acknowledged and goes to another endpoint after a failure', () => {
  const writer = run('--endpoints', 'a:1,b:2', '--lanes', '2', '--count', '3', '--pause-ms', '0', '--report');
  const [first, second] = opens(writer.effects());
  expect([first, second]).toMatchObject([
    { endpoint: 'a:1', key: 'k0' },
    { endpoint: 'b:2', key: 'k1' },
  ]);
  const call = (number: number | undefined, event: Extract<ProgramEvent, { type: 'call' }>['event']) =>
    writer.give({ type: 'call', call: number ?? -1, event });
  call(first?.call, { type: 'message', body: answer });
  const effects = call(first?.call, { type: 'end', code: 0, message: '' });
  expect(lines(effects)).toEqual(['ack k0 5']);
  expect(opens(effects)).toMatchObject([{ endpoint: 'a:1', key: 'k2' }]);
  expect(lines(call(second?.call, { type: 'broken' }))).toEqual(['fail k1 broken']);
  expect(opens(writer.give({ type: 'timer', timer: 1 }))).toEqual([]);
  expect(lines(writer.give({ type: 'signal', signal: 'INT' }))).toEqual(['1 acknowledged']);
});
