/** Native runs by name: of the commodity kernel, or of SPLASHOS, which is no profile of it but another system. */
import { resolve, type MachineSpecification } from '../../machine/specification/specification.js';
import type { GuestImages } from './guest-images.js';
import { nativeOptions, profileOf, type NativeSystem } from './native-choices.js';
import type { NativeResult } from './native-result.js';
import { NativeRun } from './native.js';
import { SplashRun } from './splash-run.js';
import { splashProgram } from './splash-system.js';

/** A run under way, whatever the system. */
export interface RunUnderWay {
  /** Simulated time of what is measured. */
  readonly elapsedNs: number;
  /** Simulates a little further; false when it is over. */
  advance(): boolean;
  /** What happened so far. */
  result(): NativeResult;
}

/** What a run by name is made with. */
export interface NamedRunOptions {
  readonly workload: string;
  readonly system: NativeSystem;
  readonly machine: MachineSpecification;
  readonly scale: number;
  readonly seed: string;
  readonly images: GuestImages;
}

/** Builds a run. SPLASHOS executes its recorded threads once, whatever the scale. Throws a RangeError if the system does not run the workload. */
export function namedRun(options: NamedRunOptions): RunUnderWay {
  const { workload, system, machine, scale, seed, images } = options;
  const profile = profileOf(system);
  if (profile !== null) return new NativeRun(nativeOptions(workload, machine, profile, { scale, seed, images }));
  const { nodes } = resolve(machine);
  return new SplashRun({
    ...splashProgram(workload, images),
    ...{ machine, seed, layout: nodes.length > 1 ? 'interleaved' : 'linear' },
  });
}
