/** Numbers as people read them. What is not known is null, and prints as a dash. */

/** What stands for a number that does not exist, such as the local share of no misses. */
export const NONE = '–';

/** `part / whole`, or null if that is no number. */
export function ratio(part: number, whole: number): number | null {
  const quotient = part / whole;
  return whole > 0 && Number.isFinite(quotient) ? quotient : null;
}

/** A number with `digits` decimals; never `-0`. */
export function decimal(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** A fraction as percent, without the sign. */
export function percent(fraction: number | null, digits = 1): string {
  return decimal(fraction === null ? null : 100 * fraction, digits);
}

/** A count with its thousands apart. */
export function count(value: number): string {
  return decimal(value, 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Simulated time in milliseconds, without the unit. */
export function milliseconds(ns: number): string {
  return decimal(ns / 1e6, Math.abs(ns) < 1e6 ? 4 : 2);
}

/** A duration with the unit that suits it, three significant digits; a dash for 0. */
export function duration(ns: number): string {
  if (!(ns > 0) || !Number.isFinite(ns)) return NONE;
  const [unit, name] = ns < 999.5 ? [1, 'ns'] : ns < 999_500 ? [1e3, 'µs'] : [1e6, 'ms'];
  const value = ns / unit;
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${name}`;
}

/** `1 page`, `2 pages`; with a plural of its own, `2 processes`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** At most `length` characters; the end gives way to an ellipsis. */
export function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** Text for one line of a terminal: line ends, control and reordering characters become U+FFFD. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Cs}|\p{Bidi_Control}/gu, '\ufffd');
}
