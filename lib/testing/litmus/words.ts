/**
 * Values of litmus tests as words of a machine, and back. A value that has not been seen before gets the next word, so that
 * an address and an integer never share one. 0 is 0, because memory begins with it.
 */
export class LitmusWords {
  private readonly words = new Map([[0, 0]]);
  private readonly values = [0];

  /** The word for a value. */
  wordOf(value: number): number {
    const known = this.words.get(value);
    if (known !== undefined) return known;
    const word = this.values.push(value) - 1;
    this.words.set(value, word);
    return word;
  }

  /** The value of a word that `wordOf` has returned; NaN, which no test allows, for another. */
  valueOf(word: number): number {
    return this.values[word] ?? NaN;
  }
}
