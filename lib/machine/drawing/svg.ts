/**
 * A machine as SVG. How much of a node is shown depends on how many there are; the picture is as large as it takes for
 * boxes not to meet.
 */
import { countText, latencyText, type Plan } from './plan.js';
import { arrange, MARGIN, ROUTER_RADIUS, type Layout, type Point } from './svg-layout.js';
import { boxOf, legend, nodeShape, type Box, type Detail } from './svg-node.js';
import { coordinate, escapeXml, svgText } from './svg-text.js';

/** More lines than these would be a grey disc. */
const MOST_LINES = 5000;
/** Up to so many connections are labelled with their latency. */
const MOST_LABELS = 12;
/** Length of line that a label needs. */
const ROOM = 44;
const ROUTER: Box = { width: 2 * ROUTER_RADIUS.full, height: 2 * ROUTER_RADIUS.full };
/** Of how many nodes everything is shown, and of how many at least a number. */
const MOST_FULL = 20;
const MOST_SMALL = 128;

/** The SVG document of a plan. */
export function svgOf(plan: Plan): string {
  const { machine } = plan;
  const detail = detailOf(machine.nodes.length);
  const boxes = machine.nodes.map(node => boxOf(node, detail));
  const layout = arrange(plan, boxes, detail, plan.topology.routers === 0 && isLabelled(plan) ? ROOM : 0);
  const { width, height } = layout;
  const body = [
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    svgText(MARGIN, 38, machine.name, 'font-size="20" font-weight="600" fill="#1b2430"'),
    ...plan.summary.map((line, i) => svgText(MARGIN, 58 + 17 * i, line, 'font-size="12" fill="#5b6675"')),
    ...lines(plan, layout),
    ...routers(plan, layout, detail),
    ...machine.nodes.map((node, i) => nodeShape(node, i, layout.at[i], boxes[i], detail, plan.devices[i])),
    ...labels(plan, layout, boxes),
    legend(machine, MARGIN, height - 16, detail),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `role="img" font-family="'Segoe UI', 'Helvetica Neue', Arial, sans-serif">\n` +
    `<title>${escapeXml(`${machine.name}: ${plan.summary[0]}`)}</title>\n${body.join('\n')}\n</svg>\n`
  );
}

function isLabelled({ edges }: Pick<Plan, 'edges'>): boolean {
  return edges.length <= MOST_LABELS;
}

function detailOf(nodes: number): Detail {
  if (nodes <= MOST_FULL) return 'full';
  return nodes <= MOST_SMALL ? 'small' : 'tiny';
}

function lines({ edges }: Plan, { at, width, height }: Layout): string[] {
  if (edges.length === 0) return [];
  if (edges.length > MOST_LINES) {
    const text = `${countText(edges.length, 'link')}, every node with every other, not drawn`;
    return [svgText(width / 2, height / 2, text, 'font-size="14" text-anchor="middle" fill="#5b6675"')];
  }
  const path = edges
    .map(({ a, b }) => `M${at[a].map(coordinate).join(' ')}L${at[b].map(coordinate).join(' ')}`)
    .join('');
  const weight = edges.length > 500 ? 0.6 : 1.5;
  return [`<path d="${path}" stroke="#8b99ad" stroke-width="${weight}" fill="none"/>`];
}

function routers({ topology, edges }: Plan, { at }: Layout, detail: Detail): string[] {
  if (edges.length === 0) return [];
  return Array.from({ length: topology.routers }, (_, router) => {
    const [x, y] = at[topology.nodes + router].map(coordinate);
    const title = `<title>router ${router}</title>`;
    const style = 'fill="#ffffff" stroke="#5b6675" stroke-width="1.5"';
    return `<circle cx="${x}" cy="${y}" r="${ROUTER_RADIUS[detail]}" ${style}>${title}</circle>`;
  });
}

/** Latencies, each in the middle of the part of its line that can be seen, where there is room. */
function labels({ edges, ns }: Plan, { at }: Layout, boxes: readonly Box[]): string[] {
  if (!isLabelled({ edges })) return [];
  return edges.flatMap(edge => {
    const text = latencyText(edge, ns);
    const half = 3.2 * text.length;
    const from = at[edge.a];
    const to = at[edge.b];
    const begins = covered(from, to, boxes[edge.a] ?? ROUTER);
    const ends = 1 - covered(to, from, boxes[edge.b] ?? ROUTER);
    if ((ends - begins) * Math.hypot(to[0] - from[0], to[1] - from[1]) < ROOM) return [];
    const [x, y] = [0, 1].map(axis => from[axis] + ((to[axis] - from[axis]) * (begins + ends)) / 2);
    const box = `x="${coordinate(x - half)}" y="${coordinate(y - 8)}" width="${coordinate(2 * half)}" height="16"`;
    const style = 'font-size="10.5" text-anchor="middle" fill="#1b2430"';
    return `<rect ${box} rx="4" fill="#ffffff" fill-opacity="0.9"/>${svgText(x, y + 4, text, style)}`;
  });
}

/** The part of a line from the middle of a box that the box covers. */
function covered(from: Point, to: Point, box: Box): number {
  const across = box.width / 2 / Math.abs(to[0] - from[0]);
  const down = box.height / 2 / Math.abs(to[1] - from[1]);
  return Math.min(1, across, down);
}
