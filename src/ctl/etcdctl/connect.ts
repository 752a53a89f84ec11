/** What every command does before its first call: check the output format and the endpoints, log in if a user is given. */

import { AuthenticateRequest } from '#api/gen/rpc.ts';
import { AuthService } from '#api/rpc.ts';
import { outputFormat } from '#ctl/etcdctl/display.ts';
import { readHidden } from '#ctl/etcdctl/hidden-input.ts';
import type { LoginContext } from '#ctl/etcdctl/run-state.ts';
import { goQuote } from '#ctl/duration.ts';
import { calendar } from '#ctl/shell/tools/calendar.ts';
import { call, errorText, Exit, fail, flagString, stop, type Answer, type Ask, type ScriptContext } from '#ctl/etcdctl/script.ts';

const canLogin = (ctx: ScriptContext): ctx is LoginContext => 'setToken' in ctx;

/** etcdctl does not choose between a flag and the variable for it (pkg/flags/flag.go). */
function refuseShadowed({ start, changed }: ScriptContext): void {
  const variable = changed
    .map((flag) => `ETCDCTL_${flag.toUpperCase().replaceAll('-', '_')}`)
    .find((name) => Object.hasOwn(start.env, name));
  if (variable === undefined) return;
  const c = calendar(start.epochMillis + start.now / 1000);
  const day = `${c.year}-${String(c.month).padStart(2, '0')}-${String(c.day).padStart(2, '0')}`;
  const micros = String(start.now % 1_000_000).padStart(6, '0');
  const why = 'is shadowed by corresponding command-line flag (either unset environment variable or disable flag)';
  const line =
    start.profile === '3.4.23'
      ? `${day} ${c.hour}:${c.minute}:${c.second}.${micros} C | pkg/flags: conflicting environment variable ${goQuote(variable)} ${why}`
      : `{"level":"fatal","ts":"${day}T${c.hour}:${c.minute}:${c.second}.${micros.slice(0, 3)}Z","msg":"conflicting environment variable ${why})","environment-variable":"${variable}"}`;
  stop(Exit.Error, `${line}\n`);
}

/** Ends the command when it cannot work at all. */
export function* connect(ctx: ScriptContext): Generator<Ask, void, Answer> {
  refuseShadowed(ctx);
  outputFormat(ctx);
  if (ctx.endpoints.length === 0) fail(Exit.BadConnection, 'etcdclient: no available endpoints');
  const user = flagString(ctx, 'user');
  if (user === '' || !canLogin(ctx)) return;
  const password = flagString(ctx, 'password');
  const colon = user.indexOf(':');
  let name = colon < 0 || password !== '' ? user : user.slice(0, colon);
  let secret = password === '' ? (colon < 0 ? undefined : user.slice(colon + 1)) : password;
  if (secret === undefined) {
    secret = yield* readHidden(ctx, 'Password: ');
    name = user;
  }
  // The client does not even try to log in without a password.
  if (secret === '') return;
  const result = yield* call(AuthService.Authenticate, AuthenticateRequest.create({ name, password: secret }));
  if (result.ok) return ctx.setToken(result.value.token);
  // Without authentication the client goes on without a token.
  if (result.error.message !== 'etcdserver: authentication is not enabled') fail(Exit.BadConnection, errorText(result.error));
}
