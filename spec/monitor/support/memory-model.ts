/**
 * What a word of memory may hold when several write it at once: exact while nobody does, and otherwise every value that some
 * order of what overlaps allows. Times are those at which the model is told.
 */
export class WordModel {
  private possible: Set<number>;
  /** Changes under way, and what those of them wrote that have ended since there was none. */
  private active = 0;
  private written = new Set<number>();
  /** Counts beginnings of changes. */
  private changes = 0;
  private readonly watchers = new Set<(value: number) => void>();

  constructor(value = 0) {
    this.possible = new Set([value]);
  }

  /** Sees every value that the word may have from now on until the function that is returned is called. */
  watch(seen: (value: number) => void): () => void {
    for (const value of this.possible) seen(value);
    this.watchers.add(seen);
    return () => this.watchers.delete(seen);
  }

  /** A change begins that may show `values` meanwhile. */
  begin(values: readonly number[]): void {
    this.active++;
    this.changes++;
    for (const value of values) this.may(value);
  }

  /** The word may have a value, by a change under way. */
  may(value: number): void {
    if (this.possible.has(value)) return;
    this.possible.add(value);
    for (const watcher of [...this.watchers]) watcher(value);
  }

  /** A change ends that left one of `values`; none if it did nothing. */
  end(values: Iterable<number>): void {
    for (const value of values) this.written.add(value);
    if (--this.active > 0) return;
    if (this.written.size > 0) this.possible = this.written;
    this.written = new Set();
  }

  /** Begins a read; the function returned takes its result, and says what is wrong with it, or nothing. */
  read(): (value: number) => string {
    const seen = new Set<number>();
    const end = this.watch(value => seen.add(value));
    const { changes, active } = this;
    return value => {
      end();
      if (!seen.has(value)) return `${value} was read where there may be ${[...seen].join(' or ')}`;
      if (active === 0 && this.changes === changes) this.possible = new Set([value]);
      return '';
    };
  }
}
