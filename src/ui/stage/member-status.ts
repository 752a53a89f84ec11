import type { LatencyView, MemberView } from '#view/frame.ts';
import { durationText } from '#words/measure.ts';
import type { Catalogue } from '#words/english.ts';

/** What a member is, in a word or three: under its name, and for who cannot see the drawing. */
export function memberStatus(member: MemberView, words: Catalogue): string {
  if (member.life === 'dead' && member.incarnation === 0) return words.stage.notStarted;
  if (member.life !== 'up') return words.lives[member.life];
  if (member.role === 'leader' && member.leadsWithoutQuorum) return words.stage.withoutQuorum;
  return member.learner ? words.stage.learner : words.roles[member.role];
}

/** The same in short lines, as they stand on the stage. */
export function memberLines(member: MemberView, words: Catalogue): readonly string[] {
  const alone = member.life === 'up' && member.role === 'leader' && member.leadsWithoutQuorum;
  return alone ? [words.roles.leader, words.stage.noQuorum] : [memberStatus(member, words)];
}

const latencyText = ({ minMicros, maxMicros }: LatencyView): string =>
  minMicros === maxMicros ? durationText(minMicros) : `${durationText(minMicros)}–${durationText(maxMicros)}`;

/** What is broken about it on purpose: `disk 20 ms · clock ×2`; empty if nothing is. */
export function faultText({ inForce }: MemberView, words: Catalogue): string {
  if (inForce === undefined) return '';
  const { faultOf } = words.stage;
  const { walLatency, backendLatency, full, failFsync, tear, corrupt, armed, clock } = inForce;
  return [
    ...(walLatency === undefined ? [] : [`${faultOf.disk} ${latencyText(walLatency)}`]),
    ...(backendLatency === undefined ? [] : [`${faultOf.database} ${latencyText(backendLatency)}`]),
    ...(full ? [faultOf.full] : []),
    ...(failFsync ? [faultOf.fsync] : []),
    ...(tear === undefined ? [] : [faultOf.tear]),
    ...(corrupt ? [faultOf.corrupt] : []),
    ...(clock === undefined
      ? []
      : [clock.rate === 1 ? `${faultOf.clock} ${durationText(clock.offsetMicros)}` : `${faultOf.clock} ×${clock.rate}`]),
    ...(armed === undefined ? [] : [faultOf.armed(armed.point)]),
  ].join(' · ');
}

/** A member in one phrase. */
export function memberLabel(member: MemberView, words: Catalogue): string {
  const faults = faultText(member, words);
  const rest = faults === '' ? '' : `, ${faults}`;
  if (member.life === 'dead' || member.life === 'crashed') return words.stage.down(member.name, memberStatus(member, words)) + rest;
  const role = memberStatus({ ...member, life: 'up' }, words);
  return words.stage.member(member.name, role, member.term, words.lives[member.life]) + rest;
}
