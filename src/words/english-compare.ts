/** Two branches side by side, in English. */

import { instantText } from '#words/measure.ts';

export const englishCompare = {
  title: 'Two branches side by side',
  compare: 'Compare with the present one',
  working: 'Playing both again from where they part…',
  gone: 'One of the branches is not there any more.',
  parted: (at: number): string => `They part at ${instantText(at)} s. The first event that differs:`,
  same: (at: number): string => `Up to ${instantText(at)} s the two are equal, event by event.`,
  nothing: 'nothing',
  membersAt: (at: number): string => `The members at ${instantText(at)} s`,
  alike: (names: readonly string[]): string => `Equal in everything that is compared: ${names.join(', ')}.`,
  equal: 'The members are equal in everything that is compared.',
  what: 'What',
  rows: {
    alive: 'Runs',
    role: 'Role',
    term: 'Term',
    commit: 'Committed',
    applied: 'Applied',
    lastIndex: 'Last entry',
    revision: 'Revision',
  },
  yes: 'yes',
  no: 'no',
  differs: 'differs',
  entries: (count: number): string => (count === 1 ? '1 log entry differs' : `${count} log entries differ`),
  keys: (count: number): string => (count === 1 ? '1 key differs' : `${count} keys differ`),
  none: 'not there',
  drawing: 'Both branches on one axis of time; the mark is the first event that differs',
};
