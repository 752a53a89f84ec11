import { describe, expect, it } from 'vitest';
import { Playback } from '#host/playback.ts';
import { LiveLab } from '#host/testing/live-lab.ts';

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

  it('goes on at once at the fastest pace while there is more to play, and rests when there is nothing', async () => {
    let wall = 0;
    const playback = new Playback(() => (wall += MILLI));
    const lab = new LiveLab(7);
    const stops = () => Promise.resolve(false);
    playback.pace = { type: 'fastest' };
    await playback.slice(lab.run, stops);
    expect(playback.restMillis).toBe(0);
    await lab.type('play kill all');
    while (lab.run.world.nextInstantAt() !== undefined) await playback.slice(lab.run, stops);
    await playback.slice(lab.run, stops);
    expect(playback.restMillis).toBe(16);
  });
});
