/** The page in English. The Chinese catalogue has this one's type: a key that one of them lacks does not compile. */

import type { FeedItem } from '#view/feed.ts';
import type { Notice } from '#view/conductor.ts';
import type { MemberLife, MemberRole, MessageView, PeerProgress } from '#view/frame.ts';
import { englishFact, englishList } from '#words/english-facts.ts';
import { englishHints } from '#words/english-hints.ts';
import { englishNewCluster } from '#words/english-new-cluster.ts';
import { englishScenarios } from '#words/english-scenarios.ts';
import { englishCompare } from '#words/english-compare.ts';
import { englishShare } from '#words/english-share.ts';
import { englishViews } from '#words/english-views.ts';
import { englishTouch } from '#words/english-touch.ts';
import { englishHeadline } from '#words/english-headline.ts';
import type { FactSentence } from '#words/fact-sentence.ts';
import { durationText, instantText } from '#words/measure.ts';
import type { Phrase } from '#words/phrase.ts';
import type { Situation } from '#words/situation.ts';

const ROLES: Readonly<Record<MemberRole, string>> = {
  follower: 'follower',
  'pre-candidate': 'pre-candidate',
  candidate: 'candidate',
  leader: 'leader',
};

const LIVES: Readonly<Record<MemberLife, string>> = { up: 'up', frozen: 'frozen', dead: 'down', crashed: 'crashed' };

const KINDS: Readonly<Record<MessageView['kind'], string>> = {
  append: 'append',
  'append-ack': 'acknowledgement',
  'append-nack': 'refusal',
  heartbeat: 'heartbeat',
  'heartbeat-ack': 'heartbeat answer',
  vote: 'vote request',
  'vote-grant': 'vote',
  'vote-refusal': 'vote refused',
  'pre-vote': 'pre-vote request',
  'pre-vote-grant': 'pre-vote',
  'pre-vote-refusal': 'pre-vote refused',
  snapshot: 'snapshot',
  'timeout-now': 'timeout now',
  forward: 'forwarded proposal',
  'read-index': 'read-index request',
  'read-index-answer': 'read-index answer',
  call: 'request',
  reply: 'answer',
  'watch-event': 'watch event',
};

const RESULTS = {
  'no-opfs': 'This browser gives the page no place to store files, so the members keep their disks in memory: a reload starts afresh.',
  'second-tab': 'Another tab has the stored cluster. This one has a cluster of its own, which is not kept.',
} as const;

export const english = {
  name: 'etcd playground',
  languageName: 'English',
  you: 'you',
  network: 'network',
  loading: 'Starting a cluster in this tab.',
  run: (nodes: number, seed: number, profile: string): string =>
    `${nodes === 1 ? '1 member' : `${nodes} members`} · seed ${seed} · etcd ${profile}`,
  headline: (situation: Situation): Phrase => englishHeadline(situation),
  fact: (item: FeedItem): FactSentence => englishFact(item),
  list: (names: readonly string[]): string => englishList(names),
  hints: englishHints,
  touch: englishTouch,
  views: englishViews,
  roles: ROLES,
  lives: LIVES,
  kinds: KINDS,
  header: {
    newCluster: 'New cluster',
    share: 'Share',
    present: 'Present',
    leaveRoom: 'End the presentation',
    language: '中文',
    languageLabel: 'Language: 中文',
    theme: { light: 'Light', dark: 'Dark' },
    themeLabel: (theme: string): string => `Theme: ${theme}`,
    help: 'Help, legend and keys',
  },
  stage: {
    title: 'Stage',
    ring: 'Members and messages',
    term: 'term',
    member: (name: string, role: string, term: number, life: string): string => `${name}, ${role}, term ${term}, ${life}`,
    down: (name: string, life: string): string => `${name}, ${life}`,
    learner: 'learner',
    withoutQuorum: 'leader, without a quorum',
    noQuorum: 'no quorum',
    notStarted: 'not started yet',
    faultOf: {
      disk: 'disk',
      database: 'database',
      full: 'disk full',
      fsync: 'flushes fail',
      tear: 'torn write',
      corrupt: 'corrupt disk',
      clock: 'clock',
      armed: (point: string): string => `dies at ${point}`,
    },
    everyLink: (note: string): string => `every link: ${note}`,
    bundle: (count: number, from: string, to: string): string => `${count} messages from ${from} to ${to}`,
    clientLabel: (name: string, activity: string | undefined): string =>
      activity === undefined ? `${name}, a client` : `${name}, a client: ${activity}`,
    timeout: (micros: number): string => `times out in ${durationText(micros)}`,
    message: (kind: string, from: string, to: string): string => `${kind} from ${from} to ${to}`,
    cut: 'cut',
    sideB: 'other side',
    empty: 'No members yet.',
  },
  legend: {
    title: 'Legend',
    append: 'append',
    ack: 'ack',
    nack: 'refused',
    vote: 'vote',
    heartbeat: 'heartbeat',
    snapshot: 'snapshot',
    client: 'request',
    lost: 'lost',
    timer: 'election timer',
    leader: 'leader',
    follower: 'follower',
    candidate: 'candidate',
    frozen: 'frozen',
    dead: 'down',
    stale: 'leader without a quorum',
  },
  actions: {
    kill: 'Kill',
    restart: 'Restart',
    freeze: 'Freeze',
    thaw: 'Thaw',
    isolate: 'Isolate',
    timeout: 'Time out now',
    wipe: 'Wipe disk',
    inspect: 'Details',
    close: 'Close',
    request: 'Request',
    cutNetwork: 'Cut the network',
    heal: 'Heal',
    cutHere: 'Cut here',
    cancel: 'Cancel',
    chooseSides: 'Choose the members of the other side.',
    chosen: (names: readonly string[]): string =>
      names.length === 0 ? 'Choose the members of the other side.' : `${englishList(names)} | the rest`,
    lastCommand: 'Last command',
    start: 'Start',
    size: (nodes: number): string => (nodes === 1 ? '1 member' : `${nodes} members`),
    seed: 'Seed',
    newExplained: 'A new cluster replaces this one and its data.',
    membersLabel: 'Members',
  },
  transport: {
    title: 'Time',
    play: 'Run',
    pause: 'Pause',
    step: 'Step',
    stepSize: 'Step size',
    stepSizes: { event: 'one event', message: 'one message', state: 'one state change', term: 'one term' },
    pace: 'Pace',
    adaptive: 'automatic',
    fastest: 'as fast as possible',
    rate: (rate: number): string => (rate >= 1 ? `${rate}×` : `1/${Math.round(1 / rate)}×`),
    now: (micros: number): string => `${instantText(micros)} s`,
    timeline: 'Timeline',
    term: (term: number): string => `term ${term}`,
    leads: (term: number, leader: string): string => `term ${term}, ${leader} leads`,
    marks: {
      election: 'election',
      leader: 'leader',
      crash: 'down',
      restart: 'restart',
      freeze: 'freeze',
      thaw: 'thaw',
      cut: 'cut',
      heal: 'heal',
      violation: 'violation',
      command: 'command',
    },
    needsTime: 'Time is paused, and this needs time.',
    run: 'Run',
    stepBack: 'Step back',
    scrub: 'Go to an instant of the run',
    forgotten: 'the past begins here',
    forgottenExplained: 'Memory is bounded: what came before has fallen away. A saved run or a link still holds all of it.',
    scrubHint: 'Drag to go back in time',
    past: (now: number, head: number): string => `The past: ${instantText(now)} s of ${instantText(head)} s.`,
    pastHint: 'Run to live it again; do something to begin a branch.',
    present: 'Back to the present',
  },
  spaceTime: {
    title: 'Space-time diagram',
    time: 'Space-time',
    label: (from: number, to: number): string => `Space-time diagram from ${instantText(from)} s to ${instantText(to)} s`,
    zoomIn: 'Closer',
    zoomOut: 'Farther',
    quiet: (micros: number): string => durationText(micros),
    applied: (index: number): string => `applied up to ${index}`,
    /** What a member was for a while. */
    stood: (role: string, term: string): string => `${role}, ${term}`,
    flight: (kind: string, from: string, to: string, sent: number, ended: number | undefined, label: string): string =>
      `${kind}${label === '' ? '' : ` (${label})`} from ${from} to ${to}, ${instantText(sent)} s${ended === undefined ? '' : ` to ${instantText(ended)} s`}`,
  },
  share: englishShare,
  compare: englishCompare,
  newCluster: englishNewCluster,
  scenarios: englishScenarios,
  branches: {
    title: 'Branches',
    open: (count: number): string => (count === 1 ? '1 branch' : `${count} branches`),
    explained: 'Whatever you do in the past begins a branch; nothing of the run before is lost.',
    name: (id: number, name: string): string => (name === '' ? `Branch ${id}` : name),
    span: (forkedAt: number, head: number): string => `from ${instantText(forkedAt)} s to ${instantText(head)} s`,
    here: 'you are here',
    go: 'Go there',
    rename: 'Name',
    delete: 'Delete',
  },
  log: {
    title: 'Log',
    explained: 'solid: committed · dashed: not yet · ✓ applied',
    leaderKnows: (leader: string): string => `● match ▸ next, as ${leader} knows them`,
    bootstrap: 'bootstrap',
    compacted: 'compacted',
    cell: (index: number, term: number, label: string): string => `index ${index}, term ${term}, ${label}`,
    committed: 'committed',
    uncommitted: 'not committed',
    applied: 'applied',
    unstable: 'not on disk yet',
    conflict: 'the leader has another entry here',
    match: 'match',
    next: 'next',
    block: (what: string, from: number, to: number): string => `${what}, ${from} to ${to}`,
    empty: 'The log has only the entries of the start. Put a key to see one arrive.',
    emptyEntry: '∅',
    emptyEntryName: 'empty entry of a new leader',
    scroll: 'Log, scrolls sideways',
  },
  panels: {
    log: 'Log',
    details: 'Details',
    terminal: 'Terminal',
    stage: 'Stage',
    events: 'Events',
    member: 'Member',
    why: 'Why',
    data: 'Data',
    safety: 'Safety',
  },
  events: {
    empty: 'Nothing has happened yet.',
    newer: (count: number): string => (count === 1 ? '1 newer event' : `${count} newer events`),
    quiet: 'Show everything',
    quietExplained: 'acknowledgements, saves and lost heartbeats too',
    time: 'time, s',
    filter: 'Which events',
    search: 'Search',
    about: 'About',
    everyone: 'everyone',
    groups: { all: 'everything', election: 'elections', log: 'the log', request: 'requests', fault: 'faults' },
    noMatch: 'No event is like that. Clear the search or the filters.',
    cause: 'a cause',
    effect: 'an effect',
  },
  member: {
    choose: 'Choose a member on the stage, or press 1 to 9.',
    role: 'Role',
    life: 'State',
    term: 'Term',
    vote: 'Voted for',
    lead: 'Follows',
    commit: 'Committed',
    applied: 'Applied',
    last: 'Last entry',
    first: 'First entry',
    revision: 'Revision',
    compacted: 'Compacted',
    id: 'Id',
    client: 'Client URL',
    peer: 'Peer URL',
    runs: 'Runs',
    timer: 'Election timer',
    timerText: (left: number, ticks: number): string => `${durationText(Math.max(0, left))} left of ${ticks} ticks`,
    none: '–',
    progress: 'What it knows of the others',
    peerName: 'Member',
    state: 'State',
    states: { probe: 'probe', replicate: 'replicate', snapshot: 'snapshot' } satisfies Record<PeerProgress['state'], string>,
    match: 'Match',
    next: 'Next',
    inflight: 'In flight',
    inactive: 'silent',
    saving: 'writing to disk',
    crash: 'It crashed',
    votes: 'Votes',
    voteStates: { granted: 'yes', refused: 'no', pending: 'not yet' },
    lastTerm: (index: number, term: number): string => `${index} (term ${term})`,
  },
  request: {
    title: 'Request',
    method: 'What',
    methods: { put: 'put', get: 'get', del: 'delete', watch: 'watch' },
    key: 'Key',
    value: 'Value',
    through: 'through',
    prefix: 'all keys that begin so',
    send: 'Send',
    waiting: 'waiting',
    watching: 'watching',
    done: 'done',
    failed: 'failed',
    stop: 'Stop',
    empty: 'Answers appear here.',
    clear: 'Clear',
    needKey: 'A key is needed.',
    answers: 'Answers',
    stopped: 'stopped',
  },
  terminal: {
    title: 'Terminal',
    input: 'Command line',
    output: 'Terminal output',
    welcome: 'etcdctl and play commands run here. Try: etcdctl put foo bar, play status, play help',
    interrupt: 'Interrupt',
    clear: 'Clear',
    fromPage: 'by a click',
    running: 'running',
    tabs: 'Terminals',
    open: 'One more terminal',
    close: (number: number): string => `Close terminal ${number}`,
    numbered: (number: number): string => `terminal ${number}`,
    split: 'Side by side',
    more: 'More of the terminal',
    save: 'Save the transcript',
    load: 'Play a script…',
    endpoint: 'Where etcdctl talks to',
    talksTo: 'endpoint…',
    allMembers: 'all members',
    silent: (member: string): string => `${member} does not answer now: what is sent to it ends in a timeout.`,
    talkTo: (member: string): string => `Talk to ${member}`,
    searching: (text: string): string => `(search in history) ${text}`,
    keyBar: 'Keys of the terminal',
    keys: { tab: 'Complete (Tab)', interrupt: 'Interrupt (Ctrl-C)', up: 'Earlier line', down: 'Later line', left: 'Left', right: 'Right' },
    voice: 'What the terminal prints',
    manyLines: (count: number, last: string): string => `${count} more lines, the last: ${last}`,
  },
  notices: {
    text: (notice: Notice): string => {
      switch (notice.type) {
        case 'no-opfs':
        case 'second-tab':
          return RESULTS[notice.type];
        case 'restored':
          return `You are back where you were, at ${instantText(notice.now)} s.`;
        case 'stored-run-broken':
          return `The stored run cannot be read: ${notice.detail}`;
        case 'disks-disagree':
          return `The disks of the members are not what the recorded commands lead to: ${notice.detail}`;
        case 'bad-link':
          return `The link holds no run that can be played: ${notice.detail}`;
        case 'other-engine':
          return `This link was made by version ${notice.made} of the engine, and this page has version ${notice.present}: its commands are played, but the run may come out differently.`;
        case 'trace-compared':
          return notice.same
            ? `The run was made by version ${notice.made} of the engine, and its trace up to ${instantText(notice.at)} s is still the same.`
            : `The run comes out differently here than where it was made (engine version ${notice.made}): its trace up to ${instantText(notice.at)} s is another.`;
        case 'past-forgotten':
          return `Memory is bounded: a few hundred checkpoints of a run are kept, and ${instantText(notice.since)} s is now the earliest instant that you can go back to. A saved run or a link still holds all of it from the start.`;
        case 'branched':
          return notice.pending === 0
            ? `You changed the past: this is a new branch. The run as it went before is kept as branch ${notice.left}.`
            : `You acted before ${notice.pending === 1 ? 'a command' : `${notice.pending} commands`} of this run had played: this is a new branch. The run with ${notice.pending === 1 ? 'it' : 'them'} is kept as branch ${notice.left}.`;
        case 'undone':
          return `${englishTouch.undone(notice.line)} The run with it is kept as branch ${notice.left}.`;
        case 'engine-failed':
          return `${notice.member ?? 'The engine'} stopped at a failed check: ${notice.detail}`;
      }
    },
    startFromDisks: 'Start from the disks',
    startOver: 'Start over',
    goBackTo: (branch: number): string => `Go to branch ${branch}`,
    copyReport: 'Copy the report',
    copied: 'Copied',
    dismiss: 'Dismiss',
    update: 'A newer version of this page is here. Reload to use it; the cluster is at the same instant afterwards.',
    reload: 'Reload',
    commandFailed: (line: string, reason: string): string => `${line}: ${reason}`,
    openFailed: (reason: string): string => `The cluster could not be started: ${reason}`,
  },
  help: {
    title: 'What this is',
    about: [
      'A real etcd cluster in this tab. Each member is a worker with a Raft core, a write-ahead log on its own disk and etcd’s key-value store. No server takes part.',
      'Time is virtual: it can stand still, go step by step or fast. The same seed and the same commands give the same run, every time.',
      'Break it: kill the leader, freeze a member, cut the network. Nothing that was acknowledged is lost.',
    ],
    legend: 'Legend',
    keysTitle: 'Keys',
    deleteStored: 'Delete all stored data',
    deleteExplained: 'The cluster and the settings that this page keeps in your browser.',
    deleteConfirm: 'Really delete?',
    close: 'Close',
    storage: { opfs: 'The members’ disks are files that only this browser can read.', memory: 'The members’ disks are in memory.' },
  },
};

export type Catalogue = typeof english;
