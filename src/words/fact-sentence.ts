/** What a sentence about a fact consists of. */

/** Someone (`actor`) did something and why (`text`); `rule` is where the rule is written, such as `Raft §5.2`. */
export interface FactSentence {
  readonly actor: string;
  readonly text: string;
  readonly rule?: string;
}

/** Where the rules that the sentences cite are written. */
export const RULE = {
  terms: 'Raft §5.1',
  election: 'Raft §5.2',
  replication: 'Raft §5.3',
  upToDate: 'Raft §5.4.1',
  commit: 'Raft §5.3, §5.4.2',
  compaction: 'Raft §7',
  clients: 'Raft §8',
  checkQuorum: 'Dissertation §6.2',
  preVote: 'Dissertation §9.6',
  persistence: 'Raft §5, figure 2',
  ownTerm: 'Raft §5.4.2',
  transfer: 'Dissertation §3.10',
  readIndex: 'Dissertation §6.4',
  publish: 'etcd, server/etcdserver: publish',
} as const;
