/** What must hold in every run, in Chinese. */

import type { SafetyProperty } from '#view/safety.ts';
import type { PropertyWords } from '#words/english-properties.ts';

const RAFT = 'Raft 图 3';

export const CHINESE_PROPERTIES: Readonly<Record<SafetyProperty, PropertyWords>> = {
  'election-safety': { name: '选举安全 election safety', meaning: '一个任期最多有一个领导者。', source: `${RAFT}，§5.2` },
  'leader-append-only': { name: '领导者只追加', meaning: '领导者从不改动或删除自己日志中的条目，只会追加。', source: `${RAFT}，§5.3` },
  'log-matching': {
    name: '日志匹配 log matching',
    meaning: '两份日志若有索引和任期相同的条目，到那里为止就完全相同。',
    source: `${RAFT}，§5.3`,
  },
  'leader-completeness': { name: '领导者完整性', meaning: '一旦提交，就在以后每个领导者的日志里。', source: `${RAFT}，§5.4` },
  'state-machine-safety': { name: '状态机安全', meaning: '没有两个成员在同一索引处应用不同的条目。', source: `${RAFT}，§5.4.3` },
  'monotone-term': { name: '任期只增不减', meaning: '成员从不回到更旧的任期，重启之后也不会。', source: 'Raft 图 2，§5.1' },
  'monotone-vote': { name: '一个任期一票', meaning: '在某个任期投过票的成员，不会再投给别人。', source: 'Raft §5.2' },
  'monotone-commit': { name: '提交只增不减', meaning: '成员运行期间，已知提交的内容不会收回。', source: 'Raft 图 2' },
  'durable-before-sent': { name: '先落盘，后答复', meaning: '选票和确认要等所承诺的内容落盘之后才会发出。', source: 'Raft 图 2' },
  linearizability: {
    name: '线性一致 linearizability',
    meaning: '每个请求都像是在开始与答复之间的某一瞬间发生，而且大家看到同样的次序。',
    source: 'Raft §8；Herlihy 与 Wing',
  },
  'serializable-read': { name: '可串行化读', meaning: '只读一个成员自身状态的读，看到的是曾经存在过的状态。', source: 'etcd KV API 保证' },
  'one-revision': { name: '一个修订版本，一个状态', meaning: '看到同一修订版本的人，看到同样的键和值。', source: 'etcd 数据模型' },
  'monotone-revision': {
    name: '修订版本只增不减',
    meaning: '见过某个修订版本的客户端，线性一致请求不会得到更旧的答复。',
    source: 'etcd KV API 保证',
  },
  'lease-floor': { name: '租约活得够久', meaning: '租约不会在期限之前到期。', source: 'etcd 租约 API' },
  'v2-order': { name: 'v2 的次序', meaning: '对每个客户端，v2 存储的索引只增不减。', source: 'etcd v2 API' },
  'watch-filter': { name: '监听：只有所要的', meaning: '监听只收到自己范围内的键。', source: 'etcd watch API 保证' },
  'watch-ordered': { name: '监听：按次序', meaning: '事件按修订版本的次序到来。', source: 'etcd watch API 保证' },
  'watch-unique': { name: '监听：只来一次', meaning: '同一个监听上没有事件来两次。', source: 'etcd watch API 保证' },
  'watch-atomic': { name: '监听：修订版本完整', meaning: '同一修订版本的事件一起到来。', source: 'etcd watch API 保证' },
  'watch-bookmarkable': { name: '监听：进度属实', meaning: '进度通知之后，不再有更旧修订版本的事件。', source: 'etcd watch API 保证' },
  'watch-resumable': {
    name: '监听：可以接着来',
    meaning: '从未压缩的修订版本开始的监听，会收到此后的一切。',
    source: 'etcd watch API 保证',
  },
  'watch-reliable': { name: '监听：没有遗漏', meaning: '先后到来的两个事件之间，没有缺少的事件。', source: 'etcd watch API 保证' },
  'watch-prev-kv': { name: '监听：之前的值', meaning: '变化之前的值就是当时的值。', source: 'etcd watch API 保证' },
  'watch-is-create': { name: '监听：新建还是修改', meaning: '事件正确说明键是新建还是修改。', source: 'etcd watch API 保证' },
  'hash-kv': { name: '应用相同，存储相同', meaning: '应用了同样内容的成员，键的哈希相同。', source: 'etcd HashKV' },
};
