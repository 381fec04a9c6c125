/**
 * How physical pages lie on the nodes under each workload of the Disco paper. Section 5.4 says that the memory of the machine was
 * dealt to the nodes in turn for the runs of IRIX in Figure 7: that changes home nodes, not places in caches, so pages keep
 * their colours. Section 5.5, Figure 8, does not say how they lay; local shares of 16 % on eight nodes and 6 % on sixteen
 * fit pages that are spread evenly and pages of one node alike. Its bars tell them apart, and the choice is FITTED on them:
 * a remote miss of engineering takes 1.3 us, which is a spread with some contention; one of raytrace takes 2.4 us, as long as
 * where all threads miss to one home, that of a scene which one thread built in memory that lay in a row.
 */
import type { PhysicalLayout } from '../../../machine/physical-layout.js';
import type { ResolvedSpecification } from '../../../machine/specification/specification.js';

/** Where pages are not spread. */
const LAYOUTS: Readonly<Record<string, PhysicalLayout>> = { raytrace: 'linear' };

/** The layout for a workload by name: `linear` on one node, `interleaved` where pages cannot keep their colours. */
export function pageLayout(workload: string, machine: ResolvedSpecification): PhysicalLayout {
  if (machine.nodes.length === 1) return 'linear';
  const layout = LAYOUTS[workload] ?? 'coloured';
  return layout === 'coloured' && !colourable(machine) ? 'interleaved' : layout;
}

/** Whether the nodes divide the colours, and have equal memories of whole ways. See `physicalLayout`. */
function colourable({ nodes, pageBytes, processor: { l2 } }: ResolvedSpecification): boolean {
  const way = l2.sizeBytes / l2.ways;
  const colours = way / pageBytes;
  const { memoryBytes } = nodes[0];
  return (
    colours % nodes.length === 0 &&
    memoryBytes > 0 &&
    memoryBytes % way === 0 &&
    nodes.every(node => node.memoryBytes === memoryBytes)
  );
}
