/** What a line drawn over the ring means. */
import { describe, expect, it } from 'vitest';
import { sampleMembers } from '#viz/testing/samples.ts';
import type { Point } from '#viz/point.ts';
import { stageScene } from '#viz/stage-scene.ts';
import { pulledLatency, readStroke, strokePath } from '#viz/stroke.ts';

const scene = stageScene({ members: sampleMembers(5), clients: [], links: [], partition: [] }, 1000, 600);
const place = (number: number): Point => scene.members[number - 1]?.place ?? { x: 0, y: 0 };
const straight = (a: Point, b: Point, steps = 12): readonly Point[] =>
  Array.from({ length: steps + 1 }, (_, at) => ({ x: a.x + ((b.x - a.x) * at) / steps, y: a.y + ((b.y - a.y) * at) / steps }));

describe('a stroke', () => {
  it('through the ring separates the members on both sides of it, the smaller side first', () => {
    // From the left edge to the right one, below the first, the second and the fifth member.
    const meaning = readStroke(scene, straight({ x: 60, y: place(2).y + 90 }, { x: 980, y: place(2).y + 90 }));
    expect(meaning).toEqual({
      type: 'partition',
      sides: [
        ['etcd-3', 'etcd-4'],
        ['etcd-1', 'etcd-2', 'etcd-5'],
      ],
    });
  });

  it('means the same in the other direction', () => {
    const line = straight({ x: 60, y: place(2).y + 90 }, { x: 980, y: place(2).y + 90 });
    expect(readStroke(scene, line.toReversed())).toEqual(readStroke(scene, line));
  });

  it('around members takes them out', () => {
    const { x, y } = place(2);
    const circle = Array.from({ length: 24 }, (_, at) => ({
      x: x + 80 * Math.cos((at / 23) * 2 * Math.PI),
      y: y + 80 * Math.sin((at / 23) * 2 * Math.PI),
    }));
    expect(readStroke(scene, circle)).toEqual({ type: 'partition', sides: [['etcd-2'], ['etcd-1', 'etcd-3', 'etcd-4', 'etcd-5']] });
  });

  it('across one link cuts that link', () => {
    const link = scene.links.find(({ from, to }) => from === 'etcd-3' && to === 'etcd-4');
    const middle = { x: ((link?.a.x ?? 0) + (link?.b.x ?? 0)) / 2, y: link?.a.y ?? 0 };
    expect(readStroke(scene, straight({ x: middle.x, y: middle.y + 30 }, { x: middle.x, y: middle.y - 30 }))).toEqual({
      type: 'links',
      links: [{ from: 'etcd-3', to: 'etcd-4' }],
    });
  });

  it('beside everything, or too short to be meant, means nothing', () => {
    expect(readStroke(scene, straight({ x: 5, y: 580 }, { x: 100, y: 590 }))).toEqual({ type: 'nothing' });
    expect(readStroke(scene, straight(place(1), { x: place(1).x + 10, y: place(1).y }))).toEqual({ type: 'nothing' });
    expect(readStroke(scene, [])).toEqual({ type: 'nothing' });
  });

  it('is drawn as it was made', () => {
    expect(
      strokePath([
        { x: 1.4, y: 2 },
        { x: 3, y: 4.6 },
      ]),
    ).toBe('M1 2L3 5');
  });
});

describe('a link that is pulled', () => {
  it('gets more latency the farther it is pulled, in two digits', () => {
    expect([8, 20, 40, 80, 120].map((distance) => pulledLatency(distance) / 1000)).toEqual([2, 13, 53, 210, 480]);
  });
});
