/** Named sets of numbers for the miss-counting policy, each with where it comes from and how far to trust it. */
import type { MissCountingOptions } from './miss-counting.js';

/** A set of options with its provenance. Plain data: spread `options` to change one of them. */
export interface MissCountingPreset {
  /** Complete options for `missCounting`. */
  readonly options: MissCountingOptions;
  /** Where the numbers come from. */
  readonly source: string;
  /** How they were obtained. `recollected`: the source was not at hand, so no result may pass or fail by them. */
  readonly confidence: 'recollected';
}

/**
 * The usual set of the 1996 kernel policy, which Disco says that it derives its own from without printing a number.
 * Counter width and interrupt delay are ours: wide enough never to saturate, and none.
 */
export const verghese1996: MissCountingPreset = {
  options: {
    trigger: 128,
    sharing: 32,
    writes: 1,
    moves: 1,
    migration: true,
    replication: true,
    sampling: 1,
    bits: 16,
    delayNs: 0,
    resetNs: 100e6,
  },
  source: 'Verghese, Devine, Gupta and Rosenblum, ASPLOS 1996, recollected; bits and delayNs are ours',
  confidence: 'recollected',
};

/** The same with the lower trigger of the Engineering workload. */
export const verghese1996Engineering: MissCountingPreset = {
  ...verghese1996,
  options: { ...verghese1996.options, trigger: 96 },
  source: 'Verghese, Devine, Gupta and Rosenblum, ASPLOS 1996, for Engineering, recollected; bits and delayNs are ours',
};
