/** `conformance gateway`: recorded random requests to the JSON gateway, one a line; every response must be equal. */

import { Lab, labOptions } from '#cli/conformance/etcd/lab.ts';
import { countFiles, filesUnder } from '#cli/conformance/etcd/run.ts';
import type { ConformanceCount } from '#cli/conformance/raft/run.ts';

/** A remaining time to live may be this much less than the recorded one, in seconds. */
const TTL_SLACK = 5n;
/** Fields of a header that recordings lack. */
const LEFT_OUT: ReadonlySet<string> = new Set(['cluster_id', 'member_id', 'raft_term']);
const PROBLEMS_SHOWN_MAX = 5;
const STATUS_MARK = '\n#status ';

interface Recorded {
  readonly path: string;
  readonly req: unknown;
  readonly status: number;
  readonly resp: unknown;
}

function parseRecorded(line: string): Recorded {
  const value: unknown = JSON.parse(line);
  if (!isRecord(value) || typeof value['path'] !== 'string' || typeof value['status'] !== 'number')
    throw new Error(`no recorded request: ${line}`);
  return { path: value['path'], status: value['status'], req: value['req'], resp: value['resp'] };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where two JSON values differ, as a path; undefined if they are equal. */
export function difference(expected: unknown, actual: unknown, where = ''): string | undefined {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length !== actual.length) return `${where}: ${expected.length} items, not ${actual.length}`;
    for (const [i, item] of expected.entries()) {
      const found = difference(item, actual[i], `${where}[${i}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isRecord(expected) && isRecord(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const name of names) {
      if (where.endsWith('.header') && LEFT_OUT.has(name)) continue;
      const found = difference(expected[name], actual[name], `${where}.${name}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (where.endsWith('.TTL') && typeof expected === 'string' && typeof actual === 'string') {
    const missing = BigInt(expected) - BigInt(actual);
    if (missing >= -TTL_SLACK && missing <= TTL_SLACK) return undefined;
  }
  return expected === actual ? undefined : `${where}: ${JSON.stringify(expected)}, not ${JSON.stringify(actual)}`;
}

function replay(text: string): readonly string[] {
  const options = labOptions('single', '3.4.23', []);
  if (typeof options === 'string') return [options];
  const lab = new Lab(options);
  const problems: string[] = [];
  try {
    lab.begin(undefined);
    for (const [i, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const recorded = parseRecorded(line);
      const found = ask(lab, recorded);
      if (found !== undefined) problems.push(`line ${i + 1}: ${recorded.path}: ${found}`);
      if (problems.length >= PROBLEMS_SHOWN_MAX) return problems;
    }
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  } finally {
    lab.dispose();
  }
  return problems;
}

function ask(lab: Lab, { path, req, status, resp }: Recorded): string | undefined {
  const url = `http://127.0.0.1:2379${path}`;
  const { stdout } = lab.run(['curl', '-s', '-w', `${STATUS_MARK}%{http_code}`, '-XPOST', '-d', JSON.stringify(req), url]);
  const at = stdout.lastIndexOf(STATUS_MARK);
  const body = stdout.slice(0, at);
  const code = Number(stdout.slice(at + STATUS_MARK.length));
  if (code !== status) return `status ${status}, not ${code}: ${body.slice(0, 300)}`;
  let actual: unknown;
  try {
    actual = JSON.parse(body);
  } catch {
    actual = body;
  }
  return difference(resp, actual);
}

/** Replays all recorded sequences of these files and folders. */
export function runGatewayConformance(paths: readonly string[], out: (line: string) => void): ConformanceCount {
  return countFiles(
    paths.flatMap((path) => filesUnder(path, '.jsonl')),
    replay,
    out,
  );
}
