/** etcdctl alarm … and defrag. */

import { AlarmRequest, AlarmRequest_AlarmAction, AlarmType, DefragmentRequest, type AlarmResponse } from '#api/gen/rpc.ts';
import { MaintenanceService } from '#api/rpc.ts';
import type { Command } from '#ctl/etcdctl/command.ts';
import { connect } from '#ctl/etcdctl/connect.ts';
import { DATA_DIR, defragDirectory } from '#ctl/etcdctl/defrag-directory.ts';
import { field, outputFormat, printHeader, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import { CLUSTER, targets } from '#ctl/etcdctl/endpoint.ts';
import { call, errorText, exit, Exit, fail, flagString, must, type Script, type ScriptContext } from '#ctl/etcdctl/script.ts';

const ALARM_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(AlarmType).map(([name, value]) => [value, name]));

function printAlarms(ctx: ScriptContext, r: AlarmResponse): void {
  const format = outputFormat(ctx);
  if (format === 'json') printMessage(ctx, 'etcdserverpb.AlarmResponse', { ...r, header: undefined });
  else if (format === 'simple')
    for (const a of r.alarms) ctx.stdout(`memberID:${a.memberID} alarm:${ALARM_NAMES.get(a.alarm) ?? a.alarm} \n`);
  else if (format === 'fields') {
    printHeader(ctx, r.header);
    for (const a of r.alarms) {
      field(ctx, 'MemberID', a.memberID);
      field(ctx, 'AlarmType', ALARM_NAMES.get(a.alarm) ?? '');
      ctx.stdout('\n');
    }
  } else printRest(ctx, format, 'etcdserverpb.AlarmResponse', r);
}

function* alarmList(ctx: ScriptContext): Script {
  if (ctx.args.length > 0) fail(Exit.BadArgs, 'alarm list command accepts no arguments');
  yield* connect(ctx);
  printAlarms(
    ctx,
    yield* must(MaintenanceService.Alarm, AlarmRequest.create({ action: AlarmRequest_AlarmAction.GET, alarm: AlarmType.NONE })),
  );
  return exit();
}

function* alarmDisarm(ctx: ScriptContext): Script {
  if (ctx.args.length > 0) fail(Exit.BadArgs, 'alarm disarm command accepts no arguments');
  yield* connect(ctx);
  const raised = yield* must(MaintenanceService.Alarm, AlarmRequest.create());
  let last: AlarmResponse = { header: raised.header, alarms: [] };
  const lifted: AlarmResponse['alarms'][number][] = [];
  for (const alarm of raised.alarms) {
    last = yield* must(
      MaintenanceService.Alarm,
      AlarmRequest.create({ action: AlarmRequest_AlarmAction.DEACTIVATE, memberID: alarm.memberID, alarm: alarm.alarm }),
    );
    lifted.push(...last.alarms);
  }
  printAlarms(ctx, { header: last.header, alarms: lifted });
  return exit();
}

function* defrag(ctx: ScriptContext): Script {
  if (flagString(ctx, 'data-dir') !== '') return yield* defragDirectory(ctx);
  yield* connect(ctx);
  let failures = 0;
  for (const endpoint of yield* targets(ctx)) {
    const result = yield* call(MaintenanceService.Defragment, DefragmentRequest.create(), endpoint);
    if (result.ok) ctx.stdout(`Finished defragmenting etcd member[${endpoint}]\n`);
    else {
      failures++;
      ctx.stderr(`Failed to defragment etcd member[${endpoint}] (${errorText(result.error)})\n`);
    }
  }
  return exit(failures > 0 ? Exit.Error : Exit.Success);
}

export const alarmCommand: Command = {
  name: 'alarm',
  use: '<subcommand>',
  short: 'Shows and lifts alarms',
  flags: [],
  children: [
    { name: 'disarm', use: '', short: 'Lifts all alarms', flags: [], run: alarmDisarm },
    { name: 'list', use: '', short: 'Lists the alarms', flags: [], run: alarmList },
  ],
};

export const defragCommand: Command = {
  name: 'defrag',
  use: '',
  short: 'Gives unused space of the backend file back',
  flags: [CLUSTER, DATA_DIR],
  run: defrag,
};
