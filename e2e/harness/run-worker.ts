/** Plays runs with each member in a worker of its own: the world of the page without the page. */
import { benchPuts, type PutBench } from '#host/bench-puts.ts';
import { playContract, type ContractReport } from '#host/play-contract.ts';
import { WorkerHost } from '#host/worker-host.ts';
import { fromUtf8 } from '#kernel/bytes.ts';
import { LOAD_PROGRAMS } from '#sim/programs.ts';
import { playScenario } from '#sim/scenario.ts';
import type { Demand, Supply } from '#sim/scenario-steps.ts';
import { browserEnvironment } from '#worker/browser-environment.ts';
import type { HarnessAnswer, HarnessRequest, HarnessStorage, ScenarioAnswer } from './requests.ts';

/** A folder for each cluster, so that nothing is found that another left. */
const folder = `harness-${crypto.randomUUID()}`;
let clusters = 0;

function createHost(storage: HarnessStorage): WorkerHost {
  const { spawn, after } = browserEnvironment;
  const cluster = `${++clusters}`;
  const storageOf = (actor: number) =>
    storage === 'opfs' ? { type: 'opfs' as const, folder: [folder, cluster, `member-${actor}`] } : { type: 'memory' as const };
  return new WorkerHost({ spawn, after, storageOf, asIsTo: 0 });
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

function answer(request: HarnessRequest): Promise<ScenarioAnswer | PutBench | readonly ContractReport[]> {
  switch (request.type) {
    case 'scenario':
      return playFile(request.text, request.storage);
    case 'puts':
      return benchPuts(request.options, () => Promise.resolve(createHost(request.storage)), browserEnvironment.now);
    case 'contract':
      return playContract(() => Promise.resolve(createHost(request.storage)));
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
