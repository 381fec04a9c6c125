/** The words of a line. Immutable: a store makes a new array, so copies may be shared freely. */

/** One 32-bit word for each four bytes of a line. Never changed after it is made. */
export type LineData = Readonly<Int32Array>;

/** The value of a word; a line that nobody wrote to reads as 0. */
export function wordOf(data: LineData | null, word: number): number {
  return data === null ? 0 : data[word];
}

/** The line with one word replaced. */
export function withWord(data: LineData | null, words: number, word: number, value: number): LineData {
  if (data !== null && data[word] === value) return data;
  // `slice` copies bytes; `from` would go through an iterator.
  const next = data === null ? new Int32Array(words) : (data as Int32Array).slice();
  next[word] = value;
  return next;
}
