/**
 * `npm run fuzz [-- ROUNDS [FIRST]]`: the property tests with seeds that no run has had, ROUNDS times (default 5), from seed FIRST on (default: the clock).
 * Ends at the first failure with the command that repeats it, exit code 1.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const rounds = Number(process.argv[2] ?? 5);
const first = Number(process.argv[3] ?? Math.floor(Date.now() / 1000));
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(first)) {
  console.error('usage: npm run fuzz [-- ROUNDS [FIRST]]');
  process.exit(2);
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.test\.tsx?$/.test(name))
  .map((name) => `src/${name}`)
  .filter((name) => readFileSync(name, 'utf8').includes('fc.assert('));

for (let seed = first; seed < first + rounds; seed++) {
  console.log(`seed ${seed}: ${files.length} files`);
  const { status } = spawnSync('npx', ['vitest', 'run', '--reporter=dot', ...files], {
    stdio: 'inherit',
    env: { ...process.env, PROPERTY_SEED: String(seed) },
  });
  if (status !== 0) {
    console.error(`again: npm run fuzz -- 1 ${seed}`);
    process.exit(1);
  }
}
