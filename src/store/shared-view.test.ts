/** A link's look at a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PREFERENCES } from '#store/preferences.ts';
import { readView, viewOf } from '#store/shared-view.ts';
import { firstState } from '#store/state.ts';

describe('how a link looks at a run', () => {
  it('comes back as it was given', () => {
    const preferences = { ...DEFAULT_PREFERENCES, stage: 'time', rail: true, railTab: 'safety', terminal: true } as const;
    const state = firstState(preferences, 'en', 'light');
    expect(readView(viewOf(state, false))).toEqual({
      at: 0,
      playing: false,
      preferences: { stage: 'time', rail: true, railTab: 'safety', terminal: true },
    });
  });

  it('opens nothing that there is not, whatever a link says', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('at', 'time', 'stage', 'panels', 'other'), fc.string({ maxLength: 100 })), (view) => {
        const { at, preferences } = readView(view);
        expect(at === undefined || Number.isSafeInteger(at)).toBe(true);
        expect([undefined, 'ring', 'time']).toContain(preferences.stage);
      }),
    );
  });
});
