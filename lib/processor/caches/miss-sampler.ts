/** Samples of misses in a buffer, as the PEBS of Intel's processors and the IBS of AMD's take them. */
import type { AddressMap } from '../../messages/address-map.js';
import { lineNumber, type MachineFrame } from '../../messages/addresses.js';
import { SampleCounter } from '../../placement/sample-counter.js';
import type { SamplingSettings } from '../../placement/evidence.js';

/** One sampled miss. */
export interface MissSample {
  readonly frame: MachineFrame;
  readonly store: boolean;
}

/** Counts the misses of one processor, and raises an interrupt when its buffer is full. */
export class MissSampler {
  private readonly counter: SampleCounter;
  private readonly settings: SamplingSettings;
  private readonly map: AddressMap;
  private readonly node: number;
  private readonly raise: () => void;
  private readonly samples: MissSample[] = [];

  constructor(settings: SamplingSettings, map: AddressMap, node: number, raise: () => void) {
    this.counter = new SampleCounter(settings);
    this.settings = settings;
    this.map = map;
    this.node = node;
    this.raise = raise;
  }

  /** A miss on a line goes out. Samples that come while the buffer is full are lost, as in hardware. */
  missed(number: number, store: boolean): void {
    const { map, samples, settings } = this;
    const line = lineNumber(number);
    if (!this.counter.takes(map.homeOfLine(line) !== this.node, store)) return;
    if (samples.length === settings.buffer) return;
    samples.push({ frame: map.frameOfLine(line), store });
    if (samples.length === settings.buffer) this.raise();
  }

  /** Empties the buffer. */
  take(): readonly MissSample[] {
    return this.samples.splice(0);
  }
}
