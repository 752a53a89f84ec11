/** Questions and reasons in Chinese sentences, and the words of the panels that show them. */

import type { MessageView } from '#view/frame.ts';
import type { MissingReason, SilenceReason, WhyFact, WhyQuestion } from '#view/why.ts';
import { chineseFact, chineseList } from '#words/chinese-facts.ts';
import type { WhySentence, WhyWords } from '#words/english-why.ts';
import { RULE } from '#words/fact-sentence.ts';
import { durationText } from '#words/measure.ts';

type Kind = MessageView['kind'];

const KINDS: Readonly<Record<Kind, string>> = {
  append: '追加消息',
  'append-ack': '确认',
  'append-nack': '追加的拒绝',
  heartbeat: '心跳',
  'heartbeat-ack': '心跳的回复',
  vote: '投票请求',
  'vote-grant': '选票',
  'vote-refusal': '拒绝投票的回复',
  'pre-vote': '预投票请求',
  'pre-vote-grant': '预投票',
  'pre-vote-refusal': '预投票的拒绝',
  snapshot: '快照',
  'timeout-now': '立即竞选的命令',
  forward: '转发的提案',
  'read-index': 'read-index 询问',
  'read-index-answer': 'read-index 答复',
  call: '请求',
  reply: '答复',
  'watch-event': '监听事件',
};

const SILENT: Readonly<Record<SilenceReason, string>> = {
  dead: '没有运行',
  crashed: '已崩溃',
  frozen: '被冻结',
  cut: '与它之间的网络被切断',
  lossy: '发出的消息在途中丢失',
  'not-leading': '已不再是领导者',
  slow: '很慢',
  unknown: '没有消息',
};

const MISSING: Readonly<Record<MissingReason, string>> = {
  dead: '它没有运行',
  crashed: '它已崩溃',
  frozen: '它被冻结',
  cut: '它与领导者之间的链路被切断',
  'on-the-way': '消息还在途中',
  saving: '它的磁盘还在写，落盘之后才会答复',
  snapshot: '它需要先得到快照',
  behind: '领导者给它的复制还没有到这里',
  lossy: '消息在途中丢失，还会再发',
};

const client = (name: string): string => (name === 'you' ? '你的客户端' : name);

function question(asked: WhyQuestion): string {
  switch (asked.type) {
    case 'no-leader':
      return '为什么没有领导者？';
    case 'leads':
      return `为什么 ${asked.leader} 是任期 ${asked.term} 的领导者？`;
    case 'booting':
      return '为什么还没有领导者？';
    case 'member':
      return memberQuestion(asked);
    case 'entry':
      return entryQuestion(asked);
    case 'request':
      return {
        waiting: `“${asked.label}”为什么一直没有答复？`,
        done: `“${asked.label}”为什么可以答复？`,
        failed: `“${asked.label}”为什么失败？`,
        'given-up': `“${asked.label}”为什么没有及时得到答复？`,
      }[asked.state];
    case 'message':
      return {
        travels: `从 ${asked.from} 到 ${asked.to} 的${KINDS[asked.kind]}为什么在途中？`,
        arrived: `${asked.from} 为什么向 ${asked.to} 发送这个${KINDS[asked.kind]}？`,
        lost: `从 ${asked.from} 到 ${asked.to} 的${KINDS[asked.kind]}为什么丢失？`,
      }[asked.state];
    case 'event':
      return eventQuestion(asked);
    case 'link':
      return {
        cut: `为什么从 ${asked.from} 到 ${asked.to} 什么都到不了？`,
        changed: `从 ${asked.from} 到 ${asked.to} 的链路为什么和原来不同？`,
        whole: `从 ${asked.from} 到 ${asked.to} 的链路完好`,
      }[asked.state];
    case 'client':
      return `${client(asked.client)}在等什么？`;
    case 'key':
      return `键 ${asked.key} 为什么是这个值？`;
    case 'lease':
      return `租约 ${asked.lease} 还有多久？`;
    case 'watch':
      return asked.state === 'open' ? `对 ${asked.label} 的监听看到了什么？` : `对 ${asked.label} 的监听为什么结束？`;
    case 'term':
      return `任期 ${asked.term} 为什么开始？`;
    case 'forgotten':
      return '这里已不再记得此事';
  }
}

function memberQuestion({ member, state, term, lead }: Extract<WhyQuestion, { readonly type: 'member' }>): string {
  switch (state) {
    case 'leader':
      return `为什么 ${member} 是任期 ${term} 的领导者？`;
    case 'stale-leader':
      return `${member} 为什么是没有多数支持的领导者？`;
    case 'candidate':
      return `${member} 为什么是任期 ${term} 的候选者？`;
    case 'pre-candidate':
      return `${member} 为什么在问自己能否当选？`;
    case 'leaderless':
      return `${member} 为什么不知道领导者？`;
    case 'behind':
      return `${member} 为什么落后？`;
    case 'follower':
      return lead === undefined ? `${member} 为什么是跟随者？` : `${member} 为什么跟随 ${lead}？`;
    case 'dead':
      return `${member} 为什么没有运行？`;
    case 'crashed':
      return `${member} 为什么崩溃？`;
    case 'frozen':
      return `${member} 为什么被冻结？`;
  }
}

function entryQuestion({ member, index, state }: Extract<WhyQuestion, { readonly type: 'entry' }>): string {
  switch (state) {
    case 'committed':
      return `${member} 上的条目 ${index} 为什么已提交？`;
    case 'uncommitted':
      return `${member} 上的条目 ${index} 为什么没有提交？`;
    case 'not-known-committed':
      return `${member} 为什么不知道条目 ${index} 已提交？`;
    case 'gone':
      return `条目 ${index} 为什么从 ${member} 消失？`;
  }
}

function eventQuestion({ item }: Extract<WhyQuestion, { readonly type: 'event' }>): string {
  const who = item.member ?? '';
  const { fact } = item;
  switch (fact.type) {
    case 'election-timeout':
      return `${who} 的选举计时器为什么到期？`;
    case 'became-pre-candidate':
      return `${who} 为什么在问自己能否当选？`;
    case 'became-candidate':
      return `${who} 为什么成为任期 ${item.term ?? '?'} 的候选者？`;
    case 'became-leader':
      return `${who} 为什么赢得任期 ${item.term ?? '?'}？`;
    case 'became-follower':
      return fact.lead === undefined ? `${who} 为什么成为跟随者？` : `${who} 为什么跟随 ${fact.lead}？`;
    case 'stepped-down':
      return `${who} 为什么退位？`;
    case 'vote-granted':
      return fact.pre ? `${who} 为什么愿意投票给 ${fact.to}？` : `${who} 为什么投票给 ${fact.to}？`;
    case 'vote-refused':
      return fact.pre ? `${who} 为什么不愿投票给 ${fact.to}？` : `${who} 为什么拒绝投票给 ${fact.to}？`;
    case 'append-refused':
      return `${fact.from} 为什么拒绝追加？`;
    case 'truncated':
      return `${who} 为什么删除从 ${fact.from} 起的条目？`;
    case 'committed':
      return `${who} 为什么可以提交条目 ${fact.index}？`;
    case 'snapshot-sent':
      return `${fact.to} 为什么得到快照？`;
    case 'watch-cancelled':
      return '这个监听为什么结束？';
    case 'message-lost':
      return `从 ${fact.from} 到 ${fact.to} 的消息为什么丢失？`;
    case 'crashed':
      return `${who} 为什么崩溃？`;
    default: {
      const { actor, text } = chineseFact(item);
      return `为什么：${actor} ${text}`;
    }
  }
}

function reason(fact: WhyFact): WhySentence {
  switch (fact.type) {
    case 'happened': {
      if (fact.item.fact.type === 'command') return { text: '你输入了命令', code: fact.item.fact.line };
      const { actor, text, rule } = chineseFact(fact.item);
      return { text: `${actor} ${text}`, rule };
    }
    case 'message': {
      const what = `从 ${fact.from} 到 ${fact.to} 的${KINDS[fact.kind]}`;
      if (fact.state === 'travels') return { text: `${what}还在途中。` };
      const took = fact.micros === undefined ? '' : `经过 ${durationText(fact.micros)} `;
      return { text: fact.state === 'arrived' ? `${what}${took}到达。` : `${what}${took}后丢失。` };
    }
    case 'timed-out':
      return {
        text: `${fact.member} 已有 ${durationText(fact.micros)} 没有收到领导者的消息：它随机抽到的选举超时是 ${fact.ticks} 个 tick${fact.skipped ? '，启动时 etcd 会跳过一部分' : ''}。`,
        rule: RULE.election,
      };
    case 'asked-to-campaign':
      return fact.by === 'visitor'
        ? { text: `你让 ${fact.member} 立即超时。` }
        : { text: `领导者把领导权交给 ${fact.member}，让它立即竞选。`, rule: RULE.transfer };
    case 'last-heard':
      return { text: `在此之前 ${durationText(fact.before)}，${fact.member} 最后一次收到 ${fact.leader} 的消息。` };
    case 'never-heard':
      return { text: `${fact.member} 启动以来没有收到过任何领导者的消息。` };
    case 'silent':
      return { text: `${fact.member} ${SILENT[fact.reason]}。` };
    case 'pre-vote-won':
      return { text: `${fact.voters} 个中有 ${fact.granted} 个愿意投票给 ${fact.member}，所以它提高了任期。`, rule: RULE.preVote };
    case 'ballot':
      return {
        text: fact.pre
          ? `${fact.voter} ${fact.granted ? '愿意' : '不愿'}投票给 ${fact.candidate}。`
          : `${fact.voter} ${fact.granted ? '投票给' : '没有投票给'}${fact.voter === fact.candidate ? '自己' : ` ${fact.candidate}`}。`,
        rule: fact.pre ? RULE.preVote : RULE.election,
      };
    case 'no-ballot':
      return {
        text: `${fact.voter} 还没有答复 ${fact.candidate}：${fact.reason === 'on-the-way' ? '请求还在途中' : `它${SILENT[fact.reason]}`}。`,
      };
    case 'majority':
      return { text: `${fact.of} 个中有 ${fact.have} 个投票给它，多数是 ${fact.needed} 个。`, rule: RULE.election };
    case 'voted-for':
      return {
        text: `${fact.voter} 在任期 ${fact.term} 已投票给${fact.voter === fact.votedFor ? '自己' : ` ${fact.votedFor}`}，一个任期只有一票。`,
        rule: RULE.election,
      };
    case 'compared-logs':
      return {
        text: `${fact.voter} 的日志止于任期 ${fact.own.term} 的条目 ${fact.own.index}，${fact.candidate} 的止于任期 ${fact.theirs.term} 的条目 ${fact.theirs.index}：${fact.behind ? '投票者的日志更新' : '候选者的日志不比它旧'}。`,
        rule: RULE.upToDate,
      };
    case 'in-lease':
      return {
        text: `${durationText(fact.micros)} 之前 ${fact.voter} 还收到过${fact.leader === undefined ? '领导者' : ` ${fact.leader} `}的消息，不到一个选举超时：它不打扰活着的领导者。`,
        rule: RULE.checkQuorum,
      };
    case 'older-term':
      return { text: `${fact.from} 的请求来自比 ${fact.own} 更旧的任期。`, rule: RULE.terms };
    case 'newer-term':
      return {
        text: `来自 ${fact.from} 的${fact.kind === undefined ? '消息' : KINDS[fact.kind]}带着任期 ${fact.term}，而它自己的是 ${fact.own}。看到更新的任期就跟随。`,
        rule: RULE.terms,
      };
    case 'quorum-check':
      return {
        text: `在整个选举超时里它${fact.active.length === 0 ? '没有收到任何成员的消息' : `只收到 ${chineseList(fact.active)} 的消息`}。连同自己是 ${fact.of} 个中的 ${fact.active.length + 1} 个，多数是 ${fact.needed} 个。`,
        rule: RULE.checkQuorum,
      };
    case 'will-step-down':
      return { text: `${durationText(fact.micros)} 之后，在下一次多数检查时，${fact.member} 会退位。`, rule: RULE.checkQuorum };
    case 'claims':
      return {
        text: `${fact.member} 仍自认是任期 ${fact.term} 的领导者，但${fact.hears.length === 0 ? '收不到任何成员的消息' : `只收得到 ${chineseList(fact.hears)} 的消息`}。`,
      };
    case 'follows':
      return { text: `${fact.member} 收到了任期 ${fact.term} 的领导者 ${fact.leader} 的消息。`, rule: RULE.election };
    case 'holders':
      return {
        text: `${fact.holders.length === 0 ? '没有成员' : `${chineseList(fact.holders)} `}已把条目 ${fact.index} 落盘：${fact.of} 个中的 ${fact.holders.length} 个，多数是 ${fact.needed} 个。`,
        rule: RULE.replication,
      };
    case 'missing-ack':
      return { text: `${fact.voter} 还没有确认：${MISSING[fact.reason]}。` };
    case 'own-term-rule':
      return {
        text: `多数已有它，但它属于任期 ${fact.entryTerm}：任期 ${fact.leaderTerm} 的领导者只靠计数提交自己任期的条目，更早的随之一起提交。`,
        rule: RULE.ownTerm,
      };
    case 'covered-by-own-term':
      return { text: `它与条目 ${fact.index} 一起提交，后者属于领导者自己的任期 ${fact.term}。`, rule: RULE.ownTerm };
    case 'other-leader':
      return { text: `${fact.leader} 是更新的任期 ${fact.term} 的领导者。`, rule: RULE.terms };
    case 'will-be-replaced':
      return {
        text: `${fact.leader} ${fact.theirTerm === undefined ? `没有条目 ${fact.index}` : `在 ${fact.index} 处是任期 ${fact.theirTerm} 的条目`}：一旦彼此收到消息，以它的日志为准，这个条目会被替换。`,
        rule: RULE.replication,
      };
    case 'not-told':
      return { text: `${fact.leader} 已提交到 ${fact.commit}；下一条到达的消息会告诉 ${fact.member}。`, rule: RULE.replication };
    case 'not-applied':
      return { text: `${fact.member} 目前应用到 ${fact.applied}。` };
    case 'log-mismatch':
      return {
        text:
          fact.ownTerm === 0
            ? `${fact.follower} 没有条目 ${fact.index}，而 ${fact.leader} 要在它之后追加。`
            : `${fact.follower} 在 ${fact.index} 处是任期 ${fact.ownTerm} 的条目，${fact.leader} 的是任期 ${fact.leaderTerm}：日志一致之后才能追加。`,
        rule: RULE.replication,
      };
    case 'backs-up':
      return { text: `${fact.leader} 退回到 ${fact.to}，从那里再试。`, rule: RULE.replication };
    case 'conflict':
      return {
        text: `在 ${fact.index} 处 ${fact.member} 是任期 ${fact.ownTerm} 的条目，领导者的是任期 ${fact.newTerm}：以领导者的日志为准。`,
        rule: RULE.replication,
      };
    case 'never-committed':
      return { text: `从 ${fact.index} 起的条目从未有多数持有，所以没有人得到过它们已完成的答复。`, rule: RULE.commit };
    case 'told-commit':
      return { text: `${fact.leader} 告诉 ${fact.member}：到 ${fact.index} 为止都已提交。`, rule: RULE.replication };
    case 'needs-snapshot':
      return {
        text: `${fact.member} 需要从 ${fact.next} 起的日志，而领导者的日志从 ${fact.first} 开始：更早的已在快照里。`,
        rule: RULE.compaction,
      };
    case 'behind':
      return { text: `${fact.member} 的日志到 ${fact.match}，领导者的到 ${fact.last}：落后 ${fact.by} 个条目。` };
    case 'alive':
      return {
        text:
          fact.down.length === 0
            ? `全部 ${fact.of} 个投票成员都在运行，选举需要其中 ${fact.needed} 个。`
            : `${chineseList(fact.down)} 没有运行：${fact.of} 个投票成员剩下 ${fact.up.length} 个，选举需要 ${fact.needed} 个。`,
        rule: RULE.election,
      };
    case 'split':
      return {
        text: `网络被切成 ${fact.sides.map((side) => (side.length === 0 ? '（无）' : chineseList(side))).join(' | ')}：没有一边达到多数所需的 ${fact.needed} 个。`,
        rule: RULE.election,
      };
    case 'split-vote':
      return {
        text: `${chineseList(fact.candidates)} 在同一个任期 ${fact.term} 里拉票：选票可能分散，那就由下一次超时决定。`,
        rule: RULE.election,
      };
    case 'next-timeout':
      return { text: `下一个到期的选举计时器属于 ${fact.member}，还有 ${durationText(fact.micros)}。`, rule: RULE.election };
    case 'blocked':
      return { text: `从 ${fact.from} 到 ${fact.to} 的链路被切断。` };
    case 'link-setting':
      return { text: `从 ${fact.from} 到 ${fact.to} 的链路被设为 ${fact.setting}。` };
    case 'by-chance':
      return { text: `从 ${fact.from} 到 ${fact.to} 的链路会随机丢失消息。` };
    case 'dropped-by-visitor':
      return { text: '你丢弃了它。' };
    case 'inbox-full':
      return { text: `${fact.member} 没有读取，等它的消息已经满了。` };
    case 'endpoint-silent':
      return { text: `请求发往的 ${fact.member} ${SILENT[fact.reason]}。` };
    case 'held-by-network':
      return { text: `${client(fact.client)}与 ${fact.member} 之间的链路被切断：发出的内容在那里等待。` };
    case 'waits-for-leader':
      return { text: `${fact.member} 不知道领导者，无处提议这个请求，只能让它等待。`, rule: RULE.clients };
    case 'not-serving': {
      const why =
        fact.waitsFor === 'leader' ? '它要先经日志公布自己的名字和地址，却还不知道可以交给哪个领导者' : '公布它名字和地址的条目还没有应用';
      const waiting = fact.held === 0 ? '' : `有 ${fact.held} 个请求在那里等待。`;
      return { text: `${fact.member} 已启动，但还不为客户端服务：${why}。${waiting}`, rule: RULE.publish };
    }
    case 'forwarded-to':
      return { text: `${fact.member} 不是领导者，已转发给 ${fact.leader}${fact.arrived ? '' : '，但还没有到达'}。`, rule: RULE.clients };
    case 'waits-for-read-index':
      return {
        text:
          fact.leader === undefined
            ? `线性一致读需要领导者给出索引，而 ${fact.member} 不知道领导者。`
            : `线性一致读要等 ${fact.leader} 从多数成员得知自己仍是领导者。`,
        rule: RULE.readIndex,
      };
    case 'waits-to-apply':
      return { text: `它需要 ${fact.member} 的存储里有条目 ${fact.index}，目前应用到 ${fact.applied}。`, rule: RULE.readIndex };
    case 'answer-on-the-way':
      return { text: `${fact.member} 已答复，答复在去往${client(fact.client)}的途中。` };
    case 'streams':
      return { text: '这是一个流：在有人结束它之前一直打开。' };
    case 'error':
      return { text: fact.effect === 'unknown' ? `“${fact.text}”：是否生效不得而知，仍有可能完成。` : `“${fact.text}”` };
    case 'deadline':
      return { text: `${client(fact.client)}等到了规定的时间，放弃了。是否生效不得而知。` };
    case 'watch-from':
      return { text: fact.revision > 0 ? `它要从修订版本 ${fact.revision} 开始。` : `它从创建时起监听 ${fact.key}。` };
    case 'compacted':
      return { text: `${fact.member} 上修订版本 ${fact.revision} 以下的内容都已压缩：它要的变化已经没有了。` };
    case 'closed-by-client':
      return { text: `${client(fact.client)}结束了它。` };
    case 'server-refused':
      return { text: `etcd 拒绝：“${fact.text}”` };
    case 'crash':
      return { text: `${fact.member} 停在：${fact.reason}` };
    case 'restart-helps':
      return { text: `它的磁盘还在：再次启动后，${fact.member} 会读回内容并赶上。`, rule: RULE.persistence };
    case 'key-state':
      return fact.value === undefined
        ? { text: `${fact.member} 现在没有键 ${fact.key}。` }
        : { text: `在 ${fact.member} 上它是“${fact.value}”，写于修订版本 ${fact.revision}，版本 ${fact.version}。` };
    case 'lease-state':
      return {
        text: `它的期限是 ${fact.ttlSeconds} 秒${fact.leftMicros === undefined ? '，只有领导者在倒计时' : `，还剩 ${durationText(fact.leftMicros)}`}。${fact.keys.length === 0 ? '没有键挂在它上面。' : `结束时会删除 ${chineseList(fact.keys)}。`}`,
      };
    case 'lease-gone':
      return { text: '现在没有这个租约：已撤销，或已到期。' };
  }
}

export const chineseWhy: WhyWords = {
  question,
  reason,
  title: '为什么',
  chain: '来龙去脉',
  nothingSelected: '选择你看到的任何东西来提问：成员、消息、条目，或下面的事件。',
  forgotten: '它发生在这里还记得的时间之前。在时间带上回到那里，可以再看一次。',
  noReasons: '没有更多已知的情况。',
  letGo: '放开',
  goThere: (text) => `转到：${text}`,
  followed: '这个请求的一生',
  showMember: (name) => `${name} 的一切`,
};
