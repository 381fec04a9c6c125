/** Pictures of a machine: what is in each node, and the interconnect by its topology's positions. */
import { mermaidOf } from './mermaid.js';
import { planOf } from './plan.js';
import { resolve, type MachineSpecification } from '../specification/specification.js';
import { svgOf } from './svg.js';

/** A machine in two notations. */
export interface Drawing {
  /** A self-contained SVG document, without fonts or scripts from elsewhere. */
  readonly svg: string;
  /** A Mermaid flowchart. Large machines are summed up: Mermaid draws no more than 500 links. */
  readonly mermaid: string;
}

/** Draws a machine. Throws a SpecificationError if it is none. */
export function draw(specification: MachineSpecification): Drawing {
  const plan = planOf(resolve(specification));
  return { svg: svgOf(plan), mermaid: mermaidOf(plan) };
}
