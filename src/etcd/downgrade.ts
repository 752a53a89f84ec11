/**
 * Maintenance.Downgrade of 3.5 (server/etcdserver/v3_server.go): the checks are etcd's; nothing older than the modelled version can be run
 * here, so what passes them is answered as not supported. 3.4 has no such method.
 */

import { DowngradeRequest, DowngradeRequest_DowngradeAction } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import { Code, ERRORS, unimplemented } from '#api/errors.ts';
import type { Bytes } from '#kernel/bytes.ts';
import { answer, fail } from '#etcd/answer.ts';
import type { OpenCall } from '#etcd/calls.ts';
import type { Parts } from '#etcd/parts.ts';
import { versionRules } from '#etcd/version-rules.ts';

/** A version as `major.minor` or with a patch. */
function parseVersion(text: string): { readonly major: number; readonly minor: number } | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

export function downgrade(m: Parts, call: OpenCall, body: Bytes): void {
  if (!versionRules(m.config).hasNewMethods) return fail(m, call.id, unimplemented(call.method), call.event);
  const { action, version } = DowngradeRequest.decode(body);
  if (action === DowngradeRequest_DowngradeAction.CANCEL) return fail(m, call.id, ERRORS.NoInflightDowngrade, call.event);
  if (action !== DowngradeRequest_DowngradeAction.VALIDATE && action !== DowngradeRequest_DowngradeAction.ENABLE)
    return fail(m, call.id, { code: Code.Unknown, message: 'etcdserver: unknown method' }, call.event);
  const target = parseVersion(version);
  if (target === undefined) return fail(m, call.id, ERRORS.WrongDowngradeVersionFormat, call.event);
  const present = m.machine.cluster.version;
  const current = present === undefined ? undefined : parseVersion(present);
  if (present === undefined || current === undefined) return fail(m, call.id, ERRORS.ClusterVersionUnavailable, call.event);
  if (target.major !== current.major || target.minor !== current.minor - 1)
    return fail(m, call.id, ERRORS.InvalidDowngradeTargetVersion, call.event);
  if (action === DowngradeRequest_DowngradeAction.VALIDATE)
    return answer(m, call.id, MaintenanceService.Downgrade, { header: undefined, version: present }, call.event);
  fail(m, call.id, { code: Code.Unimplemented, message: 'a downgrade is not supported here: no older version can be run' }, call.event);
}
