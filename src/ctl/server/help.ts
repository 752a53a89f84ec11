/** What `etcd --help` says. */

import { flagNames, isIdle, kindOf, type FlagKind } from '#ctl/server/flag-table.ts';

/** Shown after a command line that cannot be read, on stderr. */
export const USAGE = `Usage:

  etcd [flags]
    Run a member of an etcd cluster until Ctrl-C.

  etcd --config-file FILE
    The same with all flags from a YAML file; other flags and ETCD_* variables are then ignored.

  etcd --version
    Say which version this is.

  etcd -h | --help
    Say what flags there are.
`;

const PLACES: Readonly<Record<FlagKind, string>> = {
  string: 'TEXT',
  bool: '',
  uint: 'NUMBER',
  int: 'NUMBER',
  duration: 'TIME',
  urls: 'URL,…',
  'cluster-state': 'new|existing',
};

/** What a flag does, for those that do something here. */
const SAID: Readonly<Record<string, string>> = {
  name: "the member's name, default 'default'",
  'data-dir': "where its data lies, default 'NAME.etcd'",
  'listen-peer-urls': 'where it listens for other members, default http://localhost:2380',
  'initial-advertise-peer-urls': 'where the others find it, default http://localhost:2380',
  'listen-client-urls': 'where it listens for clients, default http://localhost:2379',
  'advertise-client-urls': 'where clients find it, default http://localhost:2379',
  'initial-cluster': 'all members of a new cluster: NAME=URL,NAME=URL; default itself alone',
  'initial-cluster-state': "'new', or 'existing' for one that was added with etcdctl member add",
  'initial-cluster-token': 'a word that tells one cluster from another',
  'force-new-cluster': 'go on alone with the data that is there',
  'heartbeat-interval': 'milliseconds between heartbeats, default 100',
  'election-timeout': 'milliseconds without a leader until an election, default 1000',
  'snapshot-count': 'changes until the log is shortened behind a snapshot, default 100000',
  'quota-backend-bytes': 'size of the database at which the NOSPACE alarm is raised, default 2 GiB',
  'auto-compaction-mode': "'periodic' or 'revision'",
  'auto-compaction-retention': 'how much history is kept: hours or a time, or revisions; 0 keeps all',
  'enable-v2': 'serve the v2 API too',
  'pre-vote': 'ask whether an election could be won before beginning it',
  'max-txn-ops': 'most operations in a transaction, default 128',
  'max-request-bytes': 'longest request, default 1.5 MiB',
  'strict-reconfig-check': 'refuse changes of members that would lose quorum, default true',
  'auth-token-ttl': 'seconds that a token of a user holds, default 300',
};

/** The list of flags, on stdout. */
export function flagList(): string {
  const line = (name: string): string => {
    const kind = kindOf(name) ?? 'string';
    const head = `  --${name}${PLACES[kind] === '' ? '' : ` ${PLACES[kind]}`}`;
    const said = SAID[name];
    return said === undefined ? head : `${head}\n      ${said}`;
  };
  const names = flagNames().filter((name) => name !== 'version' && name !== 'config-file');
  const idle = names.filter(isIdle).map((name) => `--${name}`);
  return `Flags (each also as a variable: --initial-cluster is ETCD_INITIAL_CLUSTER):\n\n${names
    .filter((name) => !isIdle(name))
    .map(line)
    .join('\n')}\n\nAccepted, without an effect on a simulated member:\n\n  ${idle.join(' ')}\n`;
}
