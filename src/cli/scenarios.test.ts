import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { fromUtf8 } from '#kernel/bytes.ts';
import { createEtcdHost } from '#sim/etcd-members.ts';
import { PROGRAMS } from '#sim/programs.ts';
import { playScenarioSync } from '#sim/scenario-driver.ts';

const FOLDER = new URL('./scenarios/', import.meta.url);

function play(text: string) {
  let printed = '';
  const end = playScenarioSync(
    { text, programs: PROGRAMS, print: (said) => (printed += said), output: (_process, _stderr, data) => (printed += fromUtf8(data)) },
    createEtcdHost(),
  );
  const { failure } = end;
  return {
    printed,
    failure: failure === undefined ? undefined : `${failure.line}: ${failure.text}: ${failure.message}\n${printed}`,
    hash: end.world.traceHash().hash,
  };
}

describe('the scenarios of this project', () => {
  it.each(readdirSync(FOLDER).filter((file) => file.endsWith('.play')))('%s', (file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const once = play(text);
    expect(once.failure).toBeUndefined();
    expect(play(text).hash).toBe(once.hash);
  });
});
