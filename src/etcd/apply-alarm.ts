/** Alarm entries on the state machine: asked for, raised, disarmed (server/etcdserver/apply.go). */

import { AlarmRequest_AlarmAction, AlarmType, type AlarmRequest, type AlarmResponse } from '#api/gen/rpc.ts';
import { formatId } from '#etcd/identity.ts';
import { alarmName, alarmText } from '#etcd/maintenance.ts';
import type { Parts } from '#etcd/parts.ts';

/** The answer has no header: 3.4 sends it like this, 3.5 fills it in. An action that does not exist does nothing (etcd panics). */
export function applyAlarm(m: Parts, r: AlarmRequest): AlarmResponse {
  const { alarms } = m.machine;
  const alarm = { memberId: r.memberID, type: r.alarm };
  const message = { memberID: r.memberID, alarm: r.alarm };
  const fields = { alarm: alarmName(r.alarm), from: formatId(r.memberID) };
  const isKnown = r.alarm === AlarmType.NOSPACE || r.alarm === AlarmType.CORRUPT;
  switch (r.action) {
    case AlarmRequest_AlarmAction.ACTIVATE: {
      const isFirst = !alarms.has(r.alarm);
      alarms.raise(alarm);
      if (isFirst) {
        m.out.log('alarm-raised', fields);
        if (!isKnown) m.out.log('alarm-unimplemented', { alarm: alarmText(alarm) });
      }
      return { header: undefined, alarms: [message] };
    }
    case AlarmRequest_AlarmAction.DEACTIVATE: {
      if (alarms.disarm(alarm) === undefined) return NO_ALARMS;
      if (!alarms.has(r.alarm)) {
        if (isKnown) m.out.log('alarm-disarmed', fields);
        else m.out.log('alarm-disarm-unimplemented', { alarm: alarmText(alarm) });
      }
      return { header: undefined, alarms: [message] };
    }
    case AlarmRequest_AlarmAction.GET:
      return { header: undefined, alarms: alarms.list(r.alarm).map(({ memberId, type }) => ({ memberID: memberId, alarm: type })) };
    default:
      return NO_ALARMS;
  }
}

const NO_ALARMS: AlarmResponse = { header: undefined, alarms: [] };
