import { expect, it } from 'vitest';

import { playChecked } from '#checker/checked-scenario.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';

it('a member whose assertion was made to fail is no defect', () => {
  const lines = [
    'play new --nodes 3 --seed 8',
    'play until "leader"',
    'play crash leader',
    'play run 3s',
    'play restart all',
    'play run 3s',
  ];
  const { violations, failure } = playChecked(
    { text: `${lines.join('\n')}\n`, broken: [], disruption: false, atEnd: 'nothing' },
    createEtcdHost(),
  );
  expect(failure).toBeUndefined();
  expect(violations).toEqual([]);
});
