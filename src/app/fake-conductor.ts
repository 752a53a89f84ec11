/** A conductor that only plays a part, for drawing against in development: elections, puts, kills and cuts, roughly as they look. */

import type { Conductor, Update } from '#view/conductor.ts';
import type { FeedFact, FeedItem, TapeItem } from '#view/feed.ts';
import type { Frame, LogCell, MemberView, MessageView, Pace } from '#view/frame.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Member = Mutable<Omit<MemberView, 'log'>> & { cells: Mutable<LogCell>[] };

const HOPS = { quick: 4000, slow: 7000 };

class Fake {
  now = 0;
  members: Member[] = [];
  messages: MessageView[] = [];
  todo: { at: number; run: () => void }[] = [];
  feed: FeedItem[] = [];
  tape: TapeItem[] = [];
  tapeChanged = false;
  partition: string[][] = [];
  terminal: Update['terminal'][number][] = [];
  playing = true;
  pace: Pace = { type: 'adaptive' };
  generation = 1;
  seq = 1;
  activity: string | undefined;
  endpoint: string | undefined;
  nextId = 1;

  constructor(readonly count: number) {
    this.members = Array.from({ length: count }, (_, at) => this.member(at));
    for (const member of this.members) this.arm(member);
    this.beat();
  }

  member(at: number): Member {
    return {
      name: `etcd-${at + 1}`,
      id: `${47 + at}a42fb96a97585${at}`,
      number: at + 1,
      clientUrl: `http://127.0.0.1:2${3 + at}79`,
      peerUrl: `http://127.0.0.1:2${3 + at}80`,
      life: 'up',
      crash: undefined,
      incarnation: 1,
      role: 'follower',
      learner: false,
      leadsWithoutQuorum: false,
      term: 1,
      vote: undefined,
      lead: undefined,
      commit: this.count,
      applied: this.count,
      firstIndex: 1,
      lastIndex: this.count,
      lastTerm: 1,
      revision: 1,
      compactRevision: 0,
      timer: undefined,
      votes: [],
      progress: [],
      saving: false,
      cells: [],
    };
  }

  fact(fact: FeedFact, member?: Member): void {
    this.feed.push({ seq: this.seq, id: this.seq, cause: 0, at: this.now, member: member?.name, term: member?.term, fact });
    this.seq += 1;
  }

  mark(kind: Extract<TapeItem, { type: 'mark' }>['kind'], label: string): void {
    this.tape.push({ type: 'mark', at: this.now, kind, label });
    this.tapeChanged = true;
  }

  later(delay: number, run: () => void): void {
    this.todo.push({ at: this.now + delay, run });
  }

  arm(member: Member): void {
    const ticks = 10 + ((member.number * 7 + member.term * 5) % 10);
    const timer = { startedAt: this.now, firesAt: this.now + ticks * 100_000, ticks };
    member.timer = timer;
    this.later(ticks * 100_000, () => {
      if (member.timer === timer && member.life === 'up') this.campaign(member);
    });
  }

  reach(a: string, b: string): boolean {
    return this.partition.length === 0 || this.partition.some((side) => side.includes(a) && side.includes(b));
  }

  send(from: string, to: string, kind: MessageView['kind'], entries: number, then: () => void): void {
    const takes = HOPS.quick + ((this.nextId * 977) % HOPS.slow);
    const target = this.members.find((member) => member.name === to);
    const cut = from !== 'you' && to !== 'you' && !this.reach(from, to);
    this.messages.push({
      id: this.nextId,
      from,
      to,
      kind,
      sentAt: this.now,
      arrivesAt: this.now + takes,
      lost: cut ? { at: 0.5, reason: 'cut' } : undefined,
      term: 1,
      entries,
      fields: [],
    });
    this.nextId += 1;
    this.later(takes, () => {
      if (!cut && (target === undefined || target.life === 'up')) then();
    });
  }

  campaign(member: Member): void {
    this.fact({ type: 'election-timeout', afterMicros: (member.timer?.ticks ?? 0) * 100_000, ticks: member.timer?.ticks ?? 0 }, member);
    member.role = 'candidate';
    member.term += 1;
    member.lead = undefined;
    this.tape.push({ type: 'term', term: member.term, from: this.now, leader: undefined, leaderFrom: undefined });
    this.mark('election', '');
    this.fact({ type: 'became-candidate' }, member);
    member.votes = this.members.map((each) => ({ name: each.name, vote: each === member ? ('granted' as const) : ('pending' as const) }));
    this.arm(member);
    for (const peer of this.members.filter((each) => each !== member)) {
      this.send(member.name, peer.name, 'vote', 0, () => {
        if (peer.term >= member.term) return;
        peer.term = member.term;
        peer.role = 'follower';
        this.arm(peer);
        this.fact({ type: 'vote-granted', to: member.name, pre: false }, peer);
        this.send(peer.name, member.name, 'vote-grant', 0, () => {
          member.votes = member.votes.map((vote) => (vote.name === peer.name ? { ...vote, vote: 'granted' } : vote));
          if (member.role === 'candidate' && member.votes.filter((vote) => vote.vote === 'granted').length * 2 > this.count)
            this.lead(member);
        });
      });
    }
    if (this.count === 1) this.lead(member);
  }

  lead(member: Member): void {
    member.role = 'leader';
    member.timer = undefined;
    member.votes = [];
    this.fact({ type: 'became-leader', votes: Math.floor(this.count / 2) + 1, voters: this.count }, member);
    this.tape = this.tape.map((item) =>
      item.type === 'term' && item.term === member.term ? { ...item, leader: member.name, leaderFrom: this.now } : item,
    );
    this.tapeChanged = true;
    member.progress = this.members.map((each) => ({
      name: each.name,
      state: 'replicate',
      match: each.lastIndex,
      next: each.lastIndex + 1,
      inflight: 0,
      paused: false,
      active: true,
    }));
    this.append(member, 'empty', '', () => undefined);
  }

  append(leader: Member, kind: LogCell['kind'], label: string, done: () => void): void {
    const index = leader.lastIndex + 1;
    const cell = { index, term: leader.term, kind, label, committed: false, applied: false, stable: true };
    leader.cells.push({ ...cell });
    leader.lastIndex = index;
    this.fact({ type: 'appended', index, count: 1, label }, leader);
    let holders = 1;
    const commit = (): void => {
      for (const each of this.members) {
        const held = each.cells.find((item) => item.index === index);
        if (held === undefined || (each !== leader && !this.reach(each.name, leader.name))) continue;
        held.committed = true;
        held.applied = true;
        each.commit = index;
        each.applied = index;
        if (kind === 'normal') each.revision += 1;
      }
      this.fact({ type: 'committed', index, holders: ['etcd-2'] }, leader);
      done();
    };
    if (this.count === 1) commit();
    for (const peer of this.members.filter((each) => each !== leader && each.life === 'up')) {
      this.send(leader.name, peer.name, 'append', 1, () => {
        peer.lead = leader.name;
        peer.cells = peer.cells.filter((item) => item.index < index);
        peer.cells.push(...leader.cells.filter((item) => item.index > peer.lastIndex && item.index <= index).map((item) => ({ ...item })));
        peer.lastIndex = index;
        this.arm(peer);
        this.send(peer.name, leader.name, 'append-ack', 0, () => {
          leader.progress = leader.progress.map((each) => (each.name === peer.name ? { ...each, match: index, next: index + 1 } : each));
          holders += 1;
          if (holders === Math.floor(this.count / 2) + 1) commit();
        });
      });
    }
  }

  beat(): void {
    this.later(100_000, () => {
      this.beat();
    });
    for (const leader of this.members.filter((member) => member.role === 'leader' && member.life === 'up')) {
      for (const peer of this.members.filter((each) => each !== leader)) {
        this.send(leader.name, peer.name, 'heartbeat', 0, () => {
          if (peer.term <= leader.term) {
            peer.term = leader.term;
            peer.lead = leader.name;
            peer.role = 'follower';
            this.arm(peer);
          }
          this.send(peer.name, leader.name, 'heartbeat-ack', 0, () => undefined);
        });
      }
    }
  }

  named(name: string | undefined): Member | undefined {
    return this.members.find((member) => member.name === name);
  }

  command(terminal: string, line: string): void {
    const words = line.split(/\s+/);
    this.mark('command', line);
    this.fact({ type: 'command', line });
    const out = (text: string, code: number): void => {
      if (text !== '') this.terminal.push({ type: 'output', terminal, stderr: code !== 0, text });
      this.terminal.push({ type: 'exit', terminal, code });
    };
    if (words[0] === 'play') {
      this.play(words);
      out('', 0);
      return;
    }
    if (words[0] !== 'etcdctl') {
      out(`command not found: ${words[0] ?? ''}\n`, 127);
      return;
    }
    const port = /:2(\d)79/.exec(line)?.[1];
    const member = this.members[port === undefined ? 0 : Number(port) - 3];
    if (member === undefined) return;
    const label = words
      .filter((word) => !word.startsWith('--'))
      .slice(1)
      .join(' ');
    this.activity = label;
    this.endpoint = member.name;
    this.fact({ type: 'request', client: 'you', label }, member);
    this.send('you', member.name, 'call', 0, () => {
      const leader = this.members.find((each) => each.role === 'leader' && each.life === 'up' && this.reach(each.name, member.name));
      if (leader === undefined) return;
      const done = (): void => {
        this.send(member.name, 'you', 'reply', 0, () => {
          this.activity = undefined;
          out('OK\n', 0);
        });
      };
      const go = (): void => {
        this.append(
          leader,
          'normal',
          words
            .filter((word) => !word.startsWith('--'))
            .slice(2)
            .join('='),
          done,
        );
      };
      if (leader === member) go();
      else this.send(member.name, leader.name, 'forward', 1, go);
    });
  }

  play(words: readonly string[]): void {
    const member = this.named(words[2]);
    if (words[1] === 'partition')
      this.partition = words
        .slice(2)
        .join(' ')
        .split('/')
        .map((side) => side.trim().split(','));
    if (words[1] === 'isolate')
      this.partition = [[words[2] ?? ''], this.members.map((each) => each.name).filter((name) => name !== words[2])];
    if (words[1] === 'heal') this.partition = [];
    if (words[1] === 'partition' || words[1] === 'isolate') this.mark('cut', '');
    if (words[1] === 'partition' || words[1] === 'isolate') this.fact({ type: 'partitioned', sides: this.partition });
    if (words[1] === 'heal') this.fact({ type: 'healed' });
    if (member === undefined) return;
    if (words[1] === 'kill') {
      member.life = 'dead';
      member.timer = undefined;
      this.mark('crash', member.name);
      this.fact({ type: 'killed', powerLoss: false }, member);
    }
    if (words[1] === 'freeze') member.life = 'frozen';
    if (words[1] === 'restart' || words[1] === 'thaw') {
      member.life = 'up';
      member.role = 'follower';
      this.arm(member);
      this.mark('restart', member.name);
      this.fact({ type: 'started', incarnation: 2 }, member);
    }
  }

  advance(to: number): void {
    for (;;) {
      const next = [...this.todo].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > to) break;
      this.todo = this.todo.filter((each) => each !== next);
      this.now = next.at;
      this.messages = this.messages.filter((message) => message.arrivesAt > this.now);
      next.run();
    }
    this.now = to;
    this.messages = this.messages.filter((message) => message.arrivesAt > this.now);
  }

  rate(): number {
    if (this.pace.type === 'fixed') return this.pace.rate;
    return this.messages.some((message) => !message.kind.startsWith('heartbeat')) ? 0.012 : 0.35;
  }

  frame(): Frame {
    const leaders = this.members.filter((member) => member.role === 'leader' && member.life === 'up').sort((a, b) => b.term - a.term);
    const [leader] = leaders;
    const majority = (member: { readonly name: string }): boolean =>
      this.members.filter((each) => each.life === 'up' && this.reach(each.name, member.name)).length * 2 > this.count;
    return {
      run: {
        engine: 'fake',
        profile: '3.5',
        seed: 7,
        nodes: this.count,
        generation: this.generation,
        heartbeatMicros: 100_000,
        electionMicros: 1_000_000,
        storage: 'memory',
        secondTab: false,
      },
      now: this.now,
      rate: this.playing ? this.rate() : 0,
      until: this.now + 40_000,
      playing: this.playing,
      pace: this.pace,
      members: this.members.map(({ cells, ...member }) => ({
        ...member,
        leadsWithoutQuorum: member.role === 'leader' && member.life === 'up' && !majority(member),
        log: { compactedTo: 0, bootstrapTo: this.count, cells: cells.slice(-40).map((cell) => ({ ...cell })) },
      })),
      clients: [{ name: 'you', frozen: false, activity: this.activity, endpoint: this.endpoint }],
      messages: this.messages,
      links: [],
      partition: this.partition,
      headline:
        leader === undefined
          ? {
              type: 'no-leader',
              electing: this.members.filter((member) => member.role === 'candidate').map((member) => member.name),
              quorumPossible: this.members.filter((member) => member.life === 'up').length * 2 > this.count,
            }
          : {
              type: 'leader',
              leader: leader.name,
              term: leader.term,
              commit: leader.commit,
              stale: leaders.slice(1).map((each) => each.name),
            },
      safe: true,
    };
  }

  update(): Update {
    const update = {
      frame: this.frame(),
      feed: this.feed,
      tape: this.tapeChanged ? [...this.tape] : undefined,
      terminal: this.terminal,
      notices: [],
    };
    this.feed = [];
    this.terminal = [];
    this.tapeChanged = false;
    return update;
  }
}

/** Makes one; it runs from `boot` on. */
export function createFakeConductor(): Conductor {
  let fake = new Fake(3);
  let push = (_: Update): void => undefined;
  const done = Promise.resolve();
  return {
    boot: (_, onUpdate) => {
      push = onUpdate;
      setInterval(() => {
        if (fake.playing) fake.advance(fake.now + Math.round(16_000 * fake.rate()));
        push(fake.update());
      }, 16);
      return done;
    },
    execute: (terminal, line) => {
      const size = /^play new --nodes (\d)/.exec(line)?.[1];
      if (size === undefined) fake.command(terminal, line);
      else {
        const generation = fake.generation + 1;
        fake = new Fake(Number(size));
        fake.generation = generation;
      }
      return done;
    },
    input: () => done,
    interrupt: (terminal) => {
      fake.terminal.push({ type: 'exit', terminal, code: 130 });
      return done;
    },
    play: () => {
      fake.playing = true;
      return done;
    },
    pause: () => {
      fake.playing = false;
      return done;
    },
    step: () => {
      fake.playing = false;
      fake.advance(Math.min(...fake.todo.map((each) => each.at)));
      return done;
    },
    setPace: (pace) => {
      fake.pace = pace;
      return done;
    },
    setVisible: () => done,
    newRun: () => done,
    resolveStorage: () => done,
    keys: (member) =>
      Promise.resolve({
        member,
        revision: 4,
        compactRevision: 0,
        keys: [{ key: 'foo', value: 'bar', createRevision: 2, modRevision: 4, version: 3, lease: '' }],
        more: false,
        error: undefined,
      }),
    share: () => Promise.resolve({ fragment: 'run=fake', file: '' }),
    deleteStored: () => done,
  };
}
