/** Positions on an axis. */

/** A position on paper, to a tenth of a unit: enough for the eye, and short. */
export function at(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Round values from 0 to at least `most`, about `parts` steps apart: 1, 2 or 5 times a power of ten. */
export function ticks(most: number, parts: number): number[] {
  if (!(most > 0) || !Number.isFinite(most)) return [0, 1];
  const rough = most / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find(factor => factor * power >= rough * 0.999) ?? 10);
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Round values as of `ticks`, from at most `least` to at least `most`. */
export function ticksBetween(least: number, most: number, parts: number): number[] {
  if (!(most > least))
    return ticksBetween(least - 0.5 * (Math.abs(least) || 1), least + 0.5 * (Math.abs(least) || 1), parts);
  const [, step] = ticks(most - least, parts);
  const [first, last] = [Math.floor(least / step + 1e-9), Math.ceil(most / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Those of the ticks that are not beyond the end. */
export function ticksWithin(end: number, parts: number): number[] {
  return ticks(end, parts).filter(tick => tick <= end);
}

/** Sums of `group` neighbours; the last group may have fewer. */
export function merged(values: readonly number[], group: number): number[] {
  const sums = new Array<number>(Math.ceil(values.length / group)).fill(0);
  values.forEach((value, i) => (sums[Math.floor(i / group)] += value));
  return sums;
}
