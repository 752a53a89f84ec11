/**
 * Puts in place what the other commands need and a fresh machine lacks: the npm packages and, for tests, a browser.
 * The second call does nothing: packages are held against the lock file, the browser is looked up.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, absolute. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';

function readJson(...path) {
  const file = join(ROOT, ...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** True if node_modules holds exactly what the lock file asks for on this platform; npm keeps a record of what it installed. */
function isInstalled() {
  const locked = readJson('package-lock.json')?.packages;
  const installed = readJson('node_modules', '.package-lock.json')?.packages;
  if (locked === undefined || installed === undefined) return false;
  return Object.entries(locked).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  );
}

function npm(args) {
  return spawnSync(NPM, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
}

/**
 * Installs the packages if they are missing or are not those of the lock file.
 *
 * `npm ci` comes first because it is exact; where the lock file does not suit the npm at hand, `npm install` does.
 * @throws Error if neither works, or Node is too old
 */
export function ensureDependencies() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Error(`Node ${process.versions.node} is too old: 20.19 or later is needed`);
  if (isInstalled()) return;
  console.log('Installing the packages (once) …');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  if (!npm(['ci', ...quiet]) && !npm(['install', ...quiet])) throw new Error('npm could not install the packages; its messages are above');
}

/** Where a Chromium lies on common systems, in the order of preference. */
const BROWSER_PATHS = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path !== '' && existsSync(path) ? path : undefined;
}

/** The path of a Chromium that is there already, or undefined. */
export async function findBrowser() {
  const installed = BROWSER_PATHS.find((path) => path !== undefined && path !== '' && existsSync(path));
  return installed ?? (await playwrightsOwn());
}

/** Runs a command for at most five minutes; true if it succeeds. */
function works(command, args) {
  try {
    execFileSync(command, args, { stdio: 'inherit', timeout: 300_000 });
    return true;
  } catch {
    return false; // the caller goes on to the next way
  }
}

/** Runs apt-get, by sudo if that asks for no password. */
function apt(...args) {
  return process.getuid?.() === 0 ? works('apt-get', args) : works('sudo', ['-n', 'apt-get', ...args]);
}

/**
 * Finds a Chromium or gets one: Playwright's download, else the system's package. Needs the npm packages.
 * @returns the path of the executable
 * @throws Error if there is none and none can be had
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found !== undefined) return found;
  console.log('No Chromium found; getting one (once) …');
  const cli = join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
  // Without the system's libraries the download does not start; where they cannot be added, they may be there already.
  if (works(process.execPath, [cli, 'install', 'chromium'])) works(process.execPath, [cli, 'install-deps', 'chromium']);
  const downloaded = await playwrightsOwn();
  if (downloaded !== undefined) return downloaded;
  if (process.platform === 'linux' && apt('update')) apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-noto-cjk');
  const packaged = await findBrowser();
  if (packaged === undefined) throw new Error('no Chromium: install one, or set CHROMIUM_PATH to its executable');
  return packaged;
}
