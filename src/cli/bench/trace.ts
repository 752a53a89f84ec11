/** How fast events are written in their binary form: the floor under every traced run. */
import { NO_EVENT, simTime } from '#kernel/brand.ts';
import { rowOf, type Row } from '#cli/bench-row.ts';
import { TraceWriter } from '#trace/event.ts';

const EVENTS = 200_000;
const REPETITIONS = 7;

/** Events a second through one writer. */
export function rows(): readonly Row[] {
  const samples: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const writer = new TraceWriter(1, 1);
    const began = process.hrtime.bigint();
    for (let i = 0; i < EVENTS; i++) {
      writer.emit('save-completed', simTime(i), NO_EVENT, { op: i });
      if (i % 1000 === 999) writer.take();
    }
    samples.push(EVENTS / (Number(process.hrtime.bigint() - began) / 1e9));
  }
  return [rowOf('trace: write an event', 'events/s', samples)];
}
