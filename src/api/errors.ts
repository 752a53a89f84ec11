/**
 * etcd's errors as plain values. A member answers a call with one, a client reads code and message; nothing is thrown. Texts and codes
 * are those of etcd 3.4/3.5 as a client receives them.
 *
 * `effect` says what a client may conclude about a write: `definite` is "it did not and will not happen", `unknown` is "it may have
 * happened, or may still happen" (a proposal that timed out can commit later).
 */

/** gRPC status codes. */
export const Code = {
  OK: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

const CODE_NAMES: readonly string[] = Object.keys(Code);
/** The name that Go prints for a code: `NotFound`; `Code(99)` for one that gRPC does not know. */
export const codeName = (code: number): string => CODE_NAMES[code] ?? `Code(${code})`;

export interface ApiError {
  readonly code: Code;
  readonly message: string;
  readonly effect: 'definite' | 'unknown';
}

const definite = (code: Code, message: string): ApiError => ({ code, message, effect: 'definite' });
const unknown = (code: Code, message: string): ApiError => ({ code, message, effect: 'unknown' });
const etcd = (code: Code, text: string): ApiError => definite(code, `etcdserver: ${text}`);

/** By the names of etcd's own constants (`ErrGRPCEmptyKey` is `EmptyKey`). */
export const ERRORS = {
  EmptyKey: etcd(Code.InvalidArgument, 'key is not provided'),
  KeyNotFound: etcd(Code.InvalidArgument, 'key not found'),
  ValueProvided: etcd(Code.InvalidArgument, 'value is provided'),
  LeaseProvided: etcd(Code.InvalidArgument, 'lease is provided'),
  TooManyOps: etcd(Code.InvalidArgument, 'too many operations in txn request'),
  DuplicateKey: etcd(Code.InvalidArgument, 'duplicate key given in txn request'),
  Compacted: etcd(Code.OutOfRange, 'mvcc: required revision has been compacted'),
  FutureRev: etcd(Code.OutOfRange, 'mvcc: required revision is a future revision'),
  NoSpace: etcd(Code.ResourceExhausted, 'mvcc: database space exceeded'),

  LeaseNotFound: etcd(Code.NotFound, 'requested lease not found'),
  LeaseExist: etcd(Code.FailedPrecondition, 'lease already exists'),
  LeaseTTLTooLarge: etcd(Code.OutOfRange, 'too large lease TTL'),

  WatchCanceled: etcd(Code.Canceled, 'watch canceled'),

  MemberExist: etcd(Code.FailedPrecondition, 'member ID already exist'),
  PeerURLExist: etcd(Code.FailedPrecondition, 'Peer URLs already exists'),
  /** FailedPrecondition in the server's own table, yet Unknown is what reaches a client: the table's key is the client's error. */
  MemberNotEnoughStarted: etcd(Code.Unknown, 're-configuration failed due to not enough started members'),
  UnhealthyCluster: etcd(Code.Unavailable, 'unhealthy cluster'),
  MemberBadURLs: etcd(Code.InvalidArgument, 'given member URLs are invalid'),
  MemberNotFound: etcd(Code.NotFound, 'member not found'),
  MemberNotLearner: etcd(Code.FailedPrecondition, 'can only promote a learner member'),
  MemberLearnerNotReady: etcd(Code.FailedPrecondition, 'can only promote a learner member which is in sync with leader'),
  TooManyLearners: etcd(Code.FailedPrecondition, 'too many learner members in cluster'),
  ClusterIdMismatch: etcd(Code.FailedPrecondition, 'cluster ID mismatch'),

  RequestTooLarge: etcd(Code.InvalidArgument, 'request is too large'),
  TooManyRequests: etcd(Code.ResourceExhausted, 'too many requests'),

  RootUserNotExist: etcd(Code.FailedPrecondition, 'root user does not exist'),
  RootRoleNotExist: etcd(Code.FailedPrecondition, 'root user does not have root role'),
  UserAlreadyExist: etcd(Code.FailedPrecondition, 'user name already exists'),
  UserEmpty: etcd(Code.InvalidArgument, 'user name is empty'),
  UserNotFound: etcd(Code.FailedPrecondition, 'user name not found'),
  RoleAlreadyExist: etcd(Code.FailedPrecondition, 'role name already exists'),
  RoleNotFound: etcd(Code.FailedPrecondition, 'role name not found'),
  RoleEmpty: etcd(Code.InvalidArgument, 'role name is empty'),
  AuthFailed: etcd(Code.InvalidArgument, 'authentication failed, invalid user ID or password'),
  PermissionNotGiven: etcd(Code.InvalidArgument, 'permission not given'),
  PermissionDenied: etcd(Code.PermissionDenied, 'permission denied'),
  RoleNotGranted: etcd(Code.FailedPrecondition, 'role is not granted to the user'),
  PermissionNotGranted: etcd(Code.FailedPrecondition, 'permission is not granted to the role'),
  AuthNotEnabled: etcd(Code.FailedPrecondition, 'authentication is not enabled'),
  InvalidAuthToken: etcd(Code.Unauthenticated, 'invalid auth token'),
  InvalidAuthMgmt: etcd(Code.InvalidArgument, 'invalid auth management'),
  AuthOldRevision: etcd(Code.InvalidArgument, 'revision of auth store is old'),

  NoLeader: etcd(Code.Unavailable, 'no leader'),
  NotLeader: etcd(Code.FailedPrecondition, 'not leader'),
  LeaderChanged: unknown(Code.Unavailable, 'etcdserver: leader changed'),
  NotCapable: etcd(Code.Unavailable, 'not capable'),
  /** The member stops while the proposal waits. */
  Stopped: unknown(Code.Unavailable, 'etcdserver: server stopped'),
  Timeout: unknown(Code.Unavailable, 'etcdserver: request timed out'),
  TimeoutDueToLeaderFail: unknown(Code.Unavailable, 'etcdserver: request timed out, possibly due to previous leader failure'),
  TimeoutDueToConnectionLost: unknown(Code.Unavailable, 'etcdserver: request timed out, possibly due to connection lost'),
  TimeoutWaitAppliedIndex: unknown(Code.Unavailable, 'etcdserver: request timed out, waiting for the applied index took too long'),
  Corrupt: etcd(Code.DataLoss, 'corrupt cluster'),
  NotSupportedForLearner: etcd(Code.Unavailable, 'rpc not supported for learner'),
  BadLeaderTransferee: etcd(Code.FailedPrecondition, 'bad leader transferee'),
  RequestCanceled: unknown(Code.Canceled, 'etcdserver: request canceled'),

  WrongDowngradeVersionFormat: etcd(Code.InvalidArgument, 'wrong downgrade target version format'),
  InvalidDowngradeTargetVersion: etcd(Code.InvalidArgument, 'invalid downgrade target version'),
  ClusterVersionUnavailable: etcd(Code.Unavailable, 'cluster version not found during downgrade'),
  DowngradeInProcess: etcd(Code.FailedPrecondition, 'cluster has a downgrade job in progress'),
  NoInflightDowngrade: etcd(Code.FailedPrecondition, 'no inflight downgrade job'),

  /** A client's own deadline passed. */
  DeadlineExceeded: unknown(Code.DeadlineExceeded, 'context deadline exceeded'),
  /** A client's own context was cancelled. */
  ContextCanceled: unknown(Code.Canceled, 'context canceled'),
  ElectionNoLeader: definite(Code.Unknown, 'election: no leader'),
} as const satisfies Readonly<Record<string, ApiError>>;

export type ErrorName = keyof typeof ERRORS;

/** gRPC's answer to a path that the server does not have. @param path `/package.Service/Method` */
export function unimplemented(path: string): ApiError {
  const cut = path.lastIndexOf('/');
  const service = path.slice(path.startsWith('/') ? 1 : 0, Math.max(cut, 0));
  const known = SERVICE_NAMES.has(service);
  return definite(
    Code.Unimplemented,
    known ? `unknown method ${path.slice(cut + 1)} for service ${service}` : `unknown service ${service}`,
  );
}

const SERVICE_NAMES: ReadonlySet<string> = new Set([
  'etcdserverpb.KV',
  'etcdserverpb.Watch',
  'etcdserverpb.Lease',
  'etcdserverpb.Cluster',
  'etcdserverpb.Maintenance',
  'etcdserverpb.Auth',
  'v3lockpb.Lock',
  'v3electionpb.Election',
]);

/** An error without a code of its own: it reaches clients as Unknown with its raw text. */
export const unknownError = (message: string): ApiError => unknown(Code.Unknown, message);

const BY_MESSAGE: ReadonlyMap<string, ApiError> = new Map(Object.values(ERRORS).map((e) => [e.message, e]));

/**
 * What a client makes of the status that ended a call. An unlisted text keeps its code; its effect is then unknown, except for codes
 * by which a server refuses before it acts.
 * @returns undefined for OK
 */
export function errorFromStatus(code: number, message: string): ApiError | undefined {
  if (code === Code.OK) return undefined;
  const listed = BY_MESSAGE.get(message);
  if (listed !== undefined && listed.code === code) return listed;
  const known = Object.values(Code).find((c) => c === code) ?? Code.Unknown;
  const refused: readonly number[] = [
    Code.InvalidArgument,
    Code.Unimplemented,
    Code.Unauthenticated,
    Code.PermissionDenied,
    Code.OutOfRange,
  ];
  return refused.includes(known) ? definite(known, message) : unknown(known, message);
}

/** A status as Go's gRPC prints it: `rpc error: code = NotFound desc = …`. */
export const statusText = (error: { readonly code: number; readonly message: string }): string =>
  `rpc error: code = ${codeName(error.code)} desc = ${error.message}`;

/** HTTP status of the JSON gateway for a gRPC code, as recorded from 3.4.23 (FailedPrecondition is 412 there, not 400). */
export function httpStatus(code: number): number {
  return HTTP_STATUS[code] ?? 500;
}

const HTTP_STATUS: readonly number[] = [200, 408, 500, 400, 504, 404, 409, 403, 429, 412, 409, 400, 501, 500, 503, 500, 401];
