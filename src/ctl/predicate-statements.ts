/** The statements of a condition, each read by its first word. */

import {
  NUMBER_QUANTITIES,
  OUTCOMES,
  ROLES,
  type Changing,
  type Comparison,
  type NumberQuantity,
  type Predicate,
  type Scope,
} from '#ctl/predicate.ts';
import type { PredicateCursor, Read } from '#ctl/predicate-cursor.ts';
import type { PredicateProblem } from '#ctl/predicate-tokens.ts';

export type StatementResult = { readonly type: 'ok'; readonly predicate: Predicate } | PredicateProblem;

type Reader = (cursor: PredicateCursor) => StatementResult;

const ok = (predicate: Predicate): StatementResult => ({ type: 'ok', predicate });
const isQuantity = (text: string): text is NumberQuantity => NUMBER_QUANTITIES.some((q) => q === text);

const READERS: Readonly<Record<string, Reader>> = {
  leader: readLeader,
  leaders: (c) => numberOrChanges(c, 'leaders', { type: 'leaders' }, ({ comparison, value }) => ({ type: 'leaders', comparison, value })),
  alive: (c) => readLiveness(c, 'alive'),
  dead: (c) => readLiveness(c, 'dead'),
  frozen: (c) => readLiveness(c, 'frozen'),
  role: readRole,
  key: readKey,
  entry: readEntry,
  messages: readMessages,
  faults: readFaults,
  alarm: readAlarm,
  lease: readLease,
  'lease-of': readLeaseOf,
  owner: readOwner,
  metric: readMetric,
  outcome: readOutcome,
  outcomes: readOutcomes,
  violated: readViolated,
  'steps-down': (c) => scoped(c, (scope) => ({ type: 'steps-down', scope })),
  event: readEvent,
  log: readLog,
};

/** First words of statements, for errors and completion. */
export const STATEMENTS: readonly string[] = [...Object.keys(READERS), ...NUMBER_QUANTITIES];

/** Reads one statement. */
export function readStatement(cursor: PredicateCursor): StatementResult {
  const head = cursor.take();
  if (head === undefined) return cursor.problem('a condition is missing');
  if (head.type === 'word') {
    if (isQuantity(head.text)) return readNumber(cursor, head.text);
    const reader = Object.hasOwn(READERS, head.text) ? READERS[head.text] : undefined;
    if (reader !== undefined) return reader(cursor);
  }
  return cursor.problem(`unknown condition ${head.shown}: there are ${STATEMENTS.join(', ')}`, head);
}

/** Ends a statement with its scope. */
function scoped(cursor: PredicateCursor, make: (scope: Scope) => Predicate): StatementResult {
  const scope = cursor.scope();
  return scope.type === 'error' ? scope : ok(make(scope.value));
}

/** `changes [on M]`, if it comes next. */
function changes(cursor: PredicateCursor, of: Changing): StatementResult | undefined {
  return cursor.accept('changes') ? scoped(cursor, (scope) => ({ type: 'changes', of, scope })) : undefined;
}

interface Compared {
  readonly comparison: Comparison;
  readonly value: number;
}

function numberOrChanges(cursor: PredicateCursor, what: string, of: Changing, make: (compared: Compared) => Predicate): StatementResult {
  const changing = changes(cursor, of);
  if (changing !== undefined) return changing;
  const compared = cursor.compared(what);
  return compared.type === 'error' ? compared : ok(make(compared.value));
}

function readLeader(cursor: PredicateCursor): StatementResult {
  const changing = changes(cursor, { type: 'leader' });
  if (changing !== undefined) return changing;
  const equal = cursor.equality();
  if (equal === undefined) return ok({ type: 'has-leader' });
  const node = cursor.node();
  return node.type === 'error' ? node : ok({ type: 'leader-is', node: node.value, equal });
}

function readLiveness(cursor: PredicateCursor, what: 'alive' | 'frozen' | 'dead'): StatementResult {
  const node = cursor.node();
  return node.type === 'error' ? node : ok({ type: 'liveness', what, node: node.value });
}

function readNumber(cursor: PredicateCursor, quantity: NumberQuantity): StatementResult {
  const changing = changes(cursor, { type: 'number', quantity });
  if (changing !== undefined) return changing;
  const compared = cursor.compared(quantity);
  if (compared.type === 'error') return compared;
  return scoped(cursor, (scope) => ({ type: 'number', quantity, ...compared.value, scope }));
}

function readRole(cursor: PredicateCursor): StatementResult {
  const changing = changes(cursor, { type: 'role' });
  if (changing !== undefined) return changing;
  const equal = cursor.equality();
  if (equal === undefined) return cursor.problem('role needs = or != and a role');
  const role = cursor.oneOf(ROLES, `role is one of ${ROLES.join(', ')}`);
  if (role.type === 'error') return role;
  return scoped(cursor, (scope) => ({ type: 'role', role: role.value, equal, scope }));
}

function readKey(cursor: PredicateCursor): StatementResult {
  const key = cursor.text('key needs the name of a key: key "foo" = "bar"');
  if (key.type === 'error') return key;
  const changing = changes(cursor, { type: 'key', key: key.value });
  if (changing !== undefined) return changing;
  let value: string | undefined;
  let equal = true;
  if (cursor.accept('absent')) equal = false;
  else if (!cursor.accept('exists')) {
    const equality = cursor.equality();
    if (equality !== undefined) {
      const read = cursor.text('= needs a value: key "foo" = "bar"');
      if (read.type === 'error') return read;
      value = read.value;
      equal = equality;
    }
  }
  return scoped(cursor, (scope) => ({ type: 'key', key: key.value, value, equal, scope }));
}

function readEntry(cursor: PredicateCursor): StatementResult {
  const index = cursor.whole('entry needs an index: entry 12 = 3');
  if (index.type === 'error') return index;
  const compared = cursor.compared('entry');
  if (compared.type === 'error') return compared;
  return scoped(cursor, (scope) => ({ type: 'entry', index: index.value, ...compared.value, scope }));
}

/** `messages TYPE [from A] [to B] [> N]`; without a comparison: there is one. */
function readMessages(cursor: PredicateCursor): StatementResult {
  const kind = cursor.text('messages needs a type: messages MsgApp > 0');
  if (kind.type === 'error') return kind;
  const from = end(cursor, 'from');
  if (from.type === 'error') return from;
  const to = end(cursor, 'to');
  if (to.type === 'error') return to;
  const ends = { from: from.value, to: to.value };
  if (!cursor.atComparison) return ok({ type: 'messages', kind: kind.value, ...ends, comparison: '>', value: 0 });
  const compared = cursor.compared('messages');
  if (compared.type === 'error') return compared;
  return ok({ type: 'messages', kind: kind.value, ...ends, ...compared.value });
}

/** `faults > 0 [on NAME]`: NAME may be a member that does not run, or a client. */
function readFaults(cursor: PredicateCursor): StatementResult {
  const compared = cursor.compared('faults');
  if (compared.type === 'error') return compared;
  if (!cursor.accept('on')) return ok({ type: 'faults', ...compared.value, node: undefined });
  const node = cursor.text('on needs the name of a member or client');
  return node.type === 'error' ? node : ok({ type: 'faults', ...compared.value, node: node.value });
}

function end(cursor: PredicateCursor, word: 'from' | 'to'): Read<string | undefined> {
  return cursor.accept(word) ? cursor.node() : { type: 'ok', value: undefined };
}

function readAlarm(cursor: PredicateCursor): StatementResult {
  const changing = changes(cursor, { type: 'alarm' });
  if (changing !== undefined) return changing;
  const alarm = cursor.oneOf(['NOSPACE', 'CORRUPT', 'any'], 'alarm is NOSPACE, CORRUPT or any');
  return alarm.type === 'error' ? alarm : scoped(cursor, (scope) => ({ type: 'alarm', alarm: alarm.value, scope }));
}

function readLeaseId(cursor: PredicateCursor): Read<string> {
  const token = cursor.peek();
  const id = cursor.text('lease needs an id in hex');
  if (id.type === 'error') return id;
  if (!/^[0-9a-fA-F]{1,16}$/.test(id.value)) return cursor.problem('lease needs an id in hex', token);
  return { type: 'ok', value: id.value.toLowerCase().replace(/^0+(?=.)/, '') };
}

function readLease(cursor: PredicateCursor): StatementResult {
  const id = readLeaseId(cursor);
  return id.type === 'error' ? id : scoped(cursor, (scope) => ({ type: 'lease', id: id.value, scope }));
}

function readLeaseOf(cursor: PredicateCursor): StatementResult {
  const key = cursor.text('lease-of needs the name of a key: lease-of "foo" = 694d71ddacfda227');
  if (key.type === 'error') return key;
  const changing = changes(cursor, { type: 'lease-of', key: key.value });
  if (changing !== undefined) return changing;
  const equal = cursor.equality();
  if (equal === undefined) return cursor.problem('lease-of needs = or != and an id or none, or changes');
  const id: Read<string> = cursor.accept('none') ? { type: 'ok', value: 'none' } : readLeaseId(cursor);
  return id.type === 'error' ? id : scoped(cursor, (scope) => ({ type: 'lease-of', key: key.value, lease: id.value, equal, scope }));
}

function readOwner(cursor: PredicateCursor): StatementResult {
  const prefix = cursor.text('owner needs a prefix of keys: owner "lock/" = none');
  if (prefix.type === 'error') return prefix;
  const changing = changes(cursor, { type: 'owner', key: prefix.value });
  if (changing !== undefined) return changing;
  const equal = cursor.equality();
  if (equal === undefined) return cursor.problem('owner needs = or != and a key or none, or changes');
  const key = cursor.text('owner is a key, or none');
  return key.type === 'error' ? key : scoped(cursor, (scope) => ({ type: 'owner', prefix: prefix.value, key: key.value, equal, scope }));
}

function readMetric(cursor: PredicateCursor): StatementResult {
  const name = cursor.text('metric needs a name of /metrics: metric etcd_server_has_leader = 1');
  if (name.type === 'error') return name;
  const changing = changes(cursor, { type: 'metric', key: name.value });
  if (changing !== undefined) return changing;
  const compared = cursor.comparedDecimal('metric');
  return compared.type === 'error' ? compared : scoped(cursor, (scope) => ({ type: 'metric', name: name.value, ...compared.value, scope }));
}

function readOutcome(cursor: PredicateCursor): StatementResult {
  const process = cursor.text('outcome needs the name of a background command, or any: outcome w1 = ok');
  if (process.type === 'error') return process;
  const message = `outcome needs = or != and one of ${OUTCOMES.join(', ')}`;
  const equal = cursor.equality();
  if (equal === undefined) return cursor.problem(message);
  const outcome = cursor.oneOf(OUTCOMES, message);
  return outcome.type === 'error' ? outcome : ok({ type: 'outcome', process: process.value, outcome: outcome.value, equal });
}

function readOutcomes(cursor: PredicateCursor): StatementResult {
  const outcome = cursor.oneOf(OUTCOMES, `outcomes needs one of ${OUTCOMES.join(', ')}: outcomes unknown > 0`);
  if (outcome.type === 'error') return outcome;
  const of = { type: 'outcomes', outcome: outcome.value } as const;
  return numberOrChanges(cursor, 'outcomes', of, (compared) => ({ ...of, ...compared }));
}

const JOINTS = new Set(['and', 'or', ')']);

function readViolated(cursor: PredicateCursor): StatementResult {
  const next = cursor.peek();
  if (next === undefined || (next.type !== 'text' && JOINTS.has(next.text))) return ok({ type: 'violated', property: undefined });
  const property = cursor.text('violated is followed by the name of a property, or by nothing');
  return property.type === 'error' ? property : ok({ type: 'violated', property: property.value });
}

function readEvent(cursor: PredicateCursor): StatementResult {
  const token = cursor.peek();
  const kind = cursor.text('event needs a kind: event watch-cancelled');
  if (kind.type === 'error') return kind;
  const { events } = cursor.names;
  if (events !== undefined && !events.includes(kind.value))
    return cursor.problem(`no event ${token?.shown ?? ''}: there are ${events.join(', ')}`, token);
  return scoped(cursor, (scope) => ({ type: 'event', kind: kind.value, scope }));
}

function readLog(cursor: PredicateCursor): StatementResult {
  const token = cursor.peek();
  const line = cursor.text('log needs the id of a log line, or a part of its message: log "slow fdatasync"');
  if (line.type === 'error') return line;
  const isId = token?.type === 'word' && /^\d{1,9}$/.test(line.value);
  return scoped(cursor, (scope) => ({ type: 'log', line: isId ? Number(line.value) : line.value, scope }));
}
