/** A preset with another store buffer or TLB. */
import type { MachineSpecification } from '../../../lib/machine/specification/specification.js';

/** Changes what is given. */
export function changed(
  specification: MachineSpecification,
  { storeBuffer, tlbEntries }: { readonly storeBuffer?: number | undefined; readonly tlbEntries?: number | undefined },
): MachineSpecification {
  const { processor } = specification;
  return {
    ...specification,
    processor: {
      ...processor,
      ...(storeBuffer === undefined ? {} : { storeBuffer }),
      ...(tlbEntries === undefined ? {} : { tlbEntries }),
    },
  };
}
