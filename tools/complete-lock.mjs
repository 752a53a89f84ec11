/**
 * Completes package-lock.json with the optional packages of other platforms.
 *
 * npm leaves a platform's package out of the lock file when the registry in use does not carry it, and `npm ci` then refuses the lock
 * file on every machine. The version of such a package is exact in its parent's optionalDependencies and its platform is in its name,
 * so the missing entry can be written down here; npm checks the platform before it fetches anything.
 *
 * `npm run lock` writes, `npm run lock -- --check` only says whether something is missing (exit 1).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'openbsd', 'netbsd', 'sunos', 'aix'];
const PROCESSORS = {
  aarch64: 'arm64',
  arm64: 'arm64',
  armv7: 'arm',
  arm: 'arm',
  x64: 'x64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** The platform fields of a package by its name, such as `@oxlint/binding-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.map((word) => PROCESSORS[word]).find((word) => word !== undefined);
  if (os === undefined || cpu === undefined) throw new Error(`cannot tell the platform of ${name} from its name`);
  const libc =
    words.includes('musl') || words.includes('musleabihf')
      ? ['musl']
      : words.includes('gnu') || words.includes('gnueabihf')
        ? ['glibc']
        : undefined;
  return { cpu: [cpu], os: [os], ...(libc === undefined ? {} : { libc }) };
}

/** Names of the optional packages that the lock file mentions but does not hold, with their entries. */
function missingEntries(packages) {
  const missing = new Map();
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      const top = `node_modules/${name}`;
      if (packages[nested] !== undefined || packages[top] !== undefined) continue;
      if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name} is wanted as ${version}, not as one exact version`);
      missing.set(top, { version, ...platformOf(name), ...(entry.dev === true ? { dev: true } : {}), optional: true });
    }
  }
  return missing;
}

const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const missing = missingEntries(lock.packages);
const foreign = Object.values(lock.packages).filter(
  (entry) => entry.resolved !== undefined && !entry.resolved.startsWith('https://registry.npmjs.org/'),
);

if (process.argv.includes('--check')) {
  if (missing.size > 0) console.error(`package-lock.json lacks ${missing.size} packages of other platforms: run npm run lock`);
  if (foreign.length > 0) console.error(`package-lock.json names another registry than the public one for ${foreign.length} packages`);
  process.exitCode = missing.size + foreign.length === 0 ? 0 : 1;
} else if (missing.size > 0) {
  for (const [name, entry] of missing) lock.packages[name] = entry;
  const [root, ...rest] = Object.entries(lock.packages);
  lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.size} packages of other platforms to package-lock.json`);
}
