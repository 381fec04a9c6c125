/**
 * The five workloads of the Disco paper on bare machines, as its figures have them: Figure 5 on one processor each; Figure 7, pmake
 * and radix on eight; Figure 8, engineering on eight and raytrace on sixteen with a second-level cache of 256 KB, on
 * FLASH and on a bus. How pages lie on the nodes: layouts.ts.
 */
import type { PhysicalLayout } from '../../machine/physical-layout.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { GuestWorkload } from '../../workloads/guest-workload.js';
import { workloadChoices, type WorkloadScale } from './choices.js';
import { pageLayout } from './hosts/layouts.js';
import { sizedMachine } from './machine-size.js';

/** What a figure runs. */
export interface PaperWorkloadOptions extends WorkloadScale {
  /** FLASH as the paper has it, unless the bus that it compares with is asked for. */
  readonly machine?: 'disco-1997' | 'uma';
}

/** A workload with the machine that it runs on. */
export interface PaperWorkload {
  readonly workload: GuestWorkload;
  /** 32 MB on each node, which is enough for all of them; 256 MB on eight, as the paper says of Figure 7. */
  readonly machine: ResolvedSpecification;
  readonly layout: PhysicalLayout;
}

/** Processors of Figure 8's raytrace, and the cache that they have: the paper's largest scene fits into 1 MB. */
const SMALL_CACHE = { workload: 'raytrace', processors: 16, l2Bytes: 256 * 1024 } as const;

/** A workload by name on so many processors. Throws a RangeError for an unknown name. */
export function paperWorkload(name: string, options: PaperWorkloadOptions): PaperWorkload {
  const { processors, machine = 'disco-1997' } = options;
  const choice = Object.hasOwn(workloadChoices, name) ? workloadChoices[name] : undefined;
  if (choice === undefined)
    throw new RangeError(`there is no workload ${name}; there are ${Object.keys(workloadChoices).join(', ')}`);
  const small = name === SMALL_CACHE.workload && processors === SMALL_CACHE.processors;
  const specification = sizedMachine(machine, { processors, l2Bytes: small ? SMALL_CACHE.l2Bytes : undefined });
  return { workload: choice.make(options), machine: specification, layout: pageLayout(name, specification) };
}
