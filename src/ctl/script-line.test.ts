import fc from 'fast-check';
import { expect, it } from 'vitest';

import { parsePlay } from '#ctl/play-command.ts';
import { parseScenarioLine } from '#ctl/scenario-line.ts';
import { playWords } from '#ctl/shell/play-words.ts';
import { anyWorldCommand } from '#ctl/testing/any-world-command.ts';
import { scriptLine } from '#ctl/world-command-line.ts';

it('every command has a line of a script that is read back as the same command, field for field', () => {
  fc.assert(
    fc.property(anyWorldCommand, (given) => {
      const line = parseScenarioLine(`@1500001us ${scriptLine(given)}`);
      if (line.type !== 'line' || line.body.type !== 'command') throw new Error(`no command: ${scriptLine(given)}`);
      expect(line.atMicros).toBe(1_500_001);
      const words = playWords(line.body.line);
      if (words === undefined || 'type' in words) throw new Error(`no play line: ${scriptLine(given)}`);
      const read = parsePlay(words);
      expect(read).toEqual({ type: 'ok', command: { type: 'world', command: given } });
    }),
    { numRuns: 2000 },
  );
});
