/** A real etcd of one member with the identity of the recorded ones, on ports of its own. Started fresh for each sequence: ready in 0.2 s. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '#cli/differential/http-target.ts';
import type { RequestOperation } from '#cli/differential/operation.ts';
import type { Target } from '#cli/differential/target.ts';

const READY_MILLIS = 20_000;
const POLL_MILLIS = 15;
/** Recordings begin so long after the cluster is ready. */
const BEGIN_MILLIS = 20;

/** The version of the etcd in PATH, such as `3.4.23`; undefined without one. */
export function installedEtcd(): string | undefined {
  const { stdout, error } = spawnSync('etcd', ['--version'], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
  if (error !== undefined) return undefined;
  return /^etcd Version: (\S+)$/m.exec(stdout)?.[1];
}

/** A port that nobody listens on now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** How the real servers are started. */
export interface RealEtcdOptions {
  /** Further flags, such as `--enable-v2`. */
  readonly args: readonly string[];
  /** Client port; the peer port is the next one. 0: free ones. */
  readonly port: number;
}

const get = (path: string): RequestOperation => ({ type: 'request', method: 'GET', path, headers: [], body: undefined });

/** A server process and its directory. */
class RealEtcd extends HttpTarget {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #directory: string;
  readonly #stop = (): void => void this.#child.kill('SIGKILL');

  constructor(port: number, child: ChildProcess, directory: string) {
    super('127.0.0.1', port);
    this.#child = child;
    this.#directory = directory;
    this.#ended = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
    process.once('exit', this.#stop);
  }

  /** Waits until it serves and probes its health once, as the recordings do: in 3.4 that takes a Raft entry. */
  async ready(): Promise<void> {
    const end = performance.now() + READY_MILLIS;
    while (performance.now() < end && this.#child.exitCode === null) {
      const { body } = await this.attempt(get('/version'));
      if (/"etcdcluster":"\d+\.[1-9]/.test(body)) {
        await this.attempt(get('/health'));
        return this.pass(BEGIN_MILLIS);
      }
      await this.pass(POLL_MILLIS);
    }
    throw new Error(this.#child.exitCode === null ? 'etcd is not ready' : `etcd ended with ${this.#child.exitCode}`);
  }

  /** Whether nobody stood for election but once. Asking takes no entry of the log. */
  async isInFirstTerm(): Promise<boolean> {
    const { body } = await this.attempt({ ...get('/v3/maintenance/status'), method: 'POST', body: '{}' });
    return body.includes('"raft_term":"2"');
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    this.#stop();
    await this.#ended;
    process.off('exit', this.#stop);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Servers tried for one that is elected at once: on a busy machine one may miss its own timeout, and its term is another then. */
const STARTS_MAX = 5;

/** Starts a server in an empty directory and waits until it serves, in the term of the recorded ones. `dispose` ends it and removes the directory. */
export async function startRealEtcd(options: RealEtcdOptions): Promise<Target> {
  for (let start = 1; ; start++) {
    const target = await startOnce(options);
    if (start === STARTS_MAX || (await target.isInFirstTerm())) return target;
    await target.dispose();
  }
}

async function startOnce({ args, port }: RealEtcdOptions): Promise<RealEtcd> {
  const clientPort = port === 0 ? await freePort() : port;
  const peerPort = port === 0 ? await freePort() : port + 1;
  const directory = mkdtempSync(join(tmpdir(), 'etcd-differential-'));
  const child = spawn(
    'etcd',
    [
      '--data-dir',
      join(directory, 'data'),
      '--listen-client-urls',
      `http://127.0.0.1:${clientPort}`,
      '--advertise-client-urls',
      'http://localhost:2379',
      '--listen-peer-urls',
      `http://127.0.0.1:${peerPort}`,
      '--initial-advertise-peer-urls',
      'http://localhost:2380',
      '--initial-cluster',
      'default=http://localhost:2380',
      ...args,
    ],
    { stdio: 'ignore', cwd: directory, env: { PATH: process.env['PATH'] ?? '' } },
  );
  const target = new RealEtcd(clientPort, child, directory);
  try {
    await target.ready();
  } catch (error) {
    await target.dispose();
    throw error;
  }
  return target;
}
