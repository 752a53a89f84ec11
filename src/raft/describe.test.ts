/** etcd-io/raft's texts for what a node handles, word for word: scripts and people read them. */

import { describe, expect, it } from 'vitest';
import { logIndex, term } from '#kernel/brand.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { encodeConfChange, parseChanges, type ConfChange } from '#raft/conf-change.ts';
import {
  describeConfChange,
  describeConfiguration,
  describeConfState,
  describeEntries,
  describeEntry,
  describeHardState,
  describeMessage,
  describeProgress,
  describeReady,
  describeRole,
  describeSnapshot,
  describeSoftState,
  describeTarget,
} from '#raft/describe.ts';
import type { Entry } from '#raft/entry.ts';
import { APPEND_THREAD, APPLY_THREAD, type Message } from '#raft/message.ts';
import type { ProgressView } from '#raft/progress.ts';
import { quoteGo } from '#raft/quote.ts';
import type { Ready } from '#raft/ready.ts';
import { EMPTY_SNAPSHOT } from '#raft/state.ts';
import { entry, msgApp, msgAppResp, msgHeartbeat, msgReject, msgSnap, msgVote, msgVoteResp, snapshotAt } from '#raft/testing/build.ts';
import { id } from '#raft/testing/network.ts';

const change = (text: string, transition: 'auto' | 'joint-implicit' | 'joint-explicit' = 'auto', context = EMPTY_BYTES): ConfChange => ({
  version: 2,
  transition,
  changes: parseChanges(text) ?? [],
  context,
});
const ends = { from: id(10), to: id(27), term: term(3) };
const changeEntry = (type: 'EntryConfChange' | 'EntryConfChangeV2', of: ConfChange): Entry => ({
  ...entry(2, 5),
  type,
  data: encodeConfChange(of),
});
const SNAPSHOT_TEXT = 'Index:9 Term:2 ConfState:Voters:[1 2] VotersOutgoing:[] Learners:[4] LearnersNext:[] AutoLeave:false';

describe('entries', () => {
  it.each<readonly [Entry, string]>([
    [entry(2, 5, 'a"b'), '2/5 EntryNormal "a\\"b"'],
    [entry(2, 5), '2/5 EntryNormal ""'],
    [changeEntry('EntryConfChangeV2', change('v2 l3 r1 u4')), '2/5 EntryConfChangeV2 v2 l3 r1 u4'],
    [changeEntry('EntryConfChangeV2', change('')), '2/5 EntryConfChangeV2'],
    [{ ...entry(2, 5), type: 'EntryConfChangeV2' }, '2/5 EntryConfChangeV2'],
    [
      changeEntry('EntryConfChange', { version: 1, id: 0n, change: { type: 'remove-node', nodeId: id(27) }, context: EMPTY_BYTES }),
      '2/5 EntryConfChange r27',
    ],
  ])('%#: term, index, type and what is in it', (of, text) => {
    expect(describeEntry(of)).toBe(text);
  });

  it('of a list stand one a line', () => {
    expect(describeEntries([entry(1, 1, 'x'), entry(1, 2)])).toBe('1/1 EntryNormal "x"\n1/2 EntryNormal ""\n');
    expect(describeEntries([])).toBe('');
  });
});

describe('states', () => {
  it('of a node', () => {
    expect((['follower', 'pre-candidate', 'candidate', 'leader'] as const).map(describeRole)).toEqual([
      'StateFollower',
      'StatePreCandidate',
      'StateCandidate',
      'StateLeader',
    ]);
    expect(describeSoftState({ lead: id(27), role: 'leader' })).toBe('Lead:27 State:StateLeader');
    expect(describeHardState({ term: term(2), vote: id(27), commit: logIndex(0) })).toBe('Term:2 Vote:27 Commit:0');
    expect(describeHardState({ term: term(2), vote: id(0), commit: logIndex(7) })).toBe('Term:2 Commit:7');
    expect(describeSnapshot(snapshotAt(9, 2, [1, 2], [4]))).toBe(SNAPSHOT_TEXT);
    const joint = { voters: [id(1)], votersOutgoing: [id(1), id(2)], learners: [], learnersNext: [id(2)], autoLeave: true };
    expect(describeConfState(joint)).toBe('Voters:[1] VotersOutgoing:[1 2] Learners:[] LearnersNext:[2] AutoLeave:true');
  });

  it('of a configuration, with only what is there', () => {
    const config = { voters: [id(1), id(10)], outgoing: [], learners: [], learnersNext: [], autoLeave: false };
    expect(describeConfiguration(config)).toBe('voters=(1 a)');
    expect(describeConfiguration({ ...config, voters: [] })).toBe('voters=()');
    expect(describeConfiguration({ ...config, learners: [id(11), id(12)] })).toBe('voters=(1 a) learners=(b c)');
    expect(describeConfiguration({ ...config, outgoing: [id(2), id(3)], learnersNext: [id(2)], autoLeave: true })).toBe(
      'voters=(1 a)&&(2 3) learners_next=(2) autoleave',
    );
  });

  it('of a peer, with only what is out of the ordinary', () => {
    const plain: ProgressView = {
      state: 'replicate',
      match: logIndex(3),
      next: logIndex(5),
      isLearner: false,
      paused: false,
      pendingSnapshot: logIndex(0),
      recentActive: true,
      inflight: 0,
      inflightFull: false,
    };
    const text = (changed: Partial<ProgressView>): string => describeProgress({ ...plain, ...changed });
    expect(text({})).toBe('StateReplicate match=3 next=5');
    expect(text({ isLearner: true, paused: true, recentActive: false })).toBe('StateReplicate match=3 next=5 learner paused inactive');
    expect(text({ inflight: 2 })).toBe('StateReplicate match=3 next=5 inflight=2');
    expect(text({ inflight: 2, inflightFull: true })).toBe('StateReplicate match=3 next=5 inflight=2[full]');
    expect(text({ state: 'snapshot', pendingSnapshot: logIndex(4) })).toBe('StateSnapshot match=3 next=5 pendingSnap=4');
    expect(text({ state: 'probe' })).toBe('StateProbe match=3 next=5');
  });
});

describe('a configuration change', () => {
  it.each<readonly [ConfChange, string]>([
    [change('v27'), 'transition:ConfChangeTransitionAuto changes:{type:ConfChangeAddNode node_id:27}'],
    [
      change('l2 r3', 'joint-implicit'),
      'transition:ConfChangeTransitionJointImplicit changes:{type:ConfChangeAddLearnerNode node_id:2} changes:{type:ConfChangeRemoveNode node_id:3}',
    ],
    [
      change('u4', 'joint-explicit', utf8('why')),
      'transition:ConfChangeTransitionJointExplicit changes:{type:ConfChangeUpdateNode node_id:4} context:"why"',
    ],
    [change(''), 'transition:ConfChangeTransitionAuto'],
    [
      { version: 1, id: 7n, change: { type: 'add-node', nodeId: id(2) }, context: EMPTY_BYTES },
      'transition:ConfChangeTransitionAuto changes:{type:ConfChangeAddNode node_id:2}',
    ],
  ])('%# is told in its second form', (of, text) => {
    expect(describeConfChange(of)).toBe(text);
  });
});

describe('a message', () => {
  it('names its ends in hex, and the threads by name', () => {
    expect([id(0), APPEND_THREAD, APPLY_THREAD, id(27)].map(describeTarget)).toEqual(['None', 'AppendThread', 'ApplyThread', '1b']);
  });

  const thread = { from: APPEND_THREAD, to: id(10), term: term(3) };
  it.each<readonly [Message, string]>([
    [{ ...ends, type: 'MsgHup' }, 'a->1b MsgHup Term:3 Log:0/0'],
    [msgApp({ from: 10, to: 27, term: 3 }, 2, 4), 'a->1b MsgApp Term:3 Log:2/4'],
    [
      msgApp({ from: 10, to: 27, term: 3 }, 2, 4, [entry(2, 5, 'x')], 4),
      'a->1b MsgApp Term:3 Log:2/4 Commit:4 Entries:[2/5 EntryNormal "x"]',
    ],
    [
      msgApp({ from: 10, to: 27, term: 3 }, 2, 4, [entry(2, 5, 'x'), entry(3, 6)], 4),
      'a->1b MsgApp Term:3 Log:2/4 Commit:4 Entries:[\n  2/5 EntryNormal "x"\n  3/6 EntryNormal ""\n]',
    ],
    [msgAppResp({ from: 10, to: 27, term: 3 }, 6), 'a->1b MsgAppResp Term:3 Log:0/6'],
    [msgReject({ from: 10, to: 27, term: 3 }, 6, 5, 2), 'a->1b MsgAppResp Term:3 Log:2/6 Rejected (Hint: 5)'],
    [msgVote('MsgVote', { from: 10, to: 27, term: 3 }, 2, 6), 'a->1b MsgVote Term:3 Log:2/6'],
    [msgVote('MsgPreVote', { from: 10, to: 27, term: 3 }, 2, 6, true), 'a->1b MsgPreVote Term:3 Log:2/6'],
    [msgVoteResp('MsgVoteResp', { from: 10, to: 27, term: 3 }), 'a->1b MsgVoteResp Term:3 Log:0/0'],
    [msgVoteResp('MsgPreVoteResp', { from: 10, to: 27, term: 3 }, true), 'a->1b MsgPreVoteResp Term:3 Log:0/0 Rejected (Hint: 0)'],
    [msgSnap({ from: 10, to: 27, term: 3 }, snapshotAt(9, 2, [1, 2], [4])), `a->1b MsgSnap Term:3 Log:0/0\n  Snapshot: ${SNAPSHOT_TEXT}`],
    [msgSnap({ from: 10, to: 27, term: 3 }, EMPTY_SNAPSHOT), 'a->1b MsgSnap Term:3 Log:0/0'],
    [msgHeartbeat({ from: 10, to: 27, term: 3 }, 8), 'a->1b MsgHeartbeat Term:3 Log:0/0 Commit:8'],
    [{ ...ends, type: 'MsgHeartbeatResp', context: utf8('r') }, 'a->1b MsgHeartbeatResp Term:3 Log:0/0'],
    [{ ...ends, type: 'MsgSnapStatus', reject: true }, 'a->1b MsgSnapStatus Term:3 Log:0/0 Rejected (Hint: 0)'],
    [
      { ...ends, type: 'MsgProp', entries: [{ type: 'EntryNormal', data: utf8('x') }] },
      'a->1b MsgProp Term:3 Log:0/0 Entries:[0/0 EntryNormal "x"]',
    ],
    // etcd carries the name of a read as the data of an entry.
    [{ ...ends, type: 'MsgReadIndex', context: utf8('r') }, 'a->1b MsgReadIndex Term:3 Log:0/0 Entries:[0/0 EntryNormal "r"]'],
    [
      { ...ends, type: 'MsgReadIndexResp', index: logIndex(8), context: utf8('r') },
      'a->1b MsgReadIndexResp Term:3 Log:0/8 Entries:[0/0 EntryNormal "r"]',
    ],
    [
      { ...thread, type: 'MsgStorageAppendResp', logTerm: term(2), index: logIndex(6), snapshot: snapshotAt(9, 2, [1, 2], [4]) },
      `AppendThread->a MsgStorageAppendResp Term:3 Log:2/6\n  Snapshot: ${SNAPSHOT_TEXT}`,
    ],
    [
      { ...thread, from: APPLY_THREAD, type: 'MsgStorageApplyResp', entries: [entry(2, 5, 'x')] },
      'ApplyThread->a MsgStorageApplyResp Term:3 Log:0/0 Entries:[2/5 EntryNormal "x"]',
    ],
    [
      {
        from: id(10),
        to: APPEND_THREAD,
        term: term(3),
        type: 'MsgStorageAppend',
        entries: [entry(2, 5, 'x'), entry(3, 6)],
        hardState: { term: term(3), vote: id(27), commit: logIndex(4) },
        snapshot: undefined,
        responses: [
          msgAppResp({ from: 10, to: 27, term: 3 }, 6),
          { ...thread, type: 'MsgStorageAppendResp', logTerm: term(3), index: logIndex(6), snapshot: snapshotAt(9, 2, [1, 2], [4]) },
        ],
      },
      [
        'a->AppendThread MsgStorageAppend Term:3 Log:0/0 Commit:4 Vote:27 Entries:[',
        '  2/5 EntryNormal "x"',
        '  3/6 EntryNormal ""',
        '] Responses:[',
        '  a->1b MsgAppResp Term:3 Log:0/6',
        '  AppendThread->a MsgStorageAppendResp Term:3 Log:3/6',
        `    Snapshot: ${SNAPSHOT_TEXT}`,
        ']',
      ].join('\n'),
    ],
    [
      {
        from: id(10),
        to: APPEND_THREAD,
        term: term(0),
        type: 'MsgStorageAppend',
        entries: [],
        hardState: undefined,
        snapshot: undefined,
        responses: [],
      },
      'a->AppendThread MsgStorageAppend Term:0 Log:0/0',
    ],
    [
      {
        from: id(10),
        to: APPLY_THREAD,
        term: term(0),
        type: 'MsgStorageApply',
        entries: [entry(2, 5, 'x')],
        responses: [
          { from: APPLY_THREAD, to: id(10), term: term(0), type: 'MsgStorageApplyResp', entries: [entry(2, 5, 'x'), entry(2, 6, 'y')] },
        ],
      },
      [
        'a->ApplyThread MsgStorageApply Term:0 Log:0/0 Entries:[2/5 EntryNormal "x"] Responses:[',
        '  ApplyThread->a MsgStorageApplyResp Term:0 Log:0/0 Entries:[',
        '    2/5 EntryNormal "x"',
        '    2/6 EntryNormal "y"',
        '  ]',
        ']',
      ].join('\n'),
    ],
  ])('%#: $type', (message, text) => {
    expect(describeMessage(message)).toBe(text);
  });
});

describe('a Ready', () => {
  const empty: Ready = {
    softState: undefined,
    hardState: undefined,
    readStates: [],
    entries: [],
    snapshot: undefined,
    committedEntries: [],
    messages: [],
    mustSync: false,
  };

  it('without anything says so', () => {
    expect(describeReady(empty)).toBe('<empty Ready>');
  });

  it.each<readonly [Partial<Ready>, string]>([
    [{ softState: { lead: id(1), role: 'follower' } }, 'Lead:1 State:StateFollower\n'],
    [{ hardState: { term: term(1), vote: id(0), commit: logIndex(2) } }, 'HardState Term:1 Commit:2\n'],
    [
      {
        readStates: [
          { index: logIndex(8), context: utf8('ab') },
          { index: logIndex(9), context: utf8('c') },
        ],
      },
      'ReadStates [{8 [97 98]} {9 [99]}]\n',
    ],
    [{ entries: [entry(1, 2, 'x')] }, 'Entries:\n1/2 EntryNormal "x"\n'],
    [{ snapshot: snapshotAt(9, 2, [1, 2], [4]) }, `Snapshot ${SNAPSHOT_TEXT}\n`],
    [{ committedEntries: [entry(1, 2, 'x')] }, 'CommittedEntries:\n1/2 EntryNormal "x"\n'],
    [
      {
        messages: [
          { ...ends, type: 'MsgHup' },
          { ...ends, type: 'MsgBeat' },
        ],
      },
      'Messages:\na->1b MsgHup Term:3 Log:0/0\na->1b MsgBeat Term:3 Log:0/0\n',
    ],
  ])('%# shows what is in it', (part, text) => {
    expect(describeReady({ ...empty, ...part })).toBe(`Ready MustSync=false:\n${text}`);
    expect(describeReady({ ...empty, ...part, mustSync: true })).toBe(`Ready MustSync=true:\n${text}`);
  });
});

describe("Go's quotes", () => {
  it.each([
    ['plain', '"plain"'],
    ['', '""'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\n\t\r\b\f\v\u0000\u0007\u007f', '"\\n\\t\\r\\b\\f\\v\\x00\\a\\x7f"'],
    ['\u001f !~', '"\\x1f !~"'],
    ['日本 é', '"日本 é"'],
    ['\u0080\u00a0\u200b\u{1f600}', '"\\u0080\\u00a0\\u200b😀"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['\uffff', '"\\uffff"'],
  ])('%j', (text, quoted) => {
    expect(quoteGo(utf8(text))).toBe(quoted);
  });

  it.each([
    // A byte that begins nothing, a character that is cut, one in more bytes than it needs, a surrogate, and one beyond the last.
    [[0xff, 0x41, 0xc3], '"\\xffA\\xc3"'],
    [[0x80], '"\\x80"'],
    [[0xc1, 0x81], '"\\xc1\\x81"'],
    [[0xc2, 0xa9], '"©"'],
    [[0xdf, 0xbf], '"\u07ff"'],
    [[0xe0, 0x80, 0x80], '"\\xe0\\x80\\x80"'],
    [[0xe6, 0x97], '"\\xe6\\x97"'],
    [[0xed, 0xa0, 0x80], '"\\xed\\xa0\\x80"'],
    [[0xef, 0xbf, 0xbd], '"\ufffd"'],
    [[0xef, 0xbf, 0x41], '"\\xef\\xbfA"'],
    [[0xef, 0x41, 0xbd], '"\\xefA\\xbd"'],
    [[0xed, 0xbf, 0xbd], '"\\xed\\xbf\\xbd"'],
    [[0xe0, 0xa0, 0x80], '"\u0800"'],
    [[0xf0, 0x90, 0x80, 0x80], '"\u{10000}"'],
    [[0xf4, 0x8f, 0xbf, 0xbf], '"\\U0010ffff"'],
    [[0x41, 0xe6, 0x97, 0xa5, 0x42], '"A日B"'],
    [[0xf0, 0x9f, 0x98, 0x80], '"😀"'],
    [[0xf4, 0x90, 0x80, 0x80], '"\\xf4\\x90\\x80\\x80"'],
    [[0xf5, 0x80, 0x80, 0x80], '"\\xf5\\x80\\x80\\x80"'],
  ] as const)('bytes %o', (bytes, quoted) => {
    expect(quoteGo(Uint8Array.from(bytes))).toBe(quoted);
  });
});
