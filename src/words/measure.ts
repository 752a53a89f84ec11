/** Numbers with their units, the same in both languages. */

/** A virtual instant (µs) as seconds with three decimals, without its unit: `4.811`. */
export function instantText(micros: number): string {
  return (micros / 1_000_000).toFixed(3);
}

/** A length of time (µs) with the unit that reads best: `1.31 s`, `150 ms`, `2.4 ms`, `800 µs`. */
export function durationText(micros: number): string {
  const millis = micros / 1000;
  if (millis >= 1000) return `${Number((millis / 1000).toFixed(2))} s`;
  if (millis >= 10) return `${Math.round(millis)} ms`;
  if (millis >= 1) return `${Number(millis.toFixed(1))} ms`;
  return `${Math.round(micros)} µs`;
}

/** A rate of time as a person reads it: `1×`, `1/50×`. */
export function rateText(rate: number): string {
  if (rate <= 0) return '0×';
  if (rate >= 1) return `${Number(rate.toFixed(rate < 10 ? 1 : 0))}×`;
  return `1/${Math.round(1 / rate)}×`;
}
