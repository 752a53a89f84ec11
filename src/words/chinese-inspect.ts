/** The words of the inspectors, of a request's life and of the safety panel, in Chinese. */

import { violationInChinese } from '#words/chinese-violations.ts';
import type { LifeStage, RequestOutcome } from '#view/request-life.ts';
import type { SafetyGroup } from '#view/safety.ts';
import { bytesText, type InspectWords } from '#words/english-inspect.ts';
import { CHINESE_PROPERTIES } from '#words/chinese-properties.ts';
import { durationText, instantText } from '#words/measure.ts';

const GROUPS: Readonly<Record<SafetyGroup, string>> = { raft: 'Raft', clients: '读与写', watch: '监听 watch', stores: '存储' };
const OUTCOMES: Readonly<Record<RequestOutcome, string>> = { waiting: '等待中', done: '完成', failed: '失败', 'given-up': '已放弃' };

function stage({ kind, lane, origin }: LifeStage): string {
  switch (kind) {
    case 'call':
      return `请求到 ${lane}`;
    case 'forward':
      return `转发给 ${lane}`;
    case 'append':
      return `${lane} 追加`;
    case 'save':
      return `${lane} 落盘`;
    case 'replicate':
      return `条目到 ${lane}`;
    case 'acknowledge':
      return `${origin ?? ''} 确认`;
    case 'commit':
      return `${lane} 提交`;
    case 'tell':
      return `告知 ${lane}`;
    case 'apply':
      return `${lane} 应用`;
    case 'read-index':
      return `${lane} 询问索引`;
    case 'answer':
      return '答复';
    case 'watch':
      return `${origin ?? lane} 的监听`;
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  type: '消息的种类',
  from: '发送者',
  to: '接收者',
  term: '发送者的任期',
  logTerm: '前一条目（或最后条目）的任期',
  index: '所关于的条目',
  entries: '携带的条目',
  commit: '发送者所知的提交位置',
  reject: '这是拒绝',
  rejectHint: '从哪里再试',
  context: '属于一次读',
  'snapshot index': '快照到条目',
  'snapshot term': '该条目的任期',
  method: '调用的方法',
};

export const chineseInspect: InspectWords = {
  message: {
    title: '这条消息',
    field: (name) => FIELDS[name] ?? name,
    sent: (at, arrives) => `${instantText(at)} 秒发出，${instantText(arrives)} 秒到达`,
    actions: '可以对它做什么',
    drop: '丢弃',
    delay: '延迟 50 ms',
    duplicate: '重复',
    deliver: '立即送达',
  },
  life: {
    title: '一个请求的一生',
    choose: '哪个请求',
    newest: '选择一个请求 …',
    empty: '还没有发送过请求。用“请求”（n）发送一个，或在终端里输入 etcdctl。',
    outcome: (outcome, micros) => `${OUTCOMES[outcome]}${micros === undefined ? '' : `，用时 ${durationText(micros)}`}`,
    option: (label, at, outcome) => `${instantText(at)} ${label}，${OUTCOMES[outcome]}`,
    stage,
    stageTime: (from, to) =>
      to === undefined
        ? `自 ${instantText(from)} 秒`
        : to === from
          ? `${instantText(from)} 秒`
          : `${instantText(from)} 到 ${instantText(to)} 秒`,
    decisive: '实心：答复等过它 · 空心：没有等',
    lost: '丢失',
    columns: { stage: '阶段', time: '时间', took: '用时' },
  },
  member: {
    state: '状态与队列',
    hard: '磁盘上',
    hardText: (term, vote, commit) => `任期 ${term}，投票 ${vote ?? '无'}，提交 ${commit}`,
    stable: '已落盘到条目',
    timer: '选举计时器',
    timerText: (elapsed, timeout, tick) => `${timeout} 个 tick 中的 ${elapsed} 个，每个 ${durationText(tick)}`,
    voters: '投票成员',
    learners: '学习者',
    transferee: '正在交接给',
    queues: '等待中',
    queuesText: (proposals, reads, unapplied) => `${proposals} 个等条目，${reads} 个等安全索引，${unapplied} 个待应用`,
    saves: '进行中的写',
    savesText: (writes, entries) => (writes === 0 ? '无' : `${writes} 次，${entries} 个条目`),
    leaderChanges: '见过的领导者',
    clock: '时钟',
    clockText: (rate) => (rate === 1 ? '走得准' : `以 ${rate}× 走`),
    disk: '磁盘',
    wal: '预写日志',
    walText: (segments, bytes) => `${segments} 段，${bytesText(bytes)}`,
    snapshot: '快照',
    snapshotText: (index) => (index === 0 ? '无' : `到条目 ${index}`),
    db: '数据库',
    dbText: (total, used) => `${bytesText(total)}，使用中 ${bytesText(used)}`,
    latency: '一次落盘需要',
    latencyText: (least, most) => (least === most ? durationText(least) : `${durationText(least)} 到 ${durationText(most)}`),
    faults: '对它做过的',
    noFaults: '没有',
    file: '文件',
    size: '大小',
    files: '文件',
    log: '进程的日志',
    level: '起始级别',
    levels: { debug: '调试', info: '信息', warn: '警告', error: '错误', fatal: '致命' },
    search: '在日志中搜索',
    noLines: '没有这样的行。',
    metrics: '指标',
    allMetrics: '/metrics 的全部',
    notRunning: '它没有运行：只有磁盘还在。重启它才能看到里面。',
  },
  safety: {
    title: '保证',
    kept: (checks) => `到目前为止，所有保证都成立：检查了 ${checks.toLocaleString('en')} 次。`,
    broken: (count) => `有 ${count} 项保证被破坏。`,
    found: (members, index, detail) => `${members.join('、')}${index === 0 ? '' : `，索引 ${index}`}：${violationInChinese(detail)}`,
    states: { holds: '成立', violated: '被破坏', unchecked: '还没有可检查的' },
    times: (count) => `检查了 ${count.toLocaleString('en')} 次`,
    group: (group) => GROUPS[group],
    property: (property) => CHINESE_PROPERTIES[property],
    goTo: (at) => `转到 ${instantText(at)} 秒`,
    shows: '由此可见',
    history: '客户端问了什么，何时生效',
    explained: '| 生效之处，按修订版本的次序 · 右端开口：无人知道',
    noHistory: '还没有客户端提问。发送一个请求，就会出现在这里。',
    operation: ({ text, outcome, revision, member }) =>
      `${text}${member === undefined ? '' : `（${member}）`}：${{ open: '尚无答复', ok: revision > 0 ? `修订版本 ${revision}` : '完成', failed: '失败', unknown: '无人知道是否发生' }[outcome]}`,
    interval: (from, to) => `${instantText(from)} 到 ${to === undefined ? '…' : instantText(to)} 秒`,
    columns: { client: '客户端', operation: '操作', time: '时间' },
    breakHint: '每次运行都被检查。想看保证被破坏，就开始一次故意违反规则的运行：',
    breakLine: 'play new --break commit-without-majority',
  },
};
