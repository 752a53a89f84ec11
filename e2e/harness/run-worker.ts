/** Plays runs with each member in a worker of its own: the world of the page without the page. */
import { WorkerHost } from '#host/worker-host.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { simTime } from '#kernel/brand.ts';
import { leaderName } from '#sim/predicate-world.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { defaultRunOptions } from '#sim/run-options.ts';
import { newRunSpec } from '#sim/run-spec.ts';
import { playScenario, type Demand, type Supply } from '#sim/scenario.ts';
import { World } from '#sim/world.ts';
import { browserEnvironment } from '#worker/browser-environment.ts';
import type { HarnessAnswer, HarnessRequest, HarnessStorage, PutsAnswer, ScenarioAnswer } from './requests.ts';

/** A folder for each run, so that nothing is found that another left. */
const folder = `harness-${crypto.randomUUID()}`;

function createHost(storage: HarnessStorage): WorkerHost {
  const { spawn, after } = browserEnvironment;
  const storageOf = (actor: number) =>
    storage === 'opfs' ? { type: 'opfs' as const, folder: [folder, `member-${actor}`] } : { type: 'memory' as const };
  return new WorkerHost({ spawn, after, storageOf, first: 'empty' });
}

/** Members of one instant work in parallel; their results are taken in the order of the members. */
async function supplyFor(demand: Demand, host: WorkerHost): Promise<Supply> {
  switch (demand.type) {
    case 'reset':
      await host.dispose();
      return { type: 'reset' };
    case 'work':
      return { type: 'results', results: await Promise.all(demand.instant.work.map((work) => host.perform(work))) };
    case 'ask':
      return {
        type: 'answers',
        answers: await Promise.all(demand.questions.map(({ actor, inspection }) => host.inspect(actor, inspection))),
      };
  }
}

async function playFile(text: string, storage: HarnessStorage): Promise<ScenarioAnswer> {
  const host = createHost(storage);
  let output = '';
  const steps = playScenario({
    text,
    programs: LOAD_PROGRAMS,
    print: (line) => (output += line),
    output: (_process, _stderr, data) => (output += fromUtf8(data)),
  });
  let next = steps.next();
  while (next.done !== true) next = steps.next(await supplyFor(next.value, host));
  const { world, failure } = next.value;
  await host.dispose();
  return {
    hash: world.traceHash().hash,
    output,
    failure: failure === undefined ? undefined : `${failure.line}: ${failure.text}: ${failure.message}`,
  };
}

/** Plays on until a condition holds; the limit is virtual time. */
async function playOn(world: World, host: WorkerHost, limitMicros: number, holds: () => boolean): Promise<void> {
  const limit = world.now + limitMicros;
  for (let at = world.nextInstantAt(); at !== undefined && at <= limit && !holds(); at = world.nextInstantAt()) {
    const { work } = world.collect();
    world.complete(await Promise.all(work.map((each) => host.perform(each))));
  }
}

async function measurePuts(request: Extract<HarnessRequest, { readonly type: 'puts' }>): Promise<PutsAnswer> {
  const host = createHost(request.storage);
  const world = World.begin({ spec: newRunSpec(7, { ...defaultRunOptions(), nodes: request.nodes }), programs: LOAD_PROGRAMS });
  await playOn(world, host, 30_000_000, () => leaderName(world) !== undefined);
  const revision = (): number => Math.max(...world.core.seats.map((seat) => seat.status?.revision ?? 0));
  const endpoints = world.core.seats.flatMap((seat) => seat.config.clientUrls).join(',');
  const argv = ['writer', '--endpoints', endpoints, '--lanes', `${request.lanes}`, '--pause-ms', '0'];
  world.submit({ type: 'start', process: 'load', client: 'load', argv, env: {}, stdin: undefined, columns: 0 });
  const warm = simTime(200_000);
  await playOn(world, host, warm, () => false);
  const before = revision();
  const traceBefore = world.traceHash().bytes;
  const began = performance.now();
  await playOn(world, host, request.virtualSeconds * 1_000_000, () => false);
  const wallSeconds = (performance.now() - began) / 1000;
  const answer = { puts: revision() - before, wallSeconds, traceBytes: world.traceHash().bytes - traceBefore };
  await host.dispose();
  return answer;
}

function answer(request: HarnessRequest): Promise<ScenarioAnswer | PutsAnswer> {
  switch (request.type) {
    case 'scenario':
      return playFile(request.text, request.storage);
    case 'puts':
      return measurePuts(request);
  }
}

onmessage = (event: MessageEvent<HarnessRequest>) => {
  answer(event.data).then(
    (result) => postMessage({ type: 'ok', answer: result } satisfies HarnessAnswer),
    (error: unknown) =>
      postMessage({
        type: 'failed',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies HarnessAnswer),
  );
};
