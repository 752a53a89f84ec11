/** Every fact of a run as a Chinese sentence. */

import type { FeedFact, FeedItem } from '#view/feed.ts';
import { RULE, type FactSentence } from '#words/fact-sentence.ts';
import { chineseFault } from '#words/chinese-faults.ts';
import { durationText } from '#words/measure.ts';

type FactOf<T extends FeedFact['type']> = Extract<FeedFact, { readonly type: T }>;

/** `a`, `a 和 b`, `a、b 和 c`. */
export function chineseList(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join('、')} 和 ${names.at(-1) ?? ''}`;
}

const entries = (count: number, index: number): string =>
  count === 1 ? `条目 ${index}` : count === 0 ? '零个条目' : `条目 ${index - count + 1}–${index}`;

const LOST: Readonly<Record<FactOf<'message-lost'>['reason'], string>> = {
  cut: '链路已被切断',
  loss: '网络丢包',
  dead: '接收方没有运行',
  dropped: '你丢弃了它',
};

const who = (client: string): string => (client === 'you' ? '你' : client);

/** Messages by the names that Raft's library gives them. */
const MESSAGES: Readonly<Record<string, string>> = {
  MsgApp: '追加消息',
  MsgAppResp: '追加的答复',
  MsgHeartbeat: '心跳',
  MsgHeartbeatResp: '心跳的答复',
  MsgVote: '投票请求',
  MsgVoteResp: '投票',
  MsgPreVote: '预投票请求',
  MsgPreVoteResp: '预投票',
  MsgSnap: '快照',
  MsgProp: '转发的提案',
  MsgReadIndex: 'read-index 请求',
  MsgReadIndexResp: 'read-index 应答',
  MsgTimeoutNow: 'timeout-now 消息',
};

const messageName = (kind: string): string => MESSAGES[kind] ?? `消息（${kind}）`;

function steppedDown(fact: FactOf<'stepped-down'>): Omit<FactSentence, 'actor'> {
  switch (fact.reason) {
    case 'quorum-lost':
      return { text: '退位：整整一个选举超时内没有收到多数成员的消息', rule: RULE.checkQuorum };
    case 'higher-term':
      return {
        text: `退位：${fact.byMember ?? '另一个成员'} 已在更新的任期${fact.newTerm === undefined ? '' : ` ${fact.newTerm}`}`,
        rule: RULE.terms,
      };
    case 'removed':
      return { text: '退位：它不再是有投票权的成员' };
  }
}

function voteRefused(fact: FactOf<'vote-refused'>): Omit<FactSentence, 'actor'> {
  const refused = fact.pre ? `不会投票给 ${fact.to}` : `拒绝投票给 ${fact.to}`;
  switch (fact.reason) {
    case 'already-voted':
      return { text: `${refused}：本任期它已投给 ${fact.votedFor ?? '别的成员'}`, rule: RULE.election };
    case 'log-behind':
      return { text: `${refused}：自己的日志更新`, rule: RULE.upToDate };
    case 'lease':
      return { text: `${refused}：不到一个选举超时之前它还收到过 ${fact.votedFor ?? '领导者'} 的消息`, rule: RULE.checkQuorum };
    case 'lower-term':
      return { text: `${refused}：该请求来自更旧的任期`, rule: RULE.terms };
  }
}

/** The sentence about a fact. */
export function chineseFact(item: FeedItem): FactSentence {
  const { fact } = item;
  const actor = item.member ?? '网络';
  switch (fact.type) {
    case 'election-timeout':
      return {
        actor,
        text: `已有 ${durationText(fact.afterMicros)} 没有收到领导者的消息（随机抽到 ${fact.ticks} 个 tick${fact.skipped ? '，启动时 etcd 会跳过一部分' : ''}）：选举计时器到期`,
        rule: RULE.election,
      };
    case 'became-follower':
      return fact.lead === undefined
        ? { actor, text: `在任期 ${item.term ?? '?'} 成为跟随者，还不知道谁是领导者`, rule: RULE.terms }
        : { actor, text: `在任期 ${item.term ?? '?'} 跟随领导者 ${fact.lead}`, rule: RULE.election };
    case 'became-pre-candidate':
      return { actor, text: '在增加任期之前，先问能否赢得选举（pre-vote）', rule: RULE.preVote };
    case 'became-candidate':
      return { actor, text: `开始任期 ${item.term ?? '?'}，投票给自己，并请求其他成员投票`, rule: RULE.election };
    case 'became-leader':
      return { actor, text: `以 ${fact.votes}/${fact.voters} 票赢得任期 ${item.term ?? '?'}`, rule: RULE.election };
    case 'stepped-down':
      return { actor, ...steppedDown(fact) };
    case 'vote-granted':
      return fact.pre
        ? { actor, text: `愿意投票给 ${fact.to}（pre-vote）：它没有收到领导者的消息，对方日志不比它旧`, rule: RULE.preVote }
        : { actor, text: `投票给 ${fact.to}：对方的日志不比自己的旧`, rule: RULE.upToDate };
    case 'vote-refused':
      return { actor, ...voteRefused(fact) };
    case 'appended':
      return {
        actor,
        text: `把${entries(fact.count, fact.index)} 追加到自己的日志${fact.label === '' ? '' : `：${fact.label}`}`,
        rule: RULE.replication,
      };
    case 'replicated':
      return { actor, text: `把${entries(fact.count, fact.index)} 发给 ${chineseList(fact.to)}`, rule: RULE.replication };
    case 'acknowledged':
      return { actor, text: `得知 ${fact.from} 的日志已保存到 ${fact.index}`, rule: RULE.replication };
    case 'append-refused':
      return {
        actor,
        text: `无法在 ${fact.from} 的日志 ${fact.index} 处追加：之前的条目不一致，改从 ${fact.hint} 重试`,
        rule: RULE.replication,
      };
    case 'truncated':
      return {
        actor,
        text: `删除从 ${fact.from} 起的条目：它们属于任期 ${fact.existingTerm}，领导者在该处是任期 ${fact.newTerm}`,
        rule: RULE.replication,
      };
    case 'committed':
      return {
        actor,
        text: `提交到 ${fact.index}${fact.holders.length === 0 ? '' : `：${chineseList(fact.holders)} 已保存，达到多数`}`,
        rule: RULE.commit,
      };
    case 'applied':
      return {
        actor,
        text: `应用条目 ${fact.index}${fact.label === '' ? '' : `（${fact.label}）`}${fact.revision > 0 ? `：存储到达修订版本 ${fact.revision}` : ''}`,
      };
    case 'saved':
      return { actor, text: `把 ${fact.bytes} 字节落盘到预写日志，直到条目 ${fact.lastIndex}`, rule: RULE.persistence };
    case 'forwarded':
      return { actor, text: `不是领导者，把 ${fact.label} 转发给 ${fact.to}`, rule: RULE.clients };
    case 'request':
      return { actor: who(fact.client), text: `${item.member === undefined ? '' : `向 ${item.member} `}发送 ${fact.label}` };
    case 'answered':
      return fact.ok
        ? { actor, text: `答复 ${who(fact.client)}：${fact.label} 已完成${fact.revision > 0 ? `，修订版本 ${fact.revision}` : ''}` }
        : { actor, text: `未能为 ${who(fact.client)} 完成 ${fact.label}：${fact.error}` };
    case 'watch-created':
      return {
        actor,
        text: `为 ${who(fact.client)} 监听 ${fact.label}${fact.startRevision > 0 ? `，从修订版本 ${fact.startRevision} 起` : ''}`,
      };
    case 'watch-fired':
      return { actor, text: `通知 ${who(fact.client)} 的监听：${fact.events} 处变化，修订版本 ${fact.revision}` };
    case 'watch-cancelled':
      return { actor, text: `结束 ${who(fact.client)} 的监听${fact.reason === '' ? '' : `：${fact.reason}`}` };
    case 'snapshot-sent':
      return { actor, text: `把到 ${fact.index} 为止的快照发给 ${fact.to}：它所需的条目已被压缩`, rule: RULE.compaction };
    case 'snapshot-applied':
      return { actor, text: `用到条目 ${fact.index} 为止的快照替换自己的状态`, rule: RULE.compaction };
    case 'log-compacted':
      return { actor, text: `丢弃到条目 ${fact.index} 为止的日志：快照中已有`, rule: RULE.compaction };
    case 'recovered':
      return {
        actor,
        text: `从磁盘读回 ${fact.entries} 个条目：日志到 ${fact.lastIndex}，已提交到 ${fact.commit}`,
        rule: RULE.persistence,
      };
    case 'started':
      return { actor, text: fact.incarnation > 1 ? `再次启动（第 ${fact.incarnation} 次）` : '启动' };
    case 'killed':
      return { actor, text: fact.powerLoss ? '断电：没有落盘的内容都丢失了' : '被杀死：内存丢失，磁盘还在' };
    case 'frozen':
      return { actor, text: '被冻结：不再运行，自己却不知道' };
    case 'thawed':
      return { actor, text: '从冻结处继续运行' };
    case 'wiped':
      return { actor, text: '磁盘被清空' };
    case 'crashed':
    case 'crash-armed':
    case 'crash-point':
    case 'disk-changed':
    case 'clock-changed':
    case 'timer-set':
    case 'client-changed':
    case 'retried':
    case 'link-changed':
      return chineseFault(fact, actor);
    case 'stopped':
      return { actor, text: `退出：${fact.reason}` };
    case 'partitioned':
      return { actor: '网络', text: `被切断：${fact.sides.map((side) => chineseList(side)).join(' | ')}` };
    case 'healed':
      return { actor: '网络', text: '恢复：所有成员又能互相通信' };
    case 'message-lost':
      return { actor: '网络', text: `丢失了从 ${fact.from} 到 ${fact.to} 的${messageName(fact.kind)}：${LOST[fact.reason]}` };
    case 'command':
      return { actor: '你', text: fact.line };
    case 'ticks-lost':
      return { actor, text: `磁盘繁忙时错过了 ${fact.count} 个 tick：它的计时器变慢了` };
    case 'violated':
      return { actor: actor === '网络' ? '检查器' : actor, text: `违反了 Raft 的保证 ${fact.property}：${fact.detail}` };
  }
}
