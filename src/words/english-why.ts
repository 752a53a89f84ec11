/** Questions and reasons in English sentences, and the words of the panels that show them. */

import type { MessageView } from '#view/frame.ts';
import type { MissingReason, SilenceReason, WhyFact, WhyQuestion } from '#view/why.ts';
import { englishFact, englishList } from '#words/english-facts.ts';
import { RULE } from '#words/fact-sentence.ts';
import { durationText } from '#words/measure.ts';

/** A reason, and where its rule is written. */
export interface WhySentence {
  readonly text: string;
  /** A command line that belongs to it. */
  readonly code?: string;
  readonly rule?: string | undefined;
}

type Kind = MessageView['kind'];

const KINDS: Readonly<Record<Kind, string>> = {
  append: 'append',
  'append-ack': 'acknowledgement',
  'append-nack': 'refusal of an append',
  heartbeat: 'heartbeat',
  'heartbeat-ack': 'answer to a heartbeat',
  vote: 'vote request',
  'vote-grant': 'vote',
  'vote-refusal': 'refusal of a vote',
  'pre-vote': 'pre-vote request',
  'pre-vote-grant': 'pre-vote',
  'pre-vote-refusal': 'refusal of a pre-vote',
  snapshot: 'snapshot',
  'timeout-now': 'order to campaign now',
  forward: 'forwarded proposal',
  'read-index': 'read-index question',
  'read-index-answer': 'read-index answer',
  call: 'request',
  reply: 'answer',
  'watch-event': 'watch event',
};

const SILENT: Readonly<Record<SilenceReason, string>> = {
  dead: 'is down',
  crashed: 'has crashed',
  frozen: 'is frozen',
  cut: 'is cut off from it',
  lossy: 'sent something that was lost on the way',
  'not-leading': 'does not lead any more',
  slow: 'is slow',
  unknown: 'has not been heard',
};

const MISSING: Readonly<Record<MissingReason, string>> = {
  dead: 'it is down',
  crashed: 'it has crashed',
  frozen: 'it is frozen',
  cut: 'the link to the leader is cut',
  'on-the-way': 'a message is on its way',
  saving: 'its disk is still writing, and it answers only after the flush',
  snapshot: 'it needs a snapshot first',
  behind: 'the leader has not got that far with it',
  lossy: 'a message was lost on the way and will be sent again',
};

const of = (n: number, word: string, many = `${word}s`): string => (n === 1 ? `1 ${word}` : `${n} ${many}`);
/** The word with its article, at the beginning of a sentence. */
const a = (what: string): string => `${/^[aeiou]/.test(what) ? 'An' : 'A'} ${what}`;
const client = (name: string): string => (name === 'you' ? 'your client' : name);
const Client = (name: string): string => (name === 'you' ? 'Your client' : name);
const has = (names: readonly string[]): string => (names.length === 1 ? 'has' : 'have');
const are = (names: readonly string[]): string => (names.length === 1 ? 'is' : 'are');

function question(asked: WhyQuestion): string {
  switch (asked.type) {
    case 'no-leader':
      return 'Why is there no leader?';
    case 'leads':
      return `Why does ${asked.leader} lead term ${asked.term}?`;
    case 'booting':
      return 'Why is there no leader yet?';
    case 'member':
      return memberQuestion(asked);
    case 'entry':
      return entryQuestion(asked);
    case 'request':
      return {
        waiting: `Why does “${asked.label}” hang?`,
        done: `Why could “${asked.label}” be answered?`,
        failed: `Why did “${asked.label}” fail?`,
        'given-up': `Why did “${asked.label}” get no answer in time?`,
      }[asked.state];
    case 'message':
      return {
        travels: `Why is this ${KINDS[asked.kind]} on its way from ${asked.from} to ${asked.to}?`,
        arrived: `Why did ${asked.from} send ${asked.to} this ${KINDS[asked.kind]}?`,
        lost: `Why was the ${KINDS[asked.kind]} from ${asked.from} to ${asked.to} lost?`,
      }[asked.state];
    case 'event':
      return eventQuestion(asked);
    case 'link':
      return {
        cut: `Why does nothing get from ${asked.from} to ${asked.to}?`,
        changed: `Why is the way from ${asked.from} to ${asked.to} not as it was made?`,
        whole: `The way from ${asked.from} to ${asked.to} is whole`,
      }[asked.state];
    case 'client':
      return `What does ${client(asked.client)} wait for?`;
    case 'key':
      return `Why does ${asked.key} have this value?`;
    case 'lease':
      return `How long does lease ${asked.lease} live?`;
    case 'watch':
      return asked.state === 'open' ? `What does the watch on ${asked.label} see?` : `Why did the watch on ${asked.label} end?`;
    case 'term':
      return `Why did term ${asked.term} begin?`;
    case 'forgotten':
      return 'This is not remembered any more';
  }
}

function memberQuestion({ member, state, term, lead }: Extract<WhyQuestion, { readonly type: 'member' }>): string {
  switch (state) {
    case 'leader':
      return `Why does ${member} lead term ${term}?`;
    case 'stale-leader':
      return `Why does ${member} lead without a quorum?`;
    case 'candidate':
      return `Why is ${member} a candidate in term ${term}?`;
    case 'pre-candidate':
      return `Why does ${member} ask whether it could win?`;
    case 'leaderless':
      return `Why does ${member} know no leader?`;
    case 'behind':
      return `Why is ${member} behind?`;
    case 'follower':
      return lead === undefined ? `Why is ${member} a follower?` : `Why does ${member} follow ${lead}?`;
    case 'dead':
      return `Why is ${member} down?`;
    case 'crashed':
      return `Why did ${member} crash?`;
    case 'frozen':
      return `Why is ${member} frozen?`;
  }
}

function entryQuestion({ member, index, state }: Extract<WhyQuestion, { readonly type: 'entry' }>): string {
  switch (state) {
    case 'committed':
      return `Why is entry ${index} on ${member} committed?`;
    case 'uncommitted':
      return `Why is entry ${index} on ${member} not committed?`;
    case 'not-known-committed':
      return `Why does ${member} not know that entry ${index} is committed?`;
    case 'gone':
      return `Why did entry ${index} disappear from ${member}?`;
  }
}

function eventQuestion({ item }: Extract<WhyQuestion, { readonly type: 'event' }>): string {
  const who = item.member ?? '';
  const { fact } = item;
  switch (fact.type) {
    case 'election-timeout':
      return `Why did the election timer of ${who} fire?`;
    case 'became-pre-candidate':
      return `Why does ${who} ask whether it could win?`;
    case 'became-candidate':
      return `Why did ${who} become a candidate in term ${item.term ?? '?'}?`;
    case 'became-leader':
      return `Why did ${who} win term ${item.term ?? '?'}?`;
    case 'became-follower':
      return fact.lead === undefined ? `Why did ${who} become a follower?` : `Why does ${who} follow ${fact.lead}?`;
    case 'stepped-down':
      return `Why did ${who} step down?`;
    case 'vote-granted':
      return fact.pre ? `Why would ${who} vote for ${fact.to}?` : `Why did ${who} vote for ${fact.to}?`;
    case 'vote-refused':
      return fact.pre ? `Why would ${who} not vote for ${fact.to}?` : `Why did ${who} refuse its vote to ${fact.to}?`;
    case 'append-refused':
      return `Why did ${fact.from} refuse an append?`;
    case 'truncated':
      return `Why did ${who} remove entries from ${fact.from} on?`;
    case 'committed':
      return `Why could ${who} commit entry ${fact.index}?`;
    case 'snapshot-sent':
      return `Why does ${fact.to} get a snapshot?`;
    case 'watch-cancelled':
      return 'Why did this watch end?';
    case 'message-lost':
      return `Why was this message from ${fact.from} to ${fact.to} lost?`;
    case 'crashed':
      return `Why did ${who} crash?`;
    default: {
      const { actor, text } = englishFact(item);
      return `Why: ${actor} ${text}`;
    }
  }
}

function reason(fact: WhyFact): WhySentence {
  switch (fact.type) {
    case 'happened': {
      if (fact.item.fact.type === 'command') return { text: 'You gave the command', code: fact.item.fact.line };
      const { actor, text, rule } = englishFact(fact.item);
      return { text: `${actor} ${text}`, rule };
    }
    case 'message': {
      const what = `${KINDS[fact.kind]} from ${fact.from} to ${fact.to}`;
      if (fact.state === 'travels') return { text: `${a(what)} is on its way.` };
      const took = fact.micros === undefined ? '' : ` after ${durationText(fact.micros)}`;
      return { text: fact.state === 'arrived' ? `${a(what)} arrived${took}.` : `The ${what} was lost${took}.` };
    }
    case 'timed-out':
      return {
        text: `${fact.member} heard from no leader for ${durationText(fact.micros)}: its election timeout, drawn at random, is ${of(fact.ticks, 'tick')}${fact.skipped ? ', some of which etcd skips at the start' : ''}.`,
        rule: RULE.election,
      };
    case 'asked-to-campaign':
      return fact.by === 'visitor'
        ? { text: `You told ${fact.member} to time out now.` }
        : { text: `The leader handed over to ${fact.member} and told it to campaign at once.`, rule: RULE.transfer };
    case 'last-heard':
      return { text: `${fact.member} last heard from ${fact.leader} ${durationText(fact.before)} before.` };
    case 'never-heard':
      return { text: `${fact.member} had not heard of any leader since it started.` };
    case 'silent':
      return { text: `${fact.member} ${SILENT[fact.reason]}.` };
    case 'pre-vote-won':
      return { text: `${fact.granted} of ${fact.voters} would vote for ${fact.member}, so it raised its term.`, rule: RULE.preVote };
    case 'ballot':
      return {
        text: fact.pre
          ? `${fact.voter} ${fact.granted ? 'would' : 'would not'} vote for ${fact.candidate}.`
          : `${fact.voter} ${fact.granted ? 'voted' : 'did not vote'} for ${fact.voter === fact.candidate ? 'itself' : fact.candidate}.`,
        rule: fact.pre ? RULE.preVote : RULE.election,
      };
    case 'no-ballot':
      return {
        text: `${fact.voter} has not answered ${fact.candidate}: ${fact.reason === 'on-the-way' ? 'the request is on its way' : `it ${SILENT[fact.reason]}`}.`,
      };
    case 'majority':
      return { text: `${fact.have} of ${fact.of} voted for it; ${fact.needed} are a majority.`, rule: RULE.election };
    case 'voted-for':
      return {
        text: `${fact.voter} had voted for ${fact.voter === fact.votedFor ? 'itself' : fact.votedFor} in term ${fact.term}, and has one vote in a term.`,
        rule: RULE.election,
      };
    case 'compared-logs':
      return {
        text: `The log of ${fact.voter} ends with entry ${fact.own.index} of term ${fact.own.term}, that of ${fact.candidate} with entry ${fact.theirs.index} of term ${fact.theirs.term}: ${fact.behind ? 'the voter’s is more up to date' : 'the candidate’s is at least as up to date'}.`,
        rule: RULE.upToDate,
      };
    case 'in-lease':
      return {
        text: `${fact.voter} had heard from ${fact.leader ?? 'a leader'} ${durationText(fact.micros)} before, less than an election timeout: it does not disturb a leader that lives.`,
        rule: RULE.checkQuorum,
      };
    case 'older-term':
      return { text: `${fact.from} asked from a term older than ${fact.own}.`, rule: RULE.terms };
    case 'newer-term':
      return {
        text: `${fact.kind === undefined ? 'A message' : a(KINDS[fact.kind])} from ${fact.from} carried term ${fact.term}; its own was ${fact.own}. Who sees a newer term follows.`,
        rule: RULE.terms,
      };
    case 'quorum-check':
      return {
        text: `In a whole election timeout it heard from ${fact.active.length === 0 ? 'nobody' : `${englishList(fact.active)} only`}. With itself that is ${fact.active.length + 1} of ${fact.of}; a majority is ${fact.needed}.`,
        rule: RULE.checkQuorum,
      };
    case 'will-step-down':
      return { text: `At its next quorum check, in ${durationText(fact.micros)}, ${fact.member} will step down.`, rule: RULE.checkQuorum };
    case 'claims':
      return {
        text: `${fact.member} still leads term ${fact.term}, but hears ${fact.hears.length === 0 ? 'nobody' : `only ${englishList(fact.hears)}`}.`,
      };
    case 'follows':
      return { text: `${fact.member} heard from ${fact.leader} as the leader of term ${fact.term}.`, rule: RULE.election };
    case 'holders':
      return {
        text: `${fact.holders.length === 0 ? 'Nobody has' : `${englishList(fact.holders)} ${has(fact.holders)}`} entry ${fact.index} on disk: ${fact.holders.length} of ${fact.of}, a majority is ${fact.needed}.`,
        rule: RULE.replication,
      };
    case 'missing-ack':
      return { text: `${fact.voter} has not acknowledged it: ${MISSING[fact.reason]}.` };
    case 'own-term-rule':
      return {
        text: `A majority holds it, but it is of term ${fact.entryTerm}: a leader of term ${fact.leaderTerm} commits only entries of its own term by counting, and older ones with them.`,
        rule: RULE.ownTerm,
      };
    case 'covered-by-own-term':
      return {
        text: `It was committed together with entry ${fact.index}, which is of the leader’s own term ${fact.term}.`,
        rule: RULE.ownTerm,
      };
    case 'other-leader':
      return { text: `${fact.leader} leads the newer term ${fact.term}.`, rule: RULE.terms };
    case 'will-be-replaced':
      return {
        text: `${fact.leader} ${fact.theirTerm === undefined ? `has no entry ${fact.index}` : `has an entry of term ${fact.theirTerm} at ${fact.index}`}: once they hear each other, its log wins and this entry is replaced.`,
        rule: RULE.replication,
      };
    case 'not-told':
      return {
        text: `${fact.leader} has committed up to ${fact.commit}; ${fact.member} learns it with the next message that reaches it.`,
        rule: RULE.replication,
      };
    case 'not-applied':
      return { text: `${fact.member} has applied up to ${fact.applied} so far.` };
    case 'log-mismatch':
      return {
        text:
          fact.ownTerm === 0
            ? `${fact.follower} has no entry ${fact.index}, after which ${fact.leader} wanted to append.`
            : `${fact.follower} has an entry of term ${fact.ownTerm} at ${fact.index}, ${fact.leader} has one of term ${fact.leaderTerm}: the logs must agree before it appends.`,
        rule: RULE.replication,
      };
    case 'backs-up':
      return { text: `${fact.leader} goes back to ${fact.to} and tries again from there.`, rule: RULE.replication };
    case 'conflict':
      return {
        text: `At ${fact.index} ${fact.member} had an entry of term ${fact.ownTerm}, the leader has one of term ${fact.newTerm}: the leader’s log wins.`,
        rule: RULE.replication,
      };
    case 'never-committed':
      return { text: `No majority ever held the entries from ${fact.index} on, so nobody was told that they are done.`, rule: RULE.commit };
    case 'told-commit':
      return { text: `${fact.leader} told ${fact.member} that everything up to ${fact.index} is committed.`, rule: RULE.replication };
    case 'needs-snapshot':
      return {
        text: `${fact.member} needs the log from ${fact.next} on, and the leader’s log begins at ${fact.first}: what came before is in a snapshot.`,
        rule: RULE.compaction,
      };
    case 'behind':
      return {
        text: `${fact.member} has the log up to ${fact.match}, the leader up to ${fact.last}: ${of(fact.by, 'entry', 'entries')} behind.`,
      };
    case 'alive':
      return {
        text:
          fact.down.length === 0
            ? `All ${fact.of} voters run; an election needs ${fact.needed} of them.`
            : `${englishList(fact.down)} ${are(fact.down)} not running: ${fact.up.length} of ${fact.of} voters are left, an election needs ${fact.needed}.`,
        rule: RULE.election,
      };
    case 'split':
      return {
        text: `The network is cut into ${fact.sides.map((side) => (side.length === 0 ? 'nobody' : englishList(side))).join(' | ')}: no side has the ${fact.needed} that a majority takes.`,
        rule: RULE.election,
      };
    case 'split-vote':
      return {
        text: `${englishList(fact.candidates)} ask for votes in the same term ${fact.term}: the votes may split, and then another timeout decides.`,
        rule: RULE.election,
      };
    case 'next-timeout':
      return { text: `The next election timer to fire is that of ${fact.member}, in ${durationText(fact.micros)}.`, rule: RULE.election };
    case 'blocked':
      return { text: `The way from ${fact.from} to ${fact.to} is cut.` };
    case 'link-setting':
      return { text: `The link from ${fact.from} to ${fact.to} was set to ${fact.setting}.` };
    case 'by-chance':
      return { text: `The link from ${fact.from} to ${fact.to} loses messages at random.` };
    case 'dropped-by-visitor':
      return { text: 'You dropped it.' };
    case 'inbox-full':
      return { text: `${fact.member} did not read, and what waits for it is full.` };
    case 'endpoint-silent':
      return { text: `${fact.member}, to which it was sent, ${SILENT[fact.reason]}.` };
    case 'held-by-network':
      return { text: `The link between ${client(fact.client)} and ${fact.member} is cut: what was sent waits there.` };
    case 'waits-for-leader':
      return { text: `${fact.member} knows no leader, so it can propose the request to nobody and lets it wait.`, rule: RULE.clients };
    case 'not-serving': {
      const why =
        fact.waitsFor === 'leader'
          ? 'it must first publish its name and address through the log, and knows no leader that could take them'
          : 'the entry that publishes its name and address is not applied yet';
      const waiting = fact.held === 0 ? '' : ` ${fact.held === 1 ? 'One request waits' : `${fact.held} requests wait`} there.`;
      return { text: `${fact.member} is up but does not serve clients yet: ${why}.${waiting}`, rule: RULE.publish };
    }
    case 'forwarded-to':
      return {
        text: `${fact.member} does not lead, and passed it on to ${fact.leader}${fact.arrived ? '' : ', where it has not arrived'}.`,
        rule: RULE.clients,
      };
    case 'waits-for-read-index':
      return {
        text:
          fact.leader === undefined
            ? `A linearizable read needs an index from a leader, and ${fact.member} knows none.`
            : `A linearizable read waits until ${fact.leader} has heard from a majority that it still leads.`,
        rule: RULE.readIndex,
      };
    case 'waits-to-apply':
      return {
        text: `It needs entry ${fact.index} in the store of ${fact.member}, which has applied up to ${fact.applied}.`,
        rule: RULE.readIndex,
      };
    case 'answer-on-the-way':
      return { text: `${fact.member} has answered; the answer is on its way to ${client(fact.client)}.` };
    case 'streams':
      return { text: 'It is a stream: it stays open until somebody ends it.' };
    case 'error':
      return {
        text: fact.effect === 'unknown' ? `“${fact.text}”: whether it took effect is not known, it may still be done.` : `“${fact.text}”`,
      };
    case 'deadline':
      return { text: `${Client(fact.client)} waited as long as it was told to, and gave up. Whether it took effect is not known.` };
    case 'watch-from':
      return {
        text: fact.revision > 0 ? `It was to begin at revision ${fact.revision}.` : `It watches ${fact.key} from when it was made.`,
      };
    case 'compacted':
      return { text: `Everything below revision ${fact.revision} is compacted on ${fact.member}: the changes that it asks for are gone.` };
    case 'closed-by-client':
      return { text: `${Client(fact.client)} ended it.` };
    case 'server-refused':
      return { text: `etcd refused: “${fact.text}”` };
    case 'crash':
      return { text: `${fact.member} stopped at: ${fact.reason}` };
    case 'restart-helps':
      return { text: `Its disk is there: started again, ${fact.member} reads it back and catches up.`, rule: RULE.persistence };
    case 'key-state':
      return fact.value === undefined
        ? { text: `${fact.member} has no key ${fact.key} now.` }
        : { text: `On ${fact.member} it is “${fact.value}”, written at revision ${fact.revision}, version ${fact.version}.` };
    case 'lease-state':
      return {
        text: `It was granted for ${fact.ttlSeconds} s${fact.leftMicros === undefined ? '; only the leader counts it down' : `, ${durationText(fact.leftMicros)} are left`}. ${fact.keys.length === 0 ? 'No key hangs on it.' : `When it ends, ${englishList(fact.keys)} will be deleted.`}`,
      };
    case 'lease-gone':
      return { text: 'There is no such lease now: it was revoked, or ran out.' };
  }
}

export const englishWhy = {
  question,
  reason,
  title: 'Why',
  /** Over the causal chain. */
  chain: 'How it came to this',
  nothingSelected: 'Choose anything that you see to ask about it: a member, a message, an entry, an event below.',
  forgotten: 'It happened before what is remembered of this run. Go back on the tape to see it again.',
  noReasons: 'Nothing more is known of it.',
  letGo: 'Let go',
  goThere: (text: string): string => `Go to: ${text}`,
  followed: 'The life of this request',
  showMember: (name: string): string => `Everything about ${name}`,
};

export type WhyWords = typeof englishWhy;
