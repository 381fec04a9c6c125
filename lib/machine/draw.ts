/** Pictures of a machine (under construction). */
import type { MachineSpecification } from './specification.js';

/** A machine in two notations. */
export interface Drawing {
  /** A self-contained SVG document. */
  readonly svg: string;
  /** A Mermaid flowchart. */
  readonly mermaid: string;
}

/** Draws a machine. */
export function draw(specification: MachineSpecification): Drawing {
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg"><title>${specification.name}</title></svg>`, mermaid: '' };
}
