/** What the commands of users, roles and authentication share. */

import type { ResponseHeader } from '#api/gen/rpc.ts';
import { goQuote } from '#ctl/duration.ts';
import type { Command, Phase } from '#ctl/etcdctl/command.ts';
import { outputFormat, printHeader, printMessage, printRest } from '#ctl/etcdctl/display.ts';
import { Exit, fail, type ScriptContext } from '#ctl/etcdctl/script.ts';

/** A change without a result: its sentence, its JSON, or its header. */
export function printDone(ctx: ScriptContext, type: string, r: { readonly header: ResponseHeader | undefined }, sentence: string): void {
  const format = outputFormat(ctx);
  if (format === 'simple') ctx.stdout(`${sentence}\n`);
  else if (format === 'json') printMessage(ctx, `etcdserverpb.${type}`, r);
  else if (format === 'fields') printHeader(ctx, r.header);
  else printRest(ctx, format, `etcdserverpb.${type}`, r);
}

export function printNames(
  ctx: ScriptContext,
  type: string,
  r: { readonly header: ResponseHeader | undefined },
  names: readonly string[],
): void {
  const format = outputFormat(ctx);
  if (format === 'simple') for (const name of names) ctx.stdout(`${name}\n`);
  else if (format === 'json') printMessage(ctx, `etcdserverpb.${type}`, r);
  else if (format === 'fields' && type === 'AuthRoleListResponse') {
    printHeader(ctx, r.header);
    ctx.stdout(`"Roles" :${names.map((n) => ` ${goQuote(n)}`).join('')}\n`);
  } else printRest(ctx, format, `etcdserverpb.${type}`, r);
}

/** Exactly so many arguments, or the command ends with its text. */
export function exactly(ctx: ScriptContext, count: number, text: string): readonly string[] {
  if (ctx.args.length !== count) fail(Exit.BadArgs, text);
  return ctx.args;
}

/** A command below a group. */
export const leaf = (name: string, use: string, short: string, run: Phase, flags: Command['flags'] = []): Command => ({
  name,
  use,
  short,
  flags,
  run,
});
/** A group of commands. */
export const group = (name: string, short: string, children: readonly Command[]): Command => ({
  name,
  use: '<subcommand>',
  short,
  flags: [],
  children,
});
