/** The log matrix as SVG; to assistive technology it is a table. */

import type { JSX } from 'react';
import type { Catalogue } from '#words/english.ts';
import { LOG, type LogCellShape, type LogRowShape, type LogScene } from '#viz/log-scene.ts';
import type { FallenCell } from '#viz/fallen-cells.ts';
import { termClass } from '#viz/term-color.ts';

const LABEL_CHARACTERS = 8;

/** A label that fits its cell. */
export function shortLabel(label: string): string {
  return label.length <= LABEL_CHARACTERS ? label : `${label.slice(0, LABEL_CHARACTERS - 1)}…`;
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
  const extra = [...(cell.stable ? [] : [words.log.unstable]), ...(shape.match ? [words.log.match] : [])];
  return [words.log.cell(cell.index, cell.term, what), state, ...extra].join(', ');
}

function Cell({ shape, words }: { readonly shape: LogCellShape; readonly words: Catalogue }): JSX.Element {
  const { cell, x, match } = shape;
  const text = cellText(shape, words);
  return (
    <g
      role="cell"
      aria-label={text}
      className={`cell ${termClass(cell.term)} ${cell.committed ? 'cell-committed' : 'cell-open'}${cell.stable ? '' : ' cell-unstable'}`}
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
      {match ? (
        <circle className="cell-match" cx={LOG.cell - 10} cy={LOG.row / 2} r={3.6} />
      ) : (
        cell.applied && <path className="cell-applied" d={`M${LOG.cell - 14} 12.5l3 3l5 -6`} />
      )}
    </g>
  );
}

function Row({ row, words }: { readonly row: LogRowShape; readonly words: Catalogue }): JSX.Element {
  const { block, next, member } = row;
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
          <text x={block.width / 2} y={17}>
            {block.kind === 'bootstrap' ? words.log.bootstrap : words.log.compacted}
          </text>
        </g>
      )}
      {row.cells.map((shape) => (
        <Cell key={`${shape.cell.index}.${shape.cell.term}`} shape={shape} words={words} />
      ))}
      {next !== undefined && <path className="cell-next" aria-hidden d={`M${next.x - 3} ${LOG.row / 2 - 5}l7 5l-7 5Z`} />}
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
}

/** The matrix without the members' names, which stand still beside it. */
export function LogDrawing({ scene, words, fallen, onFallen }: LogDrawingProps): JSX.Element {
  return (
    <svg className="log-drawing" width={scene.width} height={scene.height} role="table" aria-label={words.log.title}>
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
        <Row key={row.member.name} row={row} words={words} />
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
