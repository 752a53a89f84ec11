import type { MemberView } from '#view/frame.ts';
import type { Catalogue } from '#words/english.ts';

/** What a member is, in a word or three: under its name, and for who cannot see the drawing. */
export function memberStatus(member: MemberView, words: Catalogue): string {
  if (member.life === 'dead' && member.incarnation === 0) return words.stage.notStarted;
  if (member.life !== 'up') return words.lives[member.life];
  if (member.role === 'leader' && member.leadsWithoutQuorum) return words.stage.withoutQuorum;
  return member.learner ? words.stage.learner : words.roles[member.role];
}

/** What is wrong with its disk and clock: `disk 20ms · clock ×2`; empty if nothing is. */
export function faultText(member: MemberView, words: Catalogue): string {
  return (member.faults ?? []).map(({ of, note }) => `${words.stage.faultOf[of]} ${note}`).join(' · ');
}

/** A member in one phrase. */
export function memberLabel(member: MemberView, words: Catalogue): string {
  const faults = faultText(member, words);
  const rest = faults === '' ? '' : `, ${faults}`;
  if (member.life === 'dead' || member.life === 'crashed') return words.stage.down(member.name, memberStatus(member, words)) + rest;
  const role = memberStatus({ ...member, life: 'up' }, words);
  return words.stage.member(member.name, role, member.term, words.lives[member.life]) + rest;
}
