/** A run as it is given away: as a link and as a file, with how whoever gave it looked at it. */

/**
 * How a page looks at a run: the instant, playing or paused, the chosen view and panel. The engine only carries it: at most {@link VIEW_ENTRIES_MAX}
 * names of letters, digits, `-` with values of at most {@link VIEW_VALUE_MAX} characters. A page checks what it reads, since anybody can write a link.
 */
export type ViewOptions = Readonly<Record<string, string>>;
export const VIEW_ENTRIES_MAX = 16;
export const VIEW_VALUE_MAX = 100;

/** Longest link that is given out, in characters: what Firefox, Safari, Chromium, mail and chat programs pass on unharmed. */
export const LINK_CHARACTERS_MAX = 32_000;

/** Characters of a link above which a phone's camera no longer reads its QR code from across a room. */
export const QR_TEXT_MAX = 900;

export interface SharedRun {
  /** Fragment of a link (without `#`); undefined if the run is too long for one, so that only the file is left. */
  readonly fragment: string | undefined;
  /** Length that the fragment has, or would have, in characters. */
  readonly fragmentLength: number;
  /** Text of the file. */
  readonly file: string;
}

/** `where` is a path into the run with the line of the file, such as `commands.3.at (line 12)`; empty for the whole. */
export type OpenRunAnswer = { readonly type: 'ok' } | { readonly type: 'error'; readonly where: string; readonly message: string };
