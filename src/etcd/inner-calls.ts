/**
 * Calls that a member makes of itself. etcd's Lock and Election services are clients of the server that they live in: what they do is a
 * recipe of ordinary calls, one after the other. Here a recipe is plain data (its step and what it knows), its calls have the client
 * number {@link INNER_CLIENT}, and what is answered to them waits here until the recipe goes on (inner-loop.ts).
 */

import type { ResponseHeader } from '#api/gen/rpc.ts';
import type { Method } from '#api/rpc.ts';
import type { EventId } from '#kernel/brand.ts';
import { present } from '#kernel/assert.ts';
import type { Bytes } from '#kernel/bytes.ts';
import type { Reader, Writer } from '#kernel/codec.ts';
import { decodePlain, encodePlain, type Plain } from '#kernel/plain.ts';
import { callKey, type OpenCall } from '#etcd/calls.ts';
import type { CallId } from '#etcd/contract.ts';
import { INNER_CLIENT, type InnerReply } from '#etcd/outbox.ts';

/** What a recipe waits for. `release` and `withdraw` tidy up behind a client that has gone. */
export type Step =
  | 'session'
  | 'acquire'
  | 'proclaim'
  | 'find-before'
  | 'wait-deleted'
  | 'verify'
  | 'release'
  | 'withdraw'
  | 'question'
  | 'observe-find'
  | 'observe-first'
  | 'observe-leader';

/** Plain data. */
export interface Recipe {
  /** The client's call, its method and token. */
  readonly call: CallId;
  readonly method: string;
  readonly token: string;
  readonly event: EventId;
  readonly step: Step;
  /** Name of the lock or election, without the `/` behind. */
  readonly name: Bytes;
  readonly lease: bigint;
  readonly value: Bytes;
  /** The key that stands for this client's place, and the revision at which it was made. */
  readonly key: Bytes;
  readonly revision: bigint;
  readonly header: ResponseHeader | undefined;
  /** Number of the inner call that it waits for. */
  readonly waitsFor: number;
}

/** A call that is to be made, or given up. */
export type InnerAsk =
  | {
      readonly type: 'call';
      readonly id: CallId;
      readonly method: string;
      readonly body: Bytes;
      readonly token: string;
      readonly cause: EventId;
    }
  | { readonly type: 'call-cancel'; readonly id: CallId; readonly cause: EventId };

const innerId = (call: number): CallId => ({ client: INNER_CLIENT, call });

/** Mutable; owned by the member. Bounded by the clients' open calls: each has at most one recipe, and a recipe one call. */
export class InnerCalls {
  /** By the number of the inner call that each waits for. */
  readonly #recipes = new Map<number, Recipe>();
  #asks: InnerAsk[] = [];
  #lastCall = 0;

  /** Makes the next call of a recipe, which then waits for it. */
  ask<Request>(recipe: Omit<Recipe, 'waitsFor'>, method: Method<Request>, request: Request, cause: EventId): void {
    const call = ++this.#lastCall;
    this.#recipes.set(call, { ...recipe, waitsFor: call });
    const body = method.request.encode(request).finish();
    this.#asks.push({ type: 'call', id: innerId(call), method: method.path, body, token: recipe.token, cause });
  }

  /** Keeps a recipe that goes on waiting, with what it learned. */
  keep(recipe: Recipe): void {
    this.#recipes.set(recipe.waitsFor, recipe);
  }

  /** Ends a recipe's wait; a call still open is given up. */
  end(recipe: Recipe, isOpen: boolean, cause: EventId): void {
    this.#recipes.delete(recipe.waitsFor);
    if (isOpen) this.#asks.push({ type: 'call-cancel', id: innerId(recipe.waitsFor), cause });
  }

  /** Whose call a reply belongs to; undefined if it was given up. */
  recipeOf({ id }: Pick<InnerReply, 'id'>): Recipe | undefined {
    return this.#recipes.get(id.call);
  }

  /** The recipe that serves a client's call. */
  recipeFor(call: CallId): Recipe | undefined {
    for (const recipe of this.#recipes.values()) if (callKey(recipe.call) === callKey(call)) return recipe;
    return undefined;
  }

  takeAsks(): readonly InnerAsk[] {
    const asks = this.#asks;
    this.#asks = [];
    return asks;
  }

  /** Between steps nothing is left to be asked. */
  save(w: Writer): void {
    w.varint(this.#lastCall).varint(this.#recipes.size);
    // A recipe is plain data; its type has no index signature.
    for (const recipe of this.#recipes.values()) w.bytes(encodePlain(recipe as unknown as Plain)); // see above
  }

  /** @throws DecodeError */
  static restore(r: Reader): InnerCalls {
    const inner = new InnerCalls();
    inner.#lastCall = r.varint();
    for (let n = r.varint(); n > 0; n--) inner.keep(decodePlain(r.bytes().slice()) as unknown as Recipe); // what save wrote
    return inner;
  }
}

/** A recipe at its beginning. */
export const newRecipe = (call: OpenCall, step: Step, fields: Partial<Recipe>): Omit<Recipe, 'waitsFor'> => ({
  call: call.id,
  method: call.method,
  token: call.token,
  event: call.event,
  name: NOTHING,
  lease: 0n,
  value: NOTHING,
  key: NOTHING,
  revision: 0n,
  header: undefined,
  ...fields,
  step,
});
const NOTHING: Bytes = new Uint8Array(0);

/** The header of an inner answer. */
export const headerIn = (response: { readonly header: ResponseHeader | undefined }): ResponseHeader =>
  present(response.header, () => 'an answer without a header');
