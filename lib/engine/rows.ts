/**
 * Rows of numbers side by side in one array. A small object with an array of its own takes several lines of the host's
 * cache, a row takes one or two: a tenth fewer cache misses of the host for a miss of the machine (spec/bench/processor).
 */

/** Rows of equal width that grow together. Offsets change in `widen`, indices do not: a row begins at `index * width`. */
export class Rows {
  /** Replaced when rows are added or widened: do not keep it. */
  values: Float64Array;
  width: number;
  private used = 0;

  constructor(width: number) {
    this.width = width;
    this.values = new Float64Array(width);
  }

  /** Adds a row of zeros and returns its index. */
  add(): number {
    if ((this.used + 1) * this.width > this.values.length) {
      const larger = new Float64Array(2 * this.values.length);
      larger.set(this.values);
      this.values = larger;
    }
    return this.used++;
  }

  /** Doubles the width of all rows; what they hold stays at their beginning. */
  widen(): void {
    const { values, width } = this;
    const wider = new Float64Array(2 * values.length);
    for (let row = 0; row < this.used; row++)
      wider.set(values.subarray(row * width, (row + 1) * width), 2 * row * width);
    this.values = wider;
    this.width = 2 * width;
  }
}
