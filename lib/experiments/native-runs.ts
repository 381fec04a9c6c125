/** Native runs by name: of the commodity kernel, or of SPLASHOS, which is no profile of it but another system. */
import { threadImages } from '../workloads/user-image.js';
import { recordedProgram } from '../workloads/splash-threads.js';
import { resolve, type MachineSpecification } from '../machine/specification.js';
import type { GuestImages } from './guest-images.js';
import { nativeOptions, profileOf, type NativeSystem } from './native-choices.js';
import type { NativeResult } from './native-result.js';
import { NativeRun } from './native.js';
import { SplashRun } from './splash-run.js';

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

/** The traces whose threads run under SPLASHOS. */
const THREADS: Readonly<Record<string, string>> = { radix: 'radix-16', raytrace: 'raytrace-car-16' };

/** Builds a run. SPLASHOS executes its recorded threads once, whatever the scale. Throws a RangeError if the system does not run the workload. */
export function namedRun(options: NamedRunOptions): RunUnderWay {
  const { workload, system, machine, scale, seed, images } = options;
  const profile = profileOf(system);
  if (profile !== null) return new NativeRun(nativeOptions(workload, machine, profile, { scale, seed, images }));
  const trace = THREADS[workload];
  if (trace === undefined) throw new RangeError(`${system} does not run ${workload}`);
  const program = recordedProgram(threadImages(images.trace(trace)));
  const { nodes } = resolve(machine);
  return new SplashRun({
    program: { ...program, name: workload },
    description: `the ${program.threads} threads of ${trace} under the library operating system`,
    ...{ machine, seed, layout: nodes.length > 1 ? 'interleaved' : 'linear' },
  });
}
