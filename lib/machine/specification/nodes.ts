/** Nodes one by one. */
import type { MachineSpecification, NodeSpecification, ResolvedNode } from './specification.js';

/** The nodes one by one, each with its memory and bus. */
export function nodesOf({ nodes, memory, busNs }: MachineSpecification): ResolvedNode[] {
  if (isList(nodes))
    return nodes.map(node => ({
      processors: node.processors,
      memoryBytes: node.memoryBytes,
      memory: { ...(node.memory ?? memory) },
      busNs: node.busNs ?? busNs,
    }));
  const { count, processors, memoryBytes } = nodes;
  return Array.from({ length: count }, () => ({ processors, memoryBytes, memory: { ...memory }, busNs }));
}

function isList(nodes: MachineSpecification['nodes']): nodes is readonly NodeSpecification[] {
  return Array.isArray(nodes);
}
