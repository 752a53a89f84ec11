/** Two branches of a run as lanes of one time axis: where they part, and where each ends. */

import { round } from '#viz/point.ts';

/** Times in virtual µs. `forkedAt`: where the younger one began. `parting`: the first event that differs, undefined if none does. */
export interface BranchSpans {
  readonly heads: readonly [number, number];
  readonly forkedAt: number;
  readonly parting: number | undefined;
}

export interface BranchLanes {
  readonly width: number;
  readonly height: number;
  /** What both have in common, up to `x`. */
  readonly common: { readonly x: number; readonly y: number };
  /** Each branch from where they part to its head. */
  readonly lanes: readonly { readonly y: number; readonly from: number; readonly to: number; readonly path: string }[];
  /** Where the divergence is marked; undefined if there is none. */
  readonly parting: number | undefined;
  readonly left: number;
}

const LEFT = 4;
const RIGHT = 12;
const BEND = 18;

/** Lays them out in a drawing of `width` px. */
export function branchLanes({ heads, forkedAt, parting }: BranchSpans, width: number): BranchLanes {
  const height = 76;
  const end = Math.max(1, ...heads);
  const x = (at: number): number => round(LEFT + (Math.max(0, Math.min(at, end)) / end) * (width - LEFT - RIGHT));
  const middle = height / 2;
  const fork = x(Math.min(forkedAt, ...heads));
  const lanes = heads.map((head, at) => {
    const y = at === 0 ? 20 : height - 20;
    const to = Math.max(x(head), fork);
    const bend = round(Math.min(BEND, to - fork));
    const path = `M${fork} ${middle}C${round(fork + bend / 2)} ${middle} ${round(fork + bend / 2)} ${y} ${round(fork + bend)} ${y}H${to}`;
    return { y, from: fork, to, path };
  });
  return { width, height, common: { x: fork, y: middle }, lanes, parting: parting === undefined ? undefined : x(parting), left: LEFT };
}
