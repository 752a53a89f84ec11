import { describe, expect, it } from 'vitest';

import { filesUnder, runEtcdConformance } from '#cli/conformance/etcd/run.ts';

/** Sessions of etcd 3.4.23 that were recorded for what its etcdctl was seen to do where ours did otherwise, or could. */
const FOLDER = new URL('./recorded', import.meta.url).pathname;

describe('what etcdctl and curl print is what the real ones printed', () => {
  it.each(filesUnder(FOLDER, '.txt').map((path) => [path.slice(FOLDER.length + 1), path]))('%s', (_name, path) => {
    const lines: string[] = [];
    expect(
      runEtcdConformance([path], (line) => lines.push(line)),
      lines.join('\n'),
    ).toEqual({ passed: 1, failed: 0 });
  });
});
