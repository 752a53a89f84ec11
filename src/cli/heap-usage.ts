/** The heap of a page and of all its workers, those that workers began included, after a collection of garbage: by Chromium's debugging protocol. */

import type { Browser, CDPSession } from '@playwright/test';
import * as v from 'valibot';

/** Bytes that one thread holds: objects, what the browser holds for them, and buffers. */
export interface HeapPart {
  /** File name of the worker's script, or `page`. */
  readonly name: string;
  readonly objects: number;
  readonly embedder: number;
  readonly buffers: number;
}

const Usage = v.looseObject({ usedSize: v.number(), embedderHeapUsedSize: v.number(), backingStorageSize: v.number() });
const Reply = v.looseObject({
  id: v.optional(v.number()),
  result: v.optional(v.unknown()),
  error: v.optional(v.looseObject({ message: v.string() })),
});

/** Collections in a row: one leaves what finalizers and weak references still hold. */
const COLLECTIONS = 2;

/** Talks to every page and worker below one address. Mutable: a target that it meets is attached to once. */
export class HeapUsage {
  readonly #session: CDPSession;
  readonly #address: string;
  readonly #sessions = new Map<string, string>();
  readonly #waiting = new Map<number, (message: v.InferOutput<typeof Reply>) => void>();
  #lastId = 0;

  private constructor(session: CDPSession, address: string) {
    this.#session = session;
    this.#address = address;
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const reply = v.parse(Reply, JSON.parse(message));
      const waiting = reply.id === undefined ? undefined : this.#waiting.get(reply.id);
      if (reply.id === undefined || waiting === undefined) return;
      this.#waiting.delete(reply.id);
      waiting(reply);
    });
  }

  static async of(browser: Browser, address: string): Promise<HeapUsage> {
    return new HeapUsage(await browser.newBrowserCDPSession(), address);
  }

  /** What each of them holds now, garbage collected. */
  async read(): Promise<readonly HeapPart[]> {
    const { targetInfos } = await this.#session.send('Target.getTargets', { filter: [{}] });
    const ours = targetInfos.filter(({ type, url }) => url.startsWith(this.#address) && (type === 'page' || type === 'worker'));
    const parts: HeapPart[] = [];
    for (const { type, url, targetId } of ours) {
      for (let i = 0; i < COLLECTIONS; i++) await this.#ask(targetId, 'HeapProfiler.collectGarbage');
      const usage = v.parse(Usage, await this.#ask(targetId, 'Runtime.getHeapUsage'));
      const name = type === 'page' ? 'page' : (url.split('/').at(-1) ?? url).replace(/-[^-]*\.js$/, '');
      parts.push({ name, objects: usage.usedSize, embedder: usage.embedderHeapUsedSize, buffers: usage.backingStorageSize });
    }
    return parts;
  }

  async #ask(targetId: string, method: string): Promise<unknown> {
    const known =
      this.#sessions.get(targetId) ?? (await this.#session.send('Target.attachToTarget', { targetId, flatten: false })).sessionId;
    this.#sessions.set(targetId, known);
    const id = ++this.#lastId;
    const reply = new Promise<v.InferOutput<typeof Reply>>((resolve) => this.#waiting.set(id, resolve));
    await this.#session.send('Target.sendMessageToTarget', { sessionId: known, message: JSON.stringify({ id, method }) });
    const { error, result } = await reply;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}

/** Bytes of all of it. */
export function heapBytes(parts: readonly HeapPart[]): number {
  return parts.reduce((sum, { objects, embedder, buffers }) => sum + objects + embedder + buffers, 0);
}
