/** Bookmarks and branches below the tape as SVG. Each is a button. */

import type { JSX, KeyboardEvent } from 'react';
import type { Catalogue } from '#words/english.ts';
import { STRIP, type StripBranch, type StripFlag, type TapeStrip } from '#viz/tape-strip.ts';

interface TapeStripProps {
  readonly strip: TapeStrip;
  readonly words: Catalogue;
  readonly onBookmark: (at: number) => void;
  readonly onBranch: (id: number) => void;
}

/** What makes a part of a drawing a button. */
function asButton(label: string, press: () => void) {
  return {
    role: 'button',
    tabIndex: 0,
    'aria-label': label,
    onClick: press,
    onKeyDown: (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();
      press();
    },
  };
}

function Flag({ flag, words, onBookmark }: { readonly flag: StripFlag } & Pick<TapeStripProps, 'words' | 'onBookmark'>): JSX.Element {
  const { bookmark, x, named } = flag;
  return (
    <g
      className="strip-flag"
      transform={`translate(${x} 0)`}
      {...asButton(words.touch.bookmark.go(bookmark.name), () => {
        onBookmark(bookmark.at);
      })}
    >
      <title>{bookmark.name}</title>
      <rect className="strip-touch" x={-4} width={named ? 92 : 16} height={STRIP.row} rx={4} />
      <path d="M0 15V3H9L6.5 6.2L9 9.5H0" />
      {named && (
        <text x={13} y={12.5}>
          {bookmark.name.length > 12 ? `${bookmark.name.slice(0, 11)}…` : bookmark.name}
        </text>
      )}
    </g>
  );
}

function Branch({
  shape,
  width,
  words,
  onBranch,
}: { readonly shape: StripBranch; readonly width: number } & Pick<TapeStripProps, 'words' | 'onBranch'>): JSX.Element {
  const { branch, from, to, y, indirect } = shape;
  const name = words.branches.name(branch.id, branch.name);
  const left = to > width - 110;
  return (
    <g
      className="strip-branch"
      {...asButton(words.notices.goBackTo(branch.id), () => {
        onBranch(branch.id);
      })}
    >
      <title>{name}</title>
      <rect
        className="strip-touch"
        x={Math.min(from, to) - 4}
        y={y - STRIP.row / 2}
        width={Math.max(20, to - from + 100)}
        height={STRIP.row}
        rx={4}
      />
      <path
        className={indirect ? 'strip-line strip-indirect' : 'strip-line'}
        d={`M${from} 0C${from} ${y} ${from} ${y} ${Math.min(from + 10, Math.max(from, to))} ${y}H${Math.max(to, from)}`}
      />
      <circle cx={Math.max(to, from)} cy={y} r={3.5} />
      <text x={left ? Math.max(to, from) - 9 : Math.max(to, from) + 9} y={y + 4} textAnchor={left ? 'end' : 'start'}>
        {name}
      </text>
    </g>
  );
}

export function TapeStripDrawing({ strip, words, onBookmark, onBranch }: TapeStripProps): JSX.Element {
  return (
    <svg className="tape-strip" width={strip.width} height={strip.height} role="group" aria-label={words.branches.title}>
      {strip.branches.map((shape) => (
        <Branch key={shape.branch.id} shape={shape} width={strip.width} words={words} onBranch={onBranch} />
      ))}
      {strip.flags.map((flag) => (
        <Flag key={flag.bookmark.id} flag={flag} words={words} onBookmark={onBookmark} />
      ))}
    </svg>
  );
}
