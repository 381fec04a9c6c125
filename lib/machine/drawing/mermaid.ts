/** A machine as a Mermaid flowchart. */
import { bytesText, countText, latencyText, type Plan } from './plan.js';
import type { ResolvedNode } from '../specification/specification.js';

/** Beyond it the chart is a summary. */
const MOST_EDGES = 400;

/** The flowchart of a plan. */
export function mermaidOf(plan: Plan): string {
  const head = `---\ntitle: ${JSON.stringify(escapeText(plan.machine.name))}\n---\nflowchart TB\n`;
  return head + (plan.edges.length > MOST_EDGES ? summed(plan) : full(plan));
}

function full({ machine, topology, edges, ns, devices }: Plan): string {
  const { nodes } = topology;
  const named = topology.links.length <= 64;
  const lines = machine.nodes.map((node, i) => `  n${i}["node ${i}<br/>${contents(node, devices[i])}"]`);
  const vertex = (v: number): string => (v < nodes ? `n${v}` : `r${v - nodes}`);
  if (edges.length > 0) for (let r = 0; r < topology.routers; r++) lines.push(`  r${r}((" "))`);
  for (const edge of edges) {
    const arrow = edge.back < 0 ? '-->' : '---';
    const label = named ? `|"${latencyText(edge, ns)}"|` : '';
    lines.push(`  ${vertex(edge.a)} ${arrow}${label} ${vertex(edge.b)}`);
  }
  return lines.join('\n') + '\n';
}

function summed({ machine, topology, devices }: Plan): string {
  const kinds = new Map<string, number>();
  machine.nodes.forEach((node, i) => {
    const text = contents(node, devices[i]);
    kinds.set(text, (kinds.get(text) ?? 0) + 1);
  });
  const lines = [`  network(("${escapeText(topology.name)}"))`];
  [...kinds].forEach(([text, count], i) => {
    lines.push(`  k${i}["${countText(count, 'node')}, each<br/>${text}"]`, `  k${i} --- network`);
  });
  return lines.join('\n') + '\n';
}

function contents({ processors, memoryBytes }: ResolvedNode, devices: readonly string[]): string {
  const parts = [...(processors > 0 ? [countText(processors, 'processor')] : [])];
  parts.push(memoryBytes > 0 ? bytesText(memoryBytes) : 'no memory');
  return [...parts, ...devices].join('<br/>');
}

function escapeText(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/["<>#;&]/g, c => `#${c.charCodeAt(0)};`);
}
