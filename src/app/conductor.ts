import type { Conductor } from '#view/conductor.ts';
import { openConductor as openWorker } from '#worker/open-conductor.ts';

/** The conductor of this page. In development `?fake` gives one that only plays a part, to draw against. */
export async function openConductor(parameters: URLSearchParams): Promise<Conductor> {
  if (import.meta.env.DEV && parameters.has('fake')) {
    const { createFakeConductor } = await import('#app/fake-conductor.ts');
    return createFakeConductor();
  }
  return openWorker().conductor;
}
