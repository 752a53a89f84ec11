/** Two branches side by side: where they part, and how their members differ. The first is the one that was chosen, the second the present one. */

import { useEffect, useState, type JSX } from 'react';
import type { BranchComparison, ComparedMember, Difference, MemberComparison, TraceLine } from '#view/branch-comparison.ts';
import type { BranchView } from '#view/conductor.ts';
import { branchLanes } from '#viz/branch-lanes.ts';
import { Dialog } from '#ui/Dialog.tsx';
import { useActions, useView, useWords } from '#ui/playground-context.ts';
import '#ui/compare/compare.css';

const WIDTH = 620;

function Lanes({
  pair,
  comparison,
}: {
  readonly pair: readonly [BranchView, BranchView];
  readonly comparison: BranchComparison;
}): JSX.Element {
  const words = useWords();
  const [a, b] = pair;
  const { divergence } = comparison;
  const parting = divergence === undefined ? undefined : Math.min(divergence.a?.at ?? Infinity, divergence.b?.at ?? Infinity);
  const scene = branchLanes(
    { heads: [a.head, b.head], forkedAt: Math.min(parting ?? Infinity, Math.max(a.forkedAt, b.forkedAt)), parting },
    WIDTH,
  );
  return (
    <svg className="branch-lanes" viewBox={`0 0 ${scene.width} ${scene.height}`} role="img" aria-label={words.compare.drawing}>
      <path className="lane-common" d={`M${scene.left} ${scene.common.y}H${scene.common.x}`} />
      {scene.lanes.map((lane, at) => (
        <g key={lane.y}>
          <path className={at === 0 ? 'lane-a' : 'lane-b'} d={lane.path} />
          <circle className={at === 0 ? 'lane-a' : 'lane-b'} cx={lane.to} cy={lane.y} r={4} />
          <text x={Math.min(lane.to, WIDTH - 120)} y={lane.y + (at === 0 ? -9 : 18)}>
            {words.branches.name(pair[at]?.id ?? 0, pair[at]?.name ?? '')}
          </text>
        </g>
      ))}
      {scene.parting !== undefined && <path className="lane-parting" d={`M${scene.parting} 8V${scene.height - 8}`} />}
    </svg>
  );
}

function Event({ line }: { readonly line: TraceLine | undefined }): JSX.Element {
  const words = useWords();
  if (line === undefined) return <p className="quiet">{words.compare.nothing}</p>;
  return (
    <p className="mono compare-event">
      {words.transport.now(line.at)} {line.actor} <strong>{line.kind}</strong>{' '}
      {line.fields.map(([name, value]) => `${name}=${value}`).join(' ')}
    </p>
  );
}

const ROWS = ['alive', 'role', 'term', 'commit', 'applied', 'lastIndex', 'revision'] as const;

function Differences({ title, list }: { readonly title: string; readonly list: readonly Difference[] }): JSX.Element | undefined {
  const words = useWords();
  if (list.length === 0) return undefined;
  return (
    <details open={list.length <= 6}>
      <summary>{title}</summary>
      <table className="table compare-table">
        <tbody>
          {list.map((difference) => (
            <tr key={difference.name}>
              <th scope="row">{difference.name}</th>
              <td>{difference.a ?? <span className="quiet">{words.compare.none}</span>}</td>
              <td>{difference.b ?? <span className="quiet">{words.compare.none}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Nothing that is compared differs. */
const isEqual = ({ a, b, entriesCount, keysCount }: MemberComparison): boolean =>
  entriesCount + keysCount === 0 && ROWS.every((row) => a?.[row] === b?.[row]);

function MemberPart({ compared, names }: { readonly compared: MemberComparison; readonly names: readonly [string, string] }): JSX.Element {
  const words = useWords();
  const text = (member: ComparedMember | undefined, row: (typeof ROWS)[number]): string => {
    if (member === undefined) return words.compare.none;
    const value = member[row];
    if (row === 'role') return Object.entries(words.roles).find(([role]) => role === value)?.[1] ?? String(value);
    return typeof value === 'boolean' ? (value ? words.compare.yes : words.compare.no) : String(value);
  };
  return (
    <section>
      <table className="table compare-table">
        <caption>{compared.member}</caption>
        <thead>
          <tr>
            <th scope="col">{words.compare.what}</th>
            <th scope="col">{names[0]}</th>
            <th scope="col">{names[1]}</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => {
            const [a, b] = [text(compared.a, row), text(compared.b, row)];
            return (
              <tr key={row} className={a === b ? undefined : 'compare-differs'}>
                <th scope="row">
                  {words.compare.rows[row]} {a !== b && <span title={words.compare.differs}>≠</span>}
                </th>
                <td>{a}</td>
                <td>{b}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Differences title={words.compare.entries(compared.entriesCount)} list={compared.entries} />
      <Differences title={words.compare.keys(compared.keysCount)} list={compared.keys} />
    </section>
  );
}

function Found({
  comparison,
  pair,
}: {
  readonly comparison: BranchComparison;
  readonly pair: readonly [BranchView, BranchView];
}): JSX.Element {
  const words = useWords();
  const { divergence, at, members } = comparison;
  const alike = members.filter(isEqual);
  const differing = members.filter((compared) => !isEqual(compared));
  const names = [words.branches.name(pair[0].id, pair[0].name), words.branches.name(pair[1].id, pair[1].name)] as const;
  return (
    <>
      <Lanes pair={pair} comparison={comparison} />
      {divergence === undefined ? (
        <p>{words.compare.same(at)}</p>
      ) : (
        <section>
          <p>{words.compare.parted(Math.min(divergence.a?.at ?? Infinity, divergence.b?.at ?? Infinity))}</p>
          <div className="compare-columns">
            <div>
              <h3>{names[0]}</h3>
              <Event line={divergence.a} />
            </div>
            <div>
              <h3>{names[1]}</h3>
              <Event line={divergence.b} />
            </div>
          </div>
        </section>
      )}
      <h3>{words.compare.membersAt(at)}</h3>
      {differing.length === 0 && <p>{words.compare.equal}</p>}
      {differing.map((compared) => (
        <MemberPart key={compared.member} compared={compared} names={names} />
      ))}
      {differing.length > 0 && alike.length > 0 && <p>{words.compare.alike(alike.map(({ member }) => member))}</p>}
    </>
  );
}

export function CompareDialog({ branch }: { readonly branch: number }): JSX.Element {
  const words = useWords();
  const { compareBranches } = useActions();
  const branches = useView((state) => state.branches);
  const [comparison, setComparison] = useState<BranchComparison | 'working' | 'gone'>('working');
  const current = branches.find((each) => each.current);
  const chosen = branches.find((each) => each.id === branch);
  const present = current?.id;
  useEffect(() => {
    let wanted = true;
    const compare = async (other: number): Promise<void> => {
      const found = await compareBranches(branch, other).catch(() => undefined);
      if (wanted) setComparison(found ?? 'gone');
    };
    if (present !== undefined) void compare(present);
    return () => {
      wanted = false;
    };
  }, [branch, present, compareBranches]);
  return (
    <Dialog title={words.compare.title}>
      <div className="compare" aria-busy={comparison === 'working'}>
        {comparison === 'working' && <p role="status">{words.compare.working}</p>}
        {comparison === 'gone' && <p role="status">{words.compare.gone}</p>}
        {typeof comparison === 'object' && chosen !== undefined && current !== undefined && (
          <Found comparison={comparison} pair={[chosen, current]} />
        )}
      </div>
    </Dialog>
  );
}
