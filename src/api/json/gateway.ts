/** The JSON gateway's paths and the bodies of its errors. Prefixes: `/v3` and `/v3beta`; `/v3alpha` is unknown to 3.4 and 3.5. */

import { httpStatus, type ApiError } from '#api/errors.ts';
import { goJsonString } from '#api/json/encode.ts';
import {
  AuthService,
  ClusterService,
  ElectionService,
  KVService,
  LeaseService,
  LockService,
  MaintenanceService,
  WatchService,
  type Method,
} from '#api/rpc.ts';

/** Methods by path below the prefix; all are POST. */
export const GATEWAY_ROUTES: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['/kv/range', KVService.Range],
  ['/kv/put', KVService.Put],
  ['/kv/deleterange', KVService.DeleteRange],
  ['/kv/txn', KVService.Txn],
  ['/kv/compaction', KVService.Compact],
  ['/watch', WatchService.Watch],
  ['/lease/grant', LeaseService.LeaseGrant],
  ['/lease/revoke', LeaseService.LeaseRevoke],
  ['/kv/lease/revoke', LeaseService.LeaseRevoke],
  ['/lease/keepalive', LeaseService.LeaseKeepAlive],
  ['/lease/timetolive', LeaseService.LeaseTimeToLive],
  ['/kv/lease/timetolive', LeaseService.LeaseTimeToLive],
  ['/lease/leases', LeaseService.LeaseLeases],
  ['/kv/lease/leases', LeaseService.LeaseLeases],
  ['/cluster/member/add', ClusterService.MemberAdd],
  ['/cluster/member/remove', ClusterService.MemberRemove],
  ['/cluster/member/update', ClusterService.MemberUpdate],
  ['/cluster/member/list', ClusterService.MemberList],
  ['/cluster/member/promote', ClusterService.MemberPromote],
  ['/maintenance/alarm', MaintenanceService.Alarm],
  ['/maintenance/status', MaintenanceService.Status],
  ['/maintenance/defragment', MaintenanceService.Defragment],
  ['/maintenance/hash', MaintenanceService.Hash],
  ['/maintenance/hashkv', MaintenanceService.HashKV],
  ['/maintenance/snapshot', MaintenanceService.Snapshot],
  ['/maintenance/transfer-leadership', MaintenanceService.MoveLeader],
  ['/maintenance/downgrade', MaintenanceService.Downgrade],
  ['/auth/enable', AuthService.AuthEnable],
  ['/auth/disable', AuthService.AuthDisable],
  ['/auth/status', AuthService.AuthStatus],
  ['/auth/authenticate', AuthService.Authenticate],
  ['/auth/user/add', AuthService.UserAdd],
  ['/auth/user/get', AuthService.UserGet],
  ['/auth/user/list', AuthService.UserList],
  ['/auth/user/delete', AuthService.UserDelete],
  ['/auth/user/changepw', AuthService.UserChangePassword],
  ['/auth/user/grant', AuthService.UserGrantRole],
  ['/auth/user/revoke', AuthService.UserRevokeRole],
  ['/auth/role/add', AuthService.RoleAdd],
  ['/auth/role/get', AuthService.RoleGet],
  ['/auth/role/list', AuthService.RoleList],
  ['/auth/role/delete', AuthService.RoleDelete],
  ['/auth/role/grant', AuthService.RoleGrantPermission],
  ['/auth/role/revoke', AuthService.RoleRevokePermission],
  ['/lock/lock', LockService.Lock],
  ['/lock/unlock', LockService.Unlock],
  ['/election/campaign', ElectionService.Campaign],
  ['/election/proclaim', ElectionService.Proclaim],
  ['/election/leader', ElectionService.Leader],
  ['/election/observe', ElectionService.Observe],
  ['/election/resign', ElectionService.Resign],
]);

/** The method of a whole path (`/v3/kv/put`); undefined if the gateway has none there. */
export function gatewayMethod(path: string): Method | undefined {
  const match = /^\/v3(?:beta)?(\/.*)$/.exec(path);
  return match === null ? undefined : GATEWAY_ROUTES.get(match[1] ?? '');
}

type Status = Pick<ApiError, 'code' | 'message'>;

/** Body of a failed unary call; 3.5's gateway puts the code before the message. No newline at its end. */
export function errorBody(error: Status, profile: '3.4.23' | '3.5'): string {
  const message = goJsonString(error.message);
  return profile === '3.4.23'
    ? `{"error":${message},"message":${message},"code":${error.code}}`
    : `{"error":${message},"code":${error.code},"message":${message}}`;
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'Length Required',
  412: 'Precondition Failed',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Go's text of an HTTP status, '' for one that it does not know. */
export const statusTextOf = (status: number): string => STATUS_TEXTS[status] ?? '';

/** The line that ends a failed stream: `{"error":{…}}`. */
export function streamErrorLine(error: Status): string {
  const status = httpStatus(error.code);
  return `{"error":{"grpc_code":${error.code},"http_code":${status},"message":${goJsonString(error.message)},"http_status":${goJsonString(statusTextOf(status))}}}\n`;
}

/** One answer of a stream: `{"result":…}`. @param json the message's own JSON */
export const streamResultLine = (json: string): string => `{"result":${json}}\n`;
