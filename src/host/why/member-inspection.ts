/** A member in every detail, its log lines and its metrics: asked of the member, the world and the remembered trace. */

import { nodeId } from '#kernel/brand.ts';
import { decodePlain, type Plain } from '#kernel/plain.ts';
import type { DiskAnswer } from '#etcd/inspection.ts';
import { LOG_LEVELS } from '#etcd/log-lines.ts';
import { logLine } from '#raft/log-text.ts';
import { askRaft, idName, seatNamed, type Inquiry } from '#host/why/inquiry.ts';
import { isTrace, type Known } from '#host/why/event-index.ts';
import type { LogLevelName, MemberInspection, MemberLogLine, MemberLogQuery } from '#view/member-inspection.ts';

/** Lines in one answer, the newest. */
const LINES_MAX = 300;
/** Faults of a disk that are listed, the newest. */
const FAULTS_MAX = 5;

/** Undefined if it does not run. */
export async function inspectMember(q: Inquiry, name: string): Promise<MemberInspection | undefined> {
  const seat = seatNamed(q, name);
  if (seat === undefined) return undefined;
  const [raft, plain] = await Promise.all([askRaft(q, seat), q.run.ask(seat.actor, { type: 'disk' })]);
  if (raft === undefined || plain === undefined) return undefined;
  const disk = plain as unknown as DiskAnswer; // the member's own type, of the same build
  const wal = disk.files.filter((file) => file.name.endsWith('.wal'));
  const nameOrNone = (id: bigint): string | undefined => (id === 0n ? undefined : idName(q, id));
  return {
    name,
    term: raft.term,
    vote: nameOrNone(raft.vote),
    commit: raft.commit,
    stable: raft.stable,
    applied: raft.applied,
    elapsedTicks: raft.electionElapsed,
    timeoutTicks: raft.electionTimeout,
    tickMicros: q.cast.heartbeatMicros,
    voters: raft.voters.map((id) => idName(q, nodeId(id))),
    learners: raft.learners.map((id) => idName(q, nodeId(id))),
    transferee: nameOrNone(raft.transferee),
    proposals: raft.proposals,
    reads: raft.reads,
    saves: raft.saves,
    unapplied: Math.max(0, raft.commit - raft.applied),
    leaderChanges: raft.leaderChanges,
    clockRate: seat.clock.rate,
    disk: {
      files: disk.files,
      segments: wal.length,
      walBytes: wal.reduce((sum, file) => sum + file.bytes, 0),
      snapshotIndex: disk.snapshotIndex,
      dbBytes: disk.dbSize,
      dbBytesInUse: disk.dbSizeInUse,
      latency: [seat.latency.wal.minMicros, seat.latency.wal.maxMicros],
      faults: faultsOf(q, seat.actor),
    },
  };
}

function faultsOf(q: Inquiry, actor: number): readonly string[] {
  const isOurs = (known: Known): boolean => isTrace(known, ['disk-changed']) && known.trace.member === actor;
  const found: string[] = [];
  for (let place = q.end; found.length < FAULTS_MAX;) {
    const known = q.index.last(place, isOurs);
    if (known === undefined || !isTrace(known, ['disk-changed'])) break;
    found.unshift(known.trace.setting);
    ({ place } = known);
  }
  return found;
}

const LEVELS: readonly LogLevelName[] = ['debug', 'info', 'warn', 'error', 'fatal'];
const levelOf = (name: string | undefined): LogLevelName => LEVELS.find((level) => level === name) ?? 'info';

/** The newest lines of a member's log that are wanted, oldest first. */
export function memberLog(q: Inquiry, { member, level, text }: MemberLogQuery): readonly MemberLogLine[] {
  const seat = seatNamed(q, member);
  const least = LEVELS.indexOf(level);
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const lines: MemberLogLine[] = [];
  const own = q.index.between(0, q.end).filter((known) => known.actor === seat?.actor);
  for (let at = own.length - 1; at >= 0 && lines.length < LINES_MAX; at--) {
    const known = own[at];
    const line = known === undefined ? undefined : lineOf(known, nodeId(seat?.status?.id ?? 0n));
    if (line === undefined || LEVELS.indexOf(line.level) < least) continue;
    const lower = `${line.logger} ${line.text}`.toLowerCase();
    if (words.every((word) => lower.includes(word))) lines.unshift(line);
  }
  return lines;
}

function lineOf(known: Known, self: ReturnType<typeof nodeId>): MemberLogLine | undefined {
  const base = { event: known.id, at: known.at };
  if (known.raft !== undefined) {
    const line = logLine(known.raft, self);
    return line === undefined ? undefined : { ...base, level: levelOf(line.level.toLowerCase()), logger: 'raft', text: line.text };
  }
  if (!isTrace(known, ['log'])) return undefined;
  const { level, logger, message, fields } = known.trace;
  return { ...base, level: levelOf(LOG_LEVELS[level]), logger, text: `${message}${fieldsText(decodePlain(fields))}` };
}

function fieldsText(fields: Plain): string {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields) || fields instanceof Uint8Array) return '';
  return Object.entries(fields)
    .map(
      ([name, value]) =>
        ` ${name}=${typeof value === 'object' ? JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString(16) : each)) : String(value)}`,
    )
    .join('');
}

/** The text of `/metrics`; empty if the member does not run. */
export async function memberMetrics(q: Inquiry, member: string): Promise<string> {
  const seat = seatNamed(q, member);
  const answer = seat === undefined ? undefined : await q.run.ask(seat.actor, { type: 'metrics' });
  return (answer as unknown as { readonly text: string } | undefined)?.text ?? ''; // the member's own type, of the same build
}
