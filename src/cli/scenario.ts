/** `npm run scenario`: its face is fixed (README, "Tools"); its subject is not there yet. */

console.error('npm run scenario: not there yet; it comes with the engine part that it drives');
process.exitCode = 1;
