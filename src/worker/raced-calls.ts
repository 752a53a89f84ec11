/** Calls to another thread that end when that thread does: comlink leaves what was asked of a dead worker hanging. */

import { proxy, type Remote } from 'comlink';

type Call = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * An object of calls with the face of the one in the other thread.
 * @param remote whose functions take plain data, and functions directly among their arguments: those are called back from there
 * @param death rejects, and all that waits with it, when the other thread ends
 */
export function racedCalls<T extends object>(remote: Remote<T>, death: Promise<never>): T {
  const calls = remote as unknown as Readonly<Record<string, Call>>; // comlink's proxy takes any name as a call
  const raced = (name: string): Call => {
    return (...args) => Promise.race([calls[name]?.(...args.map(callable)), death]);
  };
  const known = new Map<string, Call>();
  const target: object = {};
  const face = new Proxy(target, {
    get: (_, name) => {
      // An object with a `then` would be waited for.
      if (typeof name !== 'string' || name === 'then') return undefined;
      const call = known.get(name) ?? raced(name);
      known.set(name, call);
      return call;
    },
  });
  return face as T; // every name of T is a call, as said above
}

/** A function stays here and is called from there. */
function callable(argument: unknown): unknown {
  return typeof argument === 'function' ? proxy(argument) : argument;
}
