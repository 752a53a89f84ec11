/** A member that has done nothing yet, to draw or to test with. */

import type { MemberView } from '#view/frame.ts';

export const PLAIN_MEMBER: MemberView = {
  name: '',
  id: '',
  number: 1,
  clientUrl: '',
  peerUrl: '',
  life: 'up',
  crash: undefined,
  incarnation: 1,
  role: 'follower',
  learner: false,
  leadsWithoutQuorum: false,
  term: 2,
  vote: undefined,
  lead: undefined,
  commit: 0,
  applied: 0,
  firstIndex: 1,
  lastIndex: 0,
  lastTerm: 0,
  revision: 1,
  compactRevision: 0,
  timer: undefined,
  votes: [],
  progress: [],
  saving: false,
  log: { compactedTo: 0, bootstrapTo: 0, cells: [] },
};
