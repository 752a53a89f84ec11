/** `npm run tutorials`: writes docs/tutorials.md from the examples. A test holds that it was, and that every example comes out as it says. */

import { writeFileSync } from 'node:fs';

import { PARTS } from '#cli/tutorials/examples.ts';
import { tutorialsTable } from '#cli/tutorials/table.ts';

writeFileSync(new URL('../../docs/tutorials.md', import.meta.url), tutorialsTable(PARTS));
