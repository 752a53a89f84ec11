/** Errors of the v2 API (etcdserver/api/v2error): codes, texts, HTTP statuses and the JSON body. */

import { goTextJson } from '#v2/go-text.ts';

/** By the names of etcd's constants (`EcodeKeyNotFound` is `KeyNotFound`). */
export const V2Code = {
  KeyNotFound: 100,
  TestFailed: 101,
  NotFile: 102,
  NotDir: 104,
  NodeExist: 105,
  RootReadOnly: 107,
  DirNotEmpty: 108,
  Unauthorized: 110,
  PrevValueRequired: 201,
  TtlNotANumber: 202,
  IndexNotANumber: 203,
  InvalidField: 209,
  InvalidForm: 210,
  RefreshValue: 211,
  RefreshTtlRequired: 212,
  RaftInternal: 300,
  EventIndexCleared: 401,
} as const;
export type V2Code = (typeof V2Code)[keyof typeof V2Code];

const TEXTS: Readonly<Record<V2Code, string>> = {
  100: 'Key not found',
  101: 'Compare failed',
  102: 'Not a file',
  104: 'Not a directory',
  105: 'Key already exists',
  107: 'Root is read only',
  108: 'Directory not empty',
  110: 'The request requires user authentication',
  201: 'PrevValue is Required in POST form',
  202: 'The given TTL in POST form is not a number',
  203: 'The given index in POST form is not a number',
  209: 'Invalid field',
  210: 'Invalid POST form',
  211: 'Value provided on refresh',
  212: 'A TTL must be provided on refresh',
  300: 'Raft Internal Error',
  401: 'The event in requested index is outdated and cleared',
};

const STATUSES: Readonly<Partial<Record<V2Code, number>>> = { 100: 404, 101: 412, 102: 403, 105: 412, 108: 403, 110: 401, 300: 500 };

/** What a request failed with; plain data. */
export interface V2Error {
  readonly code: V2Code;
  /** A path with its store prefix, a comparison, a field … */
  readonly cause: string;
  /** The store's index; 0 where the request did not reach it. */
  readonly index: number;
}

export const v2Error = (code: V2Code, cause: string, index = 0): V2Error => ({ code, cause, index });

/** HTTP status. */
export const v2Status = (error: V2Error): number => STATUSES[error.code] ?? 400;

/** The body of an error's answer, without the newline at its end. */
export function v2ErrorJson({ code, cause, index }: V2Error): string {
  const reason = cause === '' ? '' : `,"cause":${goTextJson(cause)}`;
  return `{"errorCode":${code},"message":${goTextJson(TEXTS[code])}${reason},"index":${index}}`;
}
