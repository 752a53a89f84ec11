import { describe, expect, it } from 'vitest';
import { Playback } from '#host/playback.ts';

const MILLI = 1000;

describe('playback', () => {
  it('asks for a picture of each slice, but at the fastest pace for ten a second', () => {
    let wall = 0;
    const playback = new Playback(() => wall);
    const pictures = (millis: number): number => {
      let due = 0;
      for (const end = wall + millis * MILLI; wall < end; wall += 10 * MILLI) if (playback.isPictureDue()) due++;
      return due;
    };
    expect(pictures(1000)).toBe(100);
    playback.pace = { type: 'fastest' };
    expect(pictures(1000)).toBe(10);
    playback.pace = { type: 'adaptive' };
    expect(pictures(1000)).toBe(100);
  });
});
