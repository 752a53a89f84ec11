/** The log matrix as SVG; to assistive technology it is a table. */

import type { JSX } from 'react';
import type { RelatedEntry, RelatedSide } from '#view/why.ts';
import type { Catalogue } from '#words/english.ts';
import { LOG, type LogCellShape, type LogRowShape, type LogScene } from '#viz/log-scene.ts';
import type { FallenCell } from '#viz/fallen-cells.ts';
import { termClass } from '#viz/term-color.ts';

const LABEL_CHARACTERS = 7;

/** A label that fits its cell; of a path its last part, since keys side by side mostly begin alike. */
export function shortLabel(label: string): string {
  if (label.length <= LABEL_CHARACTERS) return label;
  const slash = label.lastIndexOf('/', label.length - 2);
  const text = slash > 0 && !label.includes(' ') ? `…${label.slice(slash)}` : label;
  return text.length <= LABEL_CHARACTERS ? text : `${text.slice(0, LABEL_CHARACTERS - 1)}…`;
}

/** The cell in words. */
function cellText(shape: LogCellShape, words: Catalogue): string {
  const { cell } = shape;
  const what = cell.kind === 'empty' ? words.log.emptyEntryName : cell.label;
  const state = cell.applied
    ? `${words.log.committed}, ${words.log.applied}`
    : cell.committed
      ? words.log.committed
      : words.log.uncommitted;
  const extra = [
    ...(cell.stable ? [] : [words.log.unstable]),
    ...(shape.match ? [words.log.match] : []),
    ...(shape.conflict ? [words.log.conflict] : []),
  ];
  return [words.log.cell(cell.index, cell.term, what), state, ...extra].join(', ');
}

/** An entry as it lies in a member's log. */
export interface EntryPlace {
  readonly member: string;
  readonly index: number;
  readonly term: number;
}

interface CellProps {
  readonly shape: LogCellShape;
  readonly member: string;
  readonly words: Catalogue;
  readonly selected: boolean;
  readonly lit: RelatedSide | undefined;
}

function Cell({ shape, member, words, selected, lit }: CellProps): JSX.Element {
  const { cell, x, match, conflict } = shape;
  const text = cellText(shape, words);
  return (
    <g
      role="cell"
      aria-label={text}
      data-entry={`${member} ${cell.index} ${cell.term}`}
      className={`cell ${termClass(cell.term)} ${cell.committed ? 'cell-committed' : 'cell-open'}${cell.stable ? '' : ' cell-unstable'}${selected ? ' cell-selected' : lit === undefined ? '' : ` cell-${lit}`}`}
      transform={`translate(${x} 0)`}
    >
      <title>{text}</title>
      <rect x={0.75} y={0.75} width={LOG.cell - 1.5} height={LOG.row - 1.5} rx={4} />
      <text className="cell-term" x={9} y={17}>
        {cell.term}
      </text>
      <text className="cell-label" x={24} y={17}>
        {cell.kind === 'empty' ? words.log.emptyEntry : shortLabel(cell.label)}
      </text>
      {cell.applied && <path className="cell-applied" d={`M${LOG.cell - 20} 12.5l3 3l5 -6`} />}
      {lit !== undefined && !selected && <path className="cell-lit" aria-hidden d={`M4 ${LOG.row - 3.5}H${LOG.cell - 4}`} />}
      {conflict && <path className="cell-conflict" d={`M${LOG.cell - 13} 1.5H${LOG.cell - 1.5}V13Z`} />}
      {match && <circle className="cell-match" cx={LOG.cell - 3.5} cy={LOG.row / 2} r={3.5} />}
    </g>
  );
}

interface RowProps {
  readonly row: LogRowShape;
  readonly words: Catalogue;
  readonly selected: EntryPlace | undefined;
  /** Its entries that are causes or effects of what is pointed at or selected. */
  readonly lit: readonly RelatedEntry[];
  /** Left end of what is seen, px: a long block says what it is there. */
  readonly left: number;
}

/** Width that a block's words need, px. */
const BLOCK_WORDS = 100;

function Row({ row, words, selected, lit, left }: RowProps): JSX.Element {
  const { block, next, member, unknown } = row;
  const blockX =
    block === undefined ? 0 : Math.min(Math.max(block.width / 2, left + BLOCK_WORDS), Math.max(block.width / 2, block.width - BLOCK_WORDS));
  return (
    <g
      role="row"
      aria-label={member.name}
      transform={`translate(0 ${row.y})`}
      className={member.life === 'up' ? 'log-row' : 'log-row log-row-down'}
    >
      {block !== undefined && (
        <g
          role="cell"
          className="block"
          aria-label={words.log.block(block.kind === 'bootstrap' ? words.log.bootstrap : words.log.compacted, block.from, block.to)}
        >
          <rect x={0.75} y={0.75} width={block.width - 1.5} height={LOG.row - 1.5} rx={4} />
          <text x={block.width > 2 * LOG.block ? blockX : block.width / 2} y={17}>
            {block.kind === 'bootstrap' ? words.log.bootstrap : words.log.compacted}
            {block.width > 2 * LOG.block || block.kind === 'compacted' ? ` ≤ ${block.to}` : ''}
          </text>
        </g>
      )}
      {row.cells.map((shape) => (
        <Cell
          key={`${shape.cell.index}.${shape.cell.term}`}
          shape={shape}
          member={member.name}
          words={words}
          selected={selected?.index === shape.cell.index && selected.term === shape.cell.term}
          lit={lit.find(({ index, term }) => index === shape.cell.index && term === shape.cell.term)?.side}
        />
      ))}
      {unknown !== undefined && (
        <rect className="cell-unknown" aria-hidden x={unknown.x} y={4} width={unknown.width} height={LOG.row - 8} rx={4} />
      )}
      {next !== undefined && <path className="cell-next" aria-hidden d={`M${next.x} ${LOG.row / 2 - 5}l7 5l-7 5Z`} />}
      {block === undefined && row.cells.length === 0 && <g role="cell" aria-label={words.member.none} />}
    </g>
  );
}

interface LogDrawingProps {
  readonly scene: LogScene;
  readonly words: Catalogue;
  /** Cells on their way out of sight. */
  readonly fallen: readonly FallenCell[];
  /** One of them is out of sight. */
  readonly onFallen: (key: string) => void;
  readonly selected?: EntryPlace | undefined;
  /** Causes and effects of what is pointed at or selected. */
  readonly lit?: readonly RelatedEntry[];
  /** The part of the matrix that is drawn, px from its left end; all of it without one. */
  readonly part?: { readonly left: number; readonly width: number };
}

const NOTHING_LIT: readonly RelatedEntry[] = [];

/** The matrix without the members' names, which stand still beside it. */
export function LogDrawing({ scene, words, fallen, onFallen, selected, lit = NOTHING_LIT, part }: LogDrawingProps): JSX.Element {
  const { left, width } = part ?? { left: 0, width: scene.width };
  return (
    <svg
      className="log-drawing"
      width={width}
      height={scene.height}
      viewBox={`${left} 0 ${width} ${scene.height}`}
      role="table"
      aria-label={words.log.title}
    >
      <g className="log-header" aria-hidden>
        {scene.blockTo > 0 && (
          <text x={LOG.block / 2} y={13}>
            1–{scene.blockTo}
          </text>
        )}
        {scene.columns.map((column) => (
          <text key={column.index} x={column.x + LOG.cell / 2} y={13}>
            {column.index}
          </text>
        ))}
      </g>
      {scene.rows.map((row) => (
        <Row
          key={row.member.name}
          row={row}
          words={words}
          left={left}
          selected={selected?.member === row.member.name ? selected : undefined}
          lit={lit.length === 0 ? lit : lit.filter(({ member }) => member === row.member.name)}
        />
      ))}
      {fallen.map((each) => (
        <g key={each.key} aria-hidden className={`cell-fallen ${termClass(each.cell.term)}`} transform={`translate(${each.x} ${each.y})`}>
          <g
            className="cell-falling"
            onAnimationEnd={() => {
              onFallen(each.key);
            }}
          >
            <rect x={0.75} y={0.75} width={LOG.cell - 1.5} height={LOG.row - 1.5} rx={4} />
            <text className="cell-label" x={24} y={17}>
              {shortLabel(each.cell.label)}
            </text>
            <path d={`M6 ${LOG.row / 2}H${LOG.cell - 6}`} />
          </g>
        </g>
      ))}
    </svg>
  );
}
