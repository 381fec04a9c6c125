/** The sampling counter of one processor: which accesses it takes, and when its buffer is full. */
import type { SamplingSettings } from './evidence.js';

/** Counts the accesses of one processor. The samples themselves are kept by whoever counts. */
export class SampleCounter {
  private readonly settings: SamplingSettings;
  /** Accesses that count still to be passed over before one is taken. */
  private left: number;

  constructor(settings: SamplingSettings) {
    this.settings = settings;
    this.left = settings.period - 1 + settings.skid;
  }

  /** Whether an access that missed in the caches is taken. */
  takes(remote: boolean, store: boolean): boolean {
    const { level, stores, period } = this.settings;
    if ((store && !stores) || (level === 'remote-miss' && !remote)) return false;
    if (this.left-- > 0) return false;
    this.left = period - 1;
    return true;
  }
}
