/** Sentences about faults, in English. */

import type { FeedFact } from '#view/feed.ts';
import type { FactSentence } from '#words/fact-sentence.ts';
import { RULE } from '#words/fact-sentence.ts';
import { faultSettings, type FaultSetting } from '#words/fault-setting.ts';

export type FaultFact = Extract<
  FeedFact,
  {
    readonly type:
      | 'crash-armed'
      | 'crash-point'
      | 'disk-changed'
      | 'clock-changed'
      | 'timer-set'
      | 'client-changed'
      | 'retried'
      | 'crashed'
      | 'link-changed';
  }
>;

/** What a crash point is, for the points that a learner meets first. */
const POINTS: Readonly<Record<string, string>> = {
  raftBeforeSave: 'just before it writes entries to its log',
  walBeforeSync: 'when it has written its log and not flushed it',
  walAfterSync: 'when its log is flushed',
  raftAfterSave: 'when it has saved entries and told nobody',
  raftBeforeLeaderSend: 'just before it sends entries to its followers',
  raftBeforeFollowerSend: 'just before it answers its leader',
  playBeforeApply: 'just before it applies committed entries',
  playAfterApply: 'when it has applied entries and answered nobody',
};

const point = (name: string): string => (POINTS[name] === undefined ? `at ${name}` : `${POINTS[name]} (${name})`);

function diskPhrase({ name, value, text }: FaultSetting): string {
  const spiky = value.startsWith('spiky:') ? ', seldom long' : '';
  switch (name) {
    case 'walLatency':
      return `needs ${text}${spiky} to flush its log`;
    case 'backendLatency':
      return `needs ${text}${spiky} to commit its backend`;
    case 'full':
      return value === 'true' ? 'is full' : 'has space again';
    case 'failFsync':
      return value === 'true' ? 'fails every flush' : 'flushes again';
    case 'tear':
      return value === 'false' ? 'will tear no write' : `will keep ${value} bytes of an unflushed write when the power goes`;
    case 'corrupt':
      return 'has a flipped bit, which its checksum will tell at the next start';
    case 'corruptFile':
      return `the bit lies in ${value === 'snap' ? 'the newest snapshot, if there is one' : value === 'wal' ? 'the newest segment of the log' : value}`;
    default:
      return `${name} ${text}`;
  }
}

const clockPhrase = ({ name, value, text }: FaultSetting): string =>
  name === 'rate'
    ? value === '1'
      ? 'runs at the right rate again'
      : `runs at ${value} times the rate`
    : `jumps ${value.startsWith('-') ? 'back' : 'ahead'} by ${text}`;

function linkPhrase({ name, value, text }: FaultSetting): string {
  switch (name) {
    case 'cut':
      return value === 'true' ? 'is cut' : 'is joined again';
    case 'latency':
      return `takes ${text}${value.startsWith('spiky:') ? ', seldom long' : ''}`;
    case 'loss':
      return `loses ${text} of what it carries`;
    case 'duplicate':
      return `doubles ${text}`;
    case 'reorder':
      return `reorders ${text}`;
    case 'bandwidth':
      return value === '0' ? 'carries as much as comes' : `carries ${value} bytes a second`;
    default:
      return `${name} ${text}`;
  }
}

const phrases = (setting: string, say: (each: FaultSetting) => string): string => faultSettings(setting).map(say).join('; ');

const RECOVERY =
  'it will not start on this disk again. To get it back: etcdctl member remove it, play wipe its disk, etcdctl member add it, play start it';

/** The words that etcd has for a log whose checksums do not hold. */
const isCorrupt = (reason: string): boolean => reason.startsWith('walpb: crc mismatch');

export function englishFault(fact: FaultFact, actor: string): FactSentence {
  switch (fact.type) {
    case 'crash-armed':
      return {
        actor,
        text:
          fact.point === ''
            ? 'will not be killed at a crash point after all'
            : `will be killed ${point(fact.point)}${fact.powerLoss ? ', and lose power' : ''}`,
      };
    case 'crash-point':
      return {
        actor,
        text: `was killed ${point(fact.point)}: ${fact.powerLoss ? 'the power went too, and what was not flushed is gone' : 'what it had sent and written before stands, nothing else happened'}`,
        rule: RULE.persistence,
      };
    case 'crashed':
      return { actor, text: `crashed: ${fact.reason}${isCorrupt(fact.reason) ? `. Stored data changed, so ${RECOVERY}` : ''}` };
    case 'disk-changed':
      return { actor: `the disk of ${actor}`, text: phrases(fact.setting, diskPhrase) };
    case 'clock-changed':
      return { actor: `the clock of ${actor}`, text: phrases(fact.setting, clockPhrase) };
    case 'timer-set':
      return { actor, text: `began its election timer anew: it fires after ${fact.ticks} ticks`, rule: RULE.election };
    case 'client-changed':
      return {
        actor: fact.client,
        text: fact.blind ? 'will send again whatever gets no answer' : 'will not send again what may have been done',
        rule: RULE.clients,
      };
    case 'retried':
      return {
        actor: fact.client,
        text: `sent its request to ${fact.endpoint} again: it does not know whether it was done`,
        rule: RULE.clients,
      };
    case 'link-changed':
      return { actor: `the link from ${fact.from} to ${fact.to}`, text: phrases(fact.setting, linkPhrase) };
  }
}
