/** Miss counters that never raise anything themselves: for specs that raise hot pages by hand. */
import type { CounterSettings } from '../../lib/placement/evidence.js';

export const SILENT: CounterSettings = { threshold: 2 ** 31 - 1, sampling: 1, bits: 31, delayNs: 0, resetNs: 1e12 };
