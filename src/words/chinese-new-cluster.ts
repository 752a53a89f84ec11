/** 新集群的选项。 */

import type { englishNewCluster } from '#words/english-new-cluster.ts';

export const chineseNewCluster: typeof englishNewCluster = {
  more: '更多设置',
  profile: 'etcd 版本',
  snapshotCount: '每多少条日志做一次快照 snapshot',
  snapshotDefault: '与 etcd 相同',
  latency: '网络延迟',
  preVote: 'PreVote：成员先问能否获胜，再提高任期 term',
  checkQuorum: 'CheckQuorum：领导者收不到多数成员的回应就退位',
  enableV2: 'v2 API（--enable-v2）',
  async: '异步存储：磁盘慢时不拖住 Raft 循环',
};
