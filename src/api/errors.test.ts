import { expect, test } from 'vitest';
import { Code, ERRORS, errorFromStatus, httpStatus, statusText, unimplemented } from '#api/errors.ts';

test('errors are recognised by their text and code', () => {
  for (const e of Object.values(ERRORS)) expect(errorFromStatus(e.code, e.message)).toEqual(e);
  expect(errorFromStatus(0, '')).toBeUndefined();
  expect(errorFromStatus(Code.Unavailable, 'transport is closing')).toMatchObject({ effect: 'unknown' });
  expect(errorFromStatus(Code.InvalidArgument, 'etcdserver: something new')).toMatchObject({ effect: 'definite' });
  expect(errorFromStatus(Code.Unknown, ERRORS.EmptyKey.message)).toMatchObject({ code: Code.Unknown, effect: 'unknown' });
});

test('a timed-out proposal may still commit, a refused one never does', () => {
  expect([ERRORS.Timeout, ERRORS.TimeoutDueToLeaderFail, ERRORS.LeaderChanged, ERRORS.DeadlineExceeded].map((e) => e.effect)).toEqual([
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ]);
  expect([ERRORS.NoSpace, ERRORS.Compacted, ERRORS.TooManyRequests].map((e) => e.effect)).toEqual(['definite', 'definite', 'definite']);
});

test('texts as a Go client prints them', () => {
  expect(statusText(ERRORS.LeaseNotFound)).toBe('rpc error: code = NotFound desc = etcdserver: requested lease not found');
  expect(ERRORS.Compacted.message).toBe('etcdserver: mvcc: required revision has been compacted');
  expect(unimplemented('/etcdserverpb.KV/Nope').message).toBe('unknown method Nope for service etcdserverpb.KV');
  expect(unimplemented('/a.B/C').message).toBe('unknown service a.B');
});

test('gateway statuses as recorded from 3.4.23', () => {
  expect([3, 5, 7, 8, 9, 11, 14, 16, 2, 4].map(httpStatus)).toEqual([400, 404, 403, 429, 412, 400, 503, 401, 500, 504]);
});
