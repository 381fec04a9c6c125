/** What a commodity kernel is made with. */
import { plainObject, wholeNumber, wholeNumbers } from '../../engine/checks.js';
import type { Executable } from './processes/process.js';
import type { Profile } from './profile.js';
import type { KernelSwitches } from './switches.js';

/** Physical pages are at most what the unmapped segments reach: half a gigabyte. */
const MOST_PAGES = 2 ** 17;

/** What a kernel is made with. */
export interface KernelOptions {
  readonly profile: Profile;
  /** Processors, and pages of physical memory, that it finds. */
  readonly processors: number;
  readonly pages: number;
  /** What Count counts from one tick of the timer to the next. */
  readonly countsPerTick: number;
  /** Nanoseconds from one tick to the next. */
  readonly tickNs: number;
  /** Ticks of a time slice. */
  readonly sliceTicks: number;
  /** The most processes at a time. */
  readonly mostProcesses: number;
  /** Programs by path. */
  readonly executables: ReadonlyMap<string, Executable>;
  /** Linked for the mapped supervisor segment instead of kseg0. */
  readonly mapped: boolean;
  /** Other changes that the authors of Disco made to IRIX; all off unless given. */
  readonly switches?: Partial<KernelSwitches>;
  /** Ticks without any process running after which the kernel is taken to be stuck; 6000, a minute, unless given. */
  readonly stallTicks?: number;
}

/** Throws a RangeError or TypeError that names the option if one is not what it must be. */
export function checkOptions(options: KernelOptions): void {
  plainObject(options, 'the options of a kernel');
  plainObject(options.profile, 'a kernel: profile');
  wholeNumbers(options, ['processors'], 'a kernel', 1, 8192);
  wholeNumbers(options, ['pages'], 'a kernel', 1, MOST_PAGES);
  wholeNumbers(options, ['countsPerTick', 'tickNs', 'sliceTicks'], 'a kernel', 1, 2 ** 40);
  wholeNumbers(options, ['mostProcesses'], 'a kernel', 1, 65536);
  if (options.stallTicks !== undefined && options.stallTicks !== Infinity)
    wholeNumber(options.stallTicks, 'a kernel: stallTicks', 1);
}
