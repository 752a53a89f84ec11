/** Numbers in a shell whose words are expanded already: `let`, indexes of arrays, and what `$((…))` comes to. */

import { parse, type ArithmeticExpression } from 'unbash';
import { ArithmeticProblem, evaluate } from '#ctl/shell/arithmetic.ts';
import type { ShellArray } from '#ctl/shell/arrays.ts';
import { CommandProblem, type Frame } from '#ctl/shell/frame.ts';
import { arrayNamed, ownArray, setVariable, variable } from '#ctl/shell/state.ts';

/** A number in words that are expanded already, such as of `let`. */
export function numberIn<W>(frame: Frame<W>, text: string): number {
  if (/^\s*\d{1,15}\s*$/.test(text) && !/^\s*0\d/.test(text)) return Number(text);
  const { commands, errors = [] } = parse(`((${text}))`);
  const command = commands[0]?.command;
  if (text.trim() === '') return 0;
  if (errors.length > 0 || commands.length !== 1 || command?.type !== 'ArithmeticCommand' || command.expression === undefined)
    throw new CommandProblem(`${text}: syntax error in expression`);
  return evaluated(frame, command.expression, new Map());
}

export function evaluated<W>(frame: Frame<W>, expression: ArithmeticExpression, words: ReadonlyMap<ArithmeticExpression, string>): number {
  const { state } = frame;
  try {
    return evaluate(expression, {
      get: (name, index) => {
        if (index === undefined) return variable(state, name);
        const array = arrayNamed(state, name);
        return array?.items.get(keyIn(frame, name, index, array));
      },
      set: (name, index, value) => {
        if (index === undefined) return setVariable(state, name, value);
        const array = ownArray(state, name);
        array.set(keyIn(frame, name, index, array), value);
      },
      word: (node) => words.get(node),
    });
  } catch (error) {
    if (error instanceof ArithmeticProblem) throw new CommandProblem(error.message);
    throw error;
  }
}

/** Where an item of an array lies whose index is expanded already: of a number its value, else the name. */
export function keyIn<W>(frame: Frame<W>, name: string, index: string, array: ShellArray | undefined): string {
  if (array?.named === true) return index;
  const number = numberIn(frame, index);
  const key = array === undefined ? (number < 0 ? undefined : String(number)) : array.keyOf(number);
  if (key === undefined) throw new CommandProblem(`${name}[${index}]: bad array subscript`);
  return key;
}

/** `unset 'a[1]'`. */
export function unsetItem<W>(frame: Frame<W>, name: string, index: string): void {
  if (arrayNamed(frame.state, name) === undefined) return;
  const array = ownArray(frame.state, name);
  array.delete(keyIn(frame, name, index, array));
}
