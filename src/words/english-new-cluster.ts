/** What a new cluster is made with, in English. */

export const englishNewCluster = {
  more: 'More settings',
  profile: 'etcd version',
  snapshotCount: 'Snapshot after … entries',
  snapshotDefault: 'as etcd',
  latency: 'Network latency',
  preVote: 'PreVote: a member asks whether it could win before it raises the term',
  checkQuorum: 'CheckQuorum: a leader that no majority hears steps down',
  enableV2: 'The v2 API (--enable-v2)',
  async: 'Asynchronous storage: a slow disk does not hold up the Raft loop',
};
