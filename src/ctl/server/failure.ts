/** Why the `etcd` command starts nothing. */

/**
 * `usage`: the command line cannot be read; text and usage on stderr, exit code 2.
 * `verify`: a value that etcd's own check refuses; logged, exit code 1.
 * `fatal`: the member could not be set up; logged as fatal, exit code 1.
 */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  readonly kind: 'usage' | 'verify' | 'fatal';
  constructor(kind: ServerProblem['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}
