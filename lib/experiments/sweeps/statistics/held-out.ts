/** Splits workloads or seeds for people who tune: what was looked at while tuning must not be what is reported. */
import { list, plainObject, string, wholeNumber } from '../../../engine/checks.js';
import { randomStream } from '../../../engine/random.js';

/** How a list is split. */
export interface HeldOutOptions {
  /** Items that are held out: at least one, and at least one stays. */
  readonly heldOut: number;
  /** Equal seeds give equal splits. */
  readonly seed: string;
}

/** The two parts, each in the order of the list. */
export interface HeldOut<Item> {
  /** To tune on. */
  readonly train: readonly Item[];
  /** To report, once. */
  readonly heldOut: readonly Item[];
}

/** Draws the items that are held out. Throws a RangeError for fewer than two items. */
export function trainAndHeldOut<Item>(items: readonly Item[], options: HeldOutOptions): HeldOut<Item> {
  list(items, 'the items of a split');
  plainObject(options, 'the options of a split');
  wholeNumber(options.heldOut, 'heldOut', 1, items.length - 1);
  string(options.seed, 'the seed of a split');
  const stream = randomStream(options.seed, 'held out');
  const left = items.map((_, i) => i);
  const drawn = Array.from({ length: options.heldOut }, () => left.splice(stream.below(left.length), 1)[0]);
  return {
    train: items.filter((_, i) => !drawn.includes(i)),
    heldOut: items.filter((_, i) => drawn.includes(i)),
  };
}
