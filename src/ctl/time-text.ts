/** A span of virtual time as lines of the command language say it. */

/** Whole milliseconds as such, else microseconds. */
export const timeText = (micros: number): string => (micros % 1000 === 0 ? `${micros / 1000}ms` : `${micros}us`);
