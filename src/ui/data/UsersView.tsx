/** Users, roles and what each may do; authentication on and off. */

import { useState, type JSX, type SubmitEvent } from 'react';
import { shellWord } from '#view/byte-text.ts';
import type { AuthAnswer, RoleView } from '#view/data.ts';
import { utf8 } from '#kernel/bytes.ts';
import { MemberSelect } from '#ui/data/MemberSelect.tsx';
import { rangeText } from '#ui/data/range-text.ts';
import { RunLine } from '#ui/data/RunLine.tsx';
import { CheckField, ChoiceField, TextField } from '#ui/data/TextField.tsx';
import { useData, useDataMember, useDataWords, useLines } from '#ui/data/use-data.ts';

const word = (text: string): string => shellWord(utf8(text));

/** A view's lines, as a user where authentication asks for one. */
function useAuthLines(as: string): { readonly run: (...words: readonly string[]) => void } {
  const { etcdctl, run } = useLines('users');
  return {
    run: (...words) => {
      run(etcdctl(...(as === '' ? [] : [`--user=${word(as)}`]), ...words));
    },
  };
}

function Role({ role, as }: { readonly role: RoleView; readonly as: string }): JSX.Element {
  const words = useDataWords();
  const { run } = useAuthLines(as);
  const [key, setKey] = useState('');
  const [kind, setKind] = useState<'read' | 'write' | 'readwrite'>('readwrite');
  const [prefix, setPrefix] = useState(true);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    run('role', 'grant-permission', word(role.name), ...(prefix ? ['--prefix=true'] : []), kind, word(key));
  };
  return (
    <li className="member-row" aria-label={role.name}>
      <div className="watcher-head">
        <strong>{role.name}</strong>
        <button
          type="button"
          className="link-button"
          aria-label={words.users.removeRole(role.name)}
          onClick={() => {
            run('role', 'delete', word(role.name));
          }}
        >
          {words.keys.remove}
        </button>
      </div>
      {role.permissions.length === 0 ? (
        <p className="quiet">{words.users.mayNothing}</p>
      ) : (
        <ul className="changes">
          {role.permissions.map((permission, i) => (
            <li key={i}>{words.users.may(words.users.kinds[permission.kind], rangeText(permission.key, permission.rangeEnd, words))}</li>
          ))}
        </ul>
      )}
      <form className="fields fields-wrap" onSubmit={submit} aria-label={`${words.users.grant} ${role.name}`}>
        <ChoiceField
          label={words.users.kind}
          value={kind}
          choices={(['read', 'write', 'readwrite'] as const).map((each) => [each, words.users.kinds[each]] as const)}
          onChange={setKind}
          small
        />
        <TextField label={words.users.key} value={key} onChange={setKey} required />
        <CheckField label={words.users.prefix} checked={prefix} onChange={setPrefix} />
        <button type="submit" className="button">
          {words.users.grant}
        </button>
      </form>
    </li>
  );
}

function Users({ auth, as }: { readonly auth: AuthAnswer; readonly as: string }): JSX.Element {
  const words = useDataWords();
  const { run } = useAuthLines(as);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [role, setRole] = useState('');
  return (
    <>
      <h3>{words.users.users}</h3>
      {auth.users.length === 0 && <p className="empty">{words.users.noUsers}</p>}
      <ul className="watchers" aria-label={words.users.users}>
        {auth.users.map((user) => (
          <li key={user.name} className="member-row" aria-label={user.name}>
            <div className="watcher-head">
              <strong>{user.name}</strong> <span className="quiet">{words.users.rolesOf(user.roles)}</span>
              <button
                type="button"
                className="link-button"
                aria-label={words.users.removeUser(user.name)}
                onClick={() => {
                  run('user', 'delete', word(user.name));
                }}
              >
                {words.keys.remove}
              </button>
            </div>
            <div className="choice" role="group" aria-label={`${words.users.giveRole} ${user.name}`}>
              {auth.roles
                .map((each) => each.name)
                .concat(user.name === 'root' && !auth.roles.some((each) => each.name === 'root') ? ['root'] : [])
                .filter((each) => !user.roles.includes(each))
                .map((each) => (
                  <button
                    key={each}
                    type="button"
                    className="button"
                    onClick={() => {
                      run('user', 'grant-role', word(user.name), word(each));
                    }}
                  >
                    + {each}
                  </button>
                ))}
            </div>
          </li>
        ))}
      </ul>
      <form
        className="fields fields-wrap"
        aria-label={words.users.addUser}
        onSubmit={(event) => {
          event.preventDefault();
          run('user', 'add', word(`${name}:${password}`));
          setName('');
          setPassword('');
        }}
      >
        <TextField label={words.users.name} value={name} onChange={setName} required />
        <TextField label={words.users.password} value={password} onChange={setPassword} required />
        <button type="submit" className="button">
          {words.users.addUser}
        </button>
      </form>
      <h3>{words.users.roles}</h3>
      {auth.roles.length === 0 && <p className="empty">{words.users.noRoles}</p>}
      <ul className="watchers" aria-label={words.users.roles}>
        {auth.roles.map((each) => (
          <Role key={each.name} role={each} as={as} />
        ))}
      </ul>
      <form
        className="fields fields-wrap"
        aria-label={words.users.addRole}
        onSubmit={(event) => {
          event.preventDefault();
          run('role', 'add', word(role));
          setRole('');
        }}
      >
        <TextField label={words.users.role} value={role} onChange={setRole} required />
        <button type="submit" className="button">
          {words.users.addRole}
        </button>
      </form>
    </>
  );
}

export function UsersView(): JSX.Element {
  const words = useDataWords();
  const member = useDataMember();
  const [as, setAs] = useState('');
  const { run } = useAuthLines(as);
  const { last } = useLines('users');
  const auth = useData(member === undefined ? undefined : { type: 'auth', member: member.name }, 'time');
  return (
    <div className="data-view scroll">
      <p className="quiet">{words.users.explained}</p>
      <div className="fields fields-wrap">
        <MemberSelect />
        {(auth?.enabled === true || as !== '') && (
          <TextField label={words.users.as} value={as} onChange={setAs} placeholder="root:password" />
        )}
      </div>
      {auth?.error !== undefined && <p className="data-error">{auth.error}</p>}
      {auth !== undefined && auth.error === undefined && (
        <>
          <div className="data-note watcher-head">
            <strong role="status">{auth.enabled ? words.users.on : words.users.off}</strong>
            <button
              type="button"
              className="button"
              onClick={() => {
                run('auth', auth.enabled ? 'disable' : 'enable');
              }}
            >
              {auth.enabled ? words.users.disable : words.users.enable}
            </button>
          </div>
          <RunLine run={last} />
          <Users auth={auth} as={as} />
        </>
      )}
    </div>
  );
}
