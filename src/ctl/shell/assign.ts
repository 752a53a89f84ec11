/** Assignments: `a=b`, `a+=b`, arrays as wholes `a=(x [7]=y)` and by item `a[i]=x`; and the commands that declare names. */

import { parse, type ArrayValue, type Assignment, type Command, type Word } from 'unbash';
import { ShellArray } from '#ctl/shell/arrays.ts';
import { expandOne, expandWords, itemKey } from '#ctl/shell/expand.ts';
import { keyIn } from '#ctl/shell/numbers.ts';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { arrayNamed, ownArray, putArray, setVariable, variable } from '#ctl/shell/state.ts';
import type { Task } from '#ctl/shell/task.ts';

/** Commands whose arguments are assignments. */
export const DECLARING: ReadonlySet<string> = new Set(['declare', 'typeset', 'local', 'readonly', 'export']);

/** The text of a plain assignment's value. */
export function* assignedText<W>(part: Assignment, frame: Frame<W>): Task<string, W> {
  if (part.value.type !== 'Word') throw new CommandProblem(`${part.text}: an array is not handed to a command`);
  if (part.index !== undefined) throw new CommandProblem(`${part.text}: an item of an array is not handed to a command`);
  return yield* expandOne(frame, part.value);
}

/** Does one assignment. @param named what an array that is made by it is */
export function* assign<W>(part: Assignment, frame: Frame<W>, named = false): Task<void, W> {
  const { state } = frame;
  const { name, value, index, append = false } = part;
  if (value.type === 'ArrayValue') {
    if (index !== undefined) throw new CommandProblem(`${part.text}: cannot assign list to array member`);
    yield* assignArray(name, value, frame, { append, named: named || arrayNamed(state, name)?.named === true });
  } else if (index === undefined) {
    const text = yield* expandOne(frame, value);
    setVariable(state, name, append ? (variable(state, name) ?? '') + text : text);
  } else yield* assignItem(name, index, value, frame, append);
}

function* assignItem<W>(name: string, index: Word, value: Word, frame: Frame<W>, append: boolean): Task<void, W> {
  const { state } = frame;
  const key = yield* itemKey(frame, name, index);
  const text = yield* expandOne(frame, value);
  const array = ownArray(state, name);
  array.set(key, append ? (array.items.get(key) ?? '') + text : text);
}

interface Element {
  /** Where it goes; undefined: after the last. */
  readonly index: string | undefined;
  readonly texts: readonly string[];
}

/** `a=(x [i]=y)`. All is expanded before anything is changed. */
function* assignArray<W>(
  name: string,
  value: ArrayValue,
  frame: Frame<W>,
  { append, named }: { readonly append: boolean; readonly named: boolean },
): Task<void, W> {
  const elements: Element[] = [];
  for (const element of value.elements) {
    const placed = element.text.startsWith('[') ? placedElement(element.text) : undefined;
    if (placed === undefined) {
      if (named) throw new CommandProblem(`${name}: ${element.text}: must use subscript when assigning associative array`);
      elements.push({ index: undefined, texts: yield* expandWords(frame, [element]) });
      continue;
    }
    const inner = { ...frame, source: `_${element.text}` };
    elements.push({ index: yield* expandOne(inner, placed.index), texts: [yield* expandOne(inner, placed.value)] });
  }
  const array = append ? ownArray(frame.state, name, named) : new ShellArray(named);
  for (const { index, texts } of elements) {
    if (index === undefined) array.append(texts);
    else array.set(keyIn(frame, name, index, array), texts[0] ?? '');
  }
  putArray(frame.state, name, array);
}

/** `[i]=x` is read as the assignment that it would be behind a name. */
function placedElement(text: string): { readonly index: Word; readonly value: Word } | undefined {
  const { commands, errors = [] } = parse(`_${text}`);
  const command = commands[0]?.command;
  const only = command?.type === 'Command' && command.name === undefined && command.prefix.length === 1 ? command.prefix[0] : undefined;
  if (errors.length > 0 || commands.length !== 1 || only?.type !== 'Assignment' || only.index === undefined || only.value.type !== 'Word')
    return undefined;
  return { index: only.index, value: only.value };
}

/**
 * Does what concerns arrays in `declare -A m=([k]=v)` and the like.
 * @returns the arguments that are left for the command; undefined if all was done
 */
export function* declareArrays<W>(command: Command, frame: Frame<W>): Task<Command['args'] | undefined, W> {
  const flags = command.args.flatMap((each) => (each.type === 'Word' && /^-[A-Za-z]+$/.test(each.value) ? [each.value] : []));
  const named = flags.some((flag) => flag.includes('A'));
  const isArray = named || flags.some((flag) => flag.includes('a'));
  const left: Command['args'][number][] = [];
  let isDone = false;
  for (const each of command.args) {
    if (each.type === 'Assignment' && (isArray || each.index !== undefined || each.value.type === 'ArrayValue')) {
      if (isArray) declareArray(frame, each.name, named);
      yield* assign(each, frame, named);
      isDone = true;
    } else if (isArray && each.type === 'Word' && !each.value.startsWith('-')) {
      for (const name of yield* expandWords(frame, [each])) declareArray(frame, name, named);
      isDone = true;
    } else left.push(each);
  }
  return isDone && left.every((each) => each.type === 'Word' && each.value.startsWith('-')) ? undefined : left;
}

function declareArray<W>({ state }: Frame<W>, name: string, named: boolean): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new CommandProblem(`declare: ${name}: not a valid identifier`);
  const known = arrayNamed(state, name);
  if (named && known?.named === false && known.items.size > 0)
    throw new CommandProblem(`declare: ${name}: cannot convert indexed to associative array`);
  if (!named && known?.named === true) throw new CommandProblem(`declare: ${name}: cannot convert associative to indexed array`);
  putArray(state, name, known?.named === named ? known : new ShellArray(named));
}
