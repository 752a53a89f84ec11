/** Sentences about faults, in Chinese. */

import type { FaultFact } from '#words/english-faults.ts';
import type { FactSentence } from '#words/fact-sentence.ts';
import { RULE } from '#words/fact-sentence.ts';
import { faultSettings, type FaultSetting } from '#words/fault-setting.ts';

/** What a crash point is, for the points that a learner meets first. */
const POINTS: Readonly<Record<string, string>> = {
  raftBeforeSave: '即将把条目写入日志时',
  walBeforeSync: '日志已写入但尚未落盘时',
  walAfterSync: '日志刚落盘时',
  raftAfterSave: '条目已保存、尚未告诉任何成员时',
  raftBeforeLeaderSend: '即将把条目发给跟随者时',
  raftBeforeFollowerSend: '即将答复领导者时',
  playBeforeApply: '即将应用已提交的条目时',
  playAfterApply: '条目已应用、尚未答复客户端时',
};

const point = (name: string): string => (POINTS[name] === undefined ? `在 ${name} 处` : `在${POINTS[name]}（${name}）`);

function diskPhrase({ name, value, text }: FaultSetting): string {
  const spiky = value.startsWith('spiky:') ? '（偶尔很久）' : '';
  switch (name) {
    case 'walLatency':
      return `日志落盘需要 ${text}${spiky}`;
    case 'backendLatency':
      return `后端提交需要 ${text}${spiky}`;
    case 'full':
      return value === 'true' ? '已写满' : '又有空间了';
    case 'failFsync':
      return value === 'true' ? '每次落盘（fsync）都失败' : '落盘恢复正常';
    case 'tear':
      return value === 'false' ? '不再撕裂写入' : `断电时，未落盘的写入只留下 ${value} 字节`;
    case 'corrupt':
      return '有一个比特被翻转，下次启动时会被校验和发现';
    case 'corruptFile':
      return `该比特位于${value === 'snap' ? '最新的快照（如果有）' : value === 'wal' ? '最新的日志段' : ` ${value} `}中`;
    default:
      return `${name} ${text}`;
  }
}

const clockPhrase = ({ name, value, text }: FaultSetting): string =>
  name === 'rate' ? (value === '1' ? '恢复正常速率' : `以 ${value} 倍速率运行`) : `${value.startsWith('-') ? '回拨' : '快进'} ${text}`;

function linkPhrase({ name, value, text }: FaultSetting): string {
  switch (name) {
    case 'cut':
      return value === 'true' ? '已被切断' : '已重新连通';
    case 'latency':
      return `延迟为 ${text}${value.startsWith('spiky:') ? '（偶尔很久）' : ''}`;
    case 'loss':
      return `丢失 ${text} 的消息`;
    case 'duplicate':
      return `重复 ${text} 的消息`;
    case 'reorder':
      return `打乱 ${text} 的消息的顺序`;
    case 'bandwidth':
      return value === '0' ? '不再限速' : `每秒只能传 ${value} 字节`;
    default:
      return `${name} ${text}`;
  }
}

const phrases = (setting: string, say: (each: FaultSetting) => string): string => faultSettings(setting).map(say).join('；');

const RECOVERY =
  '它不会再从这块磁盘启动。恢复办法：用 etcdctl member remove 移除它，play wipe 清空磁盘，etcdctl member add 重新加入，再 play start 启动';

/** The words that etcd has for a log whose checksums do not hold. */
const isCorrupt = (reason: string): boolean => reason.startsWith('walpb: crc mismatch');

export function chineseFault(fact: FaultFact, actor: string): FactSentence {
  switch (fact.type) {
    case 'crash-armed':
      return {
        actor,
        text: fact.point === '' ? '不再会在崩溃点被杀死' : `将${point(fact.point)}被杀死${fact.powerLoss ? '并断电' : ''}`,
      };
    case 'crash-point':
      return {
        actor,
        text: `${point(fact.point)}被杀死：${fact.powerLoss ? '同时断电，没有落盘的内容都丢失了' : '此前已发送和写入的都保留，此后什么也没有发生'}`,
        rule: RULE.persistence,
      };
    case 'crashed':
      return { actor, text: `崩溃：${fact.reason}${isCorrupt(fact.reason) ? `。磁盘上的数据变了，${RECOVERY}` : ''}` };
    case 'disk-changed':
      return { actor: `${actor} 的磁盘`, text: phrases(fact.setting, diskPhrase) };
    case 'clock-changed':
      return { actor: `${actor} 的时钟`, text: phrases(fact.setting, clockPhrase) };
    case 'timer-set':
      return { actor, text: `重新开始选举计时：${fact.ticks} 个 tick 后到期`, rule: RULE.election };
    case 'client-changed':
      return { actor: fact.client, text: fact.blind ? '没有得到答复的请求都会重发' : '不再重发可能已经执行的请求', rule: RULE.clients };
    case 'retried':
      return { actor: fact.client, text: `向 ${fact.endpoint} 重发请求：它不知道上一次是否已经执行`, rule: RULE.clients };
    case 'link-changed':
      return { actor: `从 ${fact.from} 到 ${fact.to} 的链路`, text: phrases(fact.setting, linkPhrase) };
  }
}
