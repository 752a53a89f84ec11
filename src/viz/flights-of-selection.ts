/** Which messages of the history concern what is selected: those of a member or a client, and the causes and effects of anything else. */

import type { FlightRecord } from '#view/history.ts';
import type { Selection } from '#view/selection.ts';

/** Events by their ids. */
interface Related {
  readonly causes: ReadonlySet<number>;
  readonly effects: ReadonlySet<number>;
}

/** The test of a message; undefined where nothing is selected that messages concern. */
export function concerns(selected: Selection | undefined, { causes, effects }: Related): ((flight: FlightRecord) => boolean) | undefined {
  switch (selected?.type) {
    case 'member':
    case 'client':
      return ({ from, to }) => from === selected.name || to === selected.name;
    case 'link':
      return ({ from, to }) => (from === selected.from && to === selected.to) || (from === selected.to && to === selected.from);
    case 'message':
    case 'event':
    case 'request':
      return ({ id }) => id === selected.id || causes.has(id) || effects.has(id);
    case 'entry':
    case 'term':
      return ({ id }) => causes.has(id) || effects.has(id);
    default:
      return undefined;
  }
}
