/**
 * The methods of etcd's services by their gRPC path (`/etcdserverpb.KV/Put`): how clients address a call and members find its
 * handler. The typed tables per service are generated; this file looks them up by path.
 */

import {
  AuthService,
  ClusterService,
  ElectionService,
  KVService,
  LeaseService,
  LockService,
  MaintenanceService,
  WatchService,
} from '#api/gen/services.ts';
import type { MessageCodec } from '#api/wire.ts';

export { AuthService, ClusterService, ElectionService, KVService, LeaseService, LockService, MaintenanceService, WatchService };

/** One message each way; one request and a stream of responses; streams both ways. */
export type MethodKind = 'unary' | 'server-stream' | 'bidi';

/** A method. The typed entries (`KVService.Put`) fit this with their own message types. */
export interface Method<Request = unknown, Response = unknown> {
  readonly path: string;
  readonly kind: MethodKind;
  readonly request: MessageCodec<Request>;
  readonly response: MessageCodec<Response>;
  /** Full message names, keys of the schema tables. */
  readonly requestType: string;
  readonly responseType: string;
}

const SERVICES: readonly Readonly<Record<string, Method>>[] = [
  KVService,
  WatchService,
  LeaseService,
  ClusterService,
  MaintenanceService,
  AuthService,
  LockService,
  ElectionService,
];

/** Every method by its path, in the order of the services. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  SERVICES.flatMap((service) => Object.values(service).map((method) => [method.path, method] as const)),
);

/** The method of a path; undefined for a path that no etcd server knows (gRPC answers Unimplemented, code 12). */
export const methodByPath = (path: string): Method | undefined => METHODS.get(path);
