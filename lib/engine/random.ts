/**
 * Named streams of random numbers, all derived from the master seed. No other randomness exists in the library.
 * seedrandom's `alea`: its streams for similar names are uncorrelated, which its xor generators' are not
 * (docs/decisions/0003-random-streams.md; spec/engine/random.spec.ts repeats the check).
 */
import { shown } from './checks.js';
import seedrandom from 'seedrandom';

/** A stream of random numbers. Equal (seed, name) give equal streams, on every machine. */
export interface RandomStream {
  /** Uniform in [0, 1), in steps of 2^-32. */
  next(): number;
  /** Uniform integer in [0, bound); `bound` from 1 to 2^31. */
  below(bound: number): number;
}

/**
 * What the generator of a stream is seeded with. Different pairs of seed and name never give the same text: the last `/`
 * ends the seed, because a `/` of the name is written as a backslash and an `s`, and a backslash twice.
 */
export function streamKey(seed: string, name: string): string {
  return `${seed}/${name.replace(/[\\/]/g, sign => (sign === '/' ? '\\s' : '\\\\'))}`;
}

/** Makes the stream of a name under a master seed. */
export function randomStream(seed: string, name: string): RandomStream {
  const generator = seedrandom.alea(streamKey(seed, name));
  return {
    next: () => generator(),
    below(bound) {
      if (!Number.isSafeInteger(bound) || bound < 1 || bound > 2 ** 31)
        throw new RangeError(`a bound is an integer from 1 to 2^31, not ${shown(bound)}`);
      return Math.floor(generator() * bound);
    },
  };
}
