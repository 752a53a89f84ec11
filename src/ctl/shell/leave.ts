/** How a script leaves loops, functions and the shell. Thrown within the interpreter, caught where each belongs. */

/** `break` and `continue`. */
export class BreakLoop extends Error {
  override readonly name = 'BreakLoop';
  readonly levels: number;
  /** `continue`. */
  readonly goesOn: boolean;
  constructor(levels: number, goesOn: boolean) {
    super(goesOn ? 'continue' : 'break');
    this.levels = levels;
    this.goesOn = goesOn;
  }
}

/** `return`. */
export class ReturnFunction extends Error {
  override readonly name = 'ReturnFunction';
  readonly code: number;
  constructor(code: number) {
    super('return');
    this.code = code;
  }
}

/** `exit`. */
export class ExitShell extends Error {
  override readonly name = 'ExitShell';
  readonly code: number;
  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}
