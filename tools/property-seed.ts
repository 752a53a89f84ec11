/**
 * Before each test file: property tests draw from one fixed seed, so that `npm test` gives the same verdict twice. `npm run fuzz` sets others
 * (`PROPERTY_SEED`).
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_129) });
