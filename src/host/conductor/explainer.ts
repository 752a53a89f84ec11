/** Asks the remembered trace and the members why, at the instant that is shown. */

import type { Session } from '#host/conductor/session.ts';
import type { Answers } from '#host/why/explain.ts';
import { inquiryOf, type Inquiry } from '#host/why/inquiry.ts';
import type { Explainer } from '#view/explainer.ts';

export function explainer(session: Session): Explainer {
  /** @param otherwise the answer while there is no run */
  const inquire = async <T>(otherwise: T, ask: (answers: Answers, q: Inquiry) => T | Promise<T>): Promise<T> => {
    const { answers } = await import('#host/why/explain.ts');
    return session.ask(() => {
      const { run, travel } = session;
      return run === undefined ? otherwise : ask(answers, inquiryOf(travel.looking ?? run, travel.windowOf(run)));
    });
  };

  return {
    why: (selection) => inquire({ question: { type: 'forgotten' }, reasons: [], chain: [] }, (answers, q) => answers.why(q, selection)),
    related: (selection) => inquire({ causes: [], effects: [], entries: [], instants: [] }, (answers, q) => answers.related(q, selection)),
    requests: () => inquire([], (answers, q) => answers.requests(q)),
    requestLife: (id) => inquire(undefined, (answers, q) => answers.life(q, id)),
    inspectMember: (member) => inquire(undefined, (answers, q) => answers.member(q, member)),
    memberLog: (query) => inquire([], (answers, q) => answers.log(q, query)),
    memberMetrics: (member) => inquire('', (answers, q) => answers.metrics(q, member)),
    operations: (query) =>
      session.ask(() => {
        const run = session.shown;
        const name = (actor: number): string => run?.world.core.seats[actor - 1]?.name ?? `${actor}`;
        return run?.operations.operations(query, name) ?? { since: 0, operations: [] };
      }),
  };
}
