/** Pastes the examples of tutorials into a shell over a cluster and holds what comes of them. */

import { cleanPaste } from '#ctl/paste.ts';
import type { Example, Part } from '#cli/tutorials/examples.ts';
import { ShellLab } from '#sim/testing/shell-lab.ts';

/** What an example printed, and what of that was expected and is not there. */
export interface Tried {
  readonly example: Example;
  readonly printed: string;
  readonly missing: readonly string[];
}

const SETTLE_MILLIS = 300;
const COLUMNS = 100;

/** Ids and times differ from run to run of a tutorial, not their shape. */
const comparable = (text: string): string => text.replace(/\b[0-9a-f]{16}\b/g, 'ID');

/** Examples in their order. */
export function tryPart(part: Part): readonly Tried[] {
  const lab = new ShellLab({ nodes: part.nodes, enableV2: part.v2 === true }, {}, COLUMNS);
  lab.pass(2000);
  const watching: { readonly example: Example; readonly printed: () => string; readonly end: () => void }[] = [];
  const tried = part.examples.flatMap((example): readonly Tried[] => {
    if (example.before !== undefined) lab.line(example.before);
    const begun = lab.begin(cleanPaste(example.paste), undefined);
    if (example.watches === true) {
      lab.pass(SETTLE_MILLIS);
      watching.push({
        example,
        printed: () => begun.printed().all,
        end: () => {
          lab.session.signal(begun.run, 'INT');
          lab.finish(begun.run);
        },
      });
      return [];
    }
    lab.finish(begun.run);
    lab.pass(example.wait ?? SETTLE_MILLIS);
    return [judged(example, begun.printed().all)];
  });
  return [
    ...tried,
    ...watching.map(({ example, printed, end }) => {
      end();
      return judged(example, printed());
    }),
  ].toSorted((a, b) => part.examples.indexOf(a.example) - part.examples.indexOf(b.example));
}

function judged(example: Example, printed: string): Tried {
  const missing = example.says.filter((text) => !printed.includes(text) && !comparable(printed).includes(comparable(text)));
  return { example, printed, missing: printed.includes('command not found') ? [...missing, 'no `command not found`'] : missing };
}
