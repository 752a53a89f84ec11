/**
 * The nominal types of the engine. One constructor each, the only place that casts.
 * Ids are 64-bit and therefore bigint; counters that never pass 2^53 are numbers.
 */

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Raft and member id, unsigned 64-bit; 0n is "none". */
export type NodeId = Brand<bigint, 'NodeId'>;
/** Raft term, a whole number from 0. */
export type Term = Brand<number, 'Term'>;
/** Index of a Raft log entry; the first entry has index 1, 0 is "before the log". */
export type LogIndex = Brand<number, 'LogIndex'>;
/** MVCC main revision; an empty store is at 1. */
export type Revision = Brand<number, 'Revision'>;
/** Lease id, positive signed 64-bit; 0n is "no lease". */
export type LeaseId = Brand<bigint, 'LeaseId'>;
/** Virtual time: whole microseconds since the start of the run. */
export type SimTime = Brand<number, 'SimTime'>;
/** Identifies one event of a trace: `actor * 2^40 + n`, see {@link eventId}. 0 is "no cause". */
export type EventId = Brand<number, 'EventId'>;

export const nodeId = (value: bigint): NodeId => value as NodeId;
export const term = (value: number): Term => value as Term;
export const logIndex = (value: number): LogIndex => value as LogIndex;
export const revision = (value: number): Revision => value as Revision;
export const leaseId = (value: bigint): LeaseId => value as LeaseId;
/** @param micros microseconds since the start of the run */
export const simTime = (micros: number): SimTime => micros as SimTime;

export const NO_NODE = nodeId(0n);
export const NO_EVENT = 0 as EventId;

const ACTOR_STRIDE = 2 ** 40;

/**
 * Packs an event id.
 * @param actor small number of the actor that emitted the event (0 the world, 1.. members, 1000.. clients), below 8192
 * @param n counter of that actor's events, from 1, below 2^40
 */
export const eventId = (actor: number, n: number): EventId => (actor * ACTOR_STRIDE + n) as EventId;
/** The actor that emitted an event. */
export const eventActor = (id: EventId): number => Math.floor(id / ACTOR_STRIDE);

/** Reads an event id back from its encoding. */
export const eventIdFromNumber = (value: number): EventId => value as EventId;

export const MICROS_PER_MILLI = 1000;
export const MICROS_PER_SECOND = 1_000_000;
/** @param ms milliseconds, fractions allowed down to one microsecond */
export const millis = (ms: number): number => Math.round(ms * MICROS_PER_MILLI);
