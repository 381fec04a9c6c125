/** The rows of two systems beside each other: what both do stands in one line, in the order of both. */
import type { EventRow } from './rows.js';

/** A line of the table; null where one side does nothing of the kind. */
export type AlignedRows = readonly [left: EventRow | null, right: EventRow | null];

/** All rows of both sides, each once. What only one side does stands beside what only the other does. */
export function aligned(left: readonly EventRow[], right: readonly EventRow[]): AlignedRows[] {
  const lines: AlignedRows[] = [];
  let [i, j] = [0, 0];
  for (const [toLeft, toRight] of [...commonPlaces(left, right), [left.length, right.length]]) {
    while (i < toLeft || j < toRight) lines.push([i < toLeft ? left[i++] : null, j < toRight ? right[j++] : null]);
    if (i < left.length && j < right.length) lines.push([left[i++], right[j++]]);
  }
  return lines;
}

/** Places of the longest common subsequence of two lists, by their keys. */
function commonPlaces(left: readonly EventRow[], right: readonly EventRow[]): (readonly [number, number])[] {
  const lengths = commonLengths(left, right);
  const places: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  while (i < left.length && j < right.length) {
    if (left[i].key === right[j].key) places.push([i++, j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i++;
    else j++;
  }
  return places;
}

/** Length of the longest common subsequence from each pair of places on. */
function commonLengths(left: readonly EventRow[], right: readonly EventRow[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const same = left[i].key === right[j].key;
      lengths[i][j] = same ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}
