/**
 * Where things go in a picture, and how large it is. A node on a router stands at a distance from it that depends on the
 * boxes alone; then the routers are moved apart, as the topology has them, until nothing meets.
 */
import type { Plan } from './draw.js';
import type { Box, Detail } from './svg-node.js';

/** A point. */
export type Point = readonly [x: number, y: number];

/** A size and a point for each vertex, nodes first. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly at: readonly Point[];
}

/** Space around the picture, for its head and for its foot. */
export const MARGIN = 28;
const HEAD = 96;
const FOOT = 46;
const LEAST_WIDTH = 680;

/** Radius of a router. */
export const ROUTER_RADIUS: Readonly<Record<Detail, number>> = { full: 9, small: 6, tiny: 3 };

/** Free space between boxes. */
const GAP: Readonly<Record<Detail, number>> = { full: 24, small: 12, tiny: 4 };

/** One router and more nodes than these: several circles instead of one. */
const ONE_CIRCLE = 24;

/** Places the vertices of a plan. `gap` is added to the free space between boxes, for labels. */
export function arrange(plan: Plan, boxes: readonly Box[], detail: Detail, gap: number): Layout {
  const sizes = plan.edges.length === 0 ? boxes : [...boxes, ...routerBoxes(plan, detail)];
  const anchors = anchorsOf(plan, sizes.length);
  const points = spread(anchors, sizes, GAP[detail] + gap);
  const [left, right] = extent(points.map(([x]) => x), sizes.map(({ width }) => width)); // prettier-ignore
  const [top, bottom] = extent(points.map(([, y]) => y), sizes.map(({ height }) => height)); // prettier-ignore
  const width = Math.max(LEAST_WIDTH, Math.ceil(right - left) + 2 * MARGIN);
  const dx = (width - (right - left)) / 2 - left;
  return {
    width,
    height: Math.ceil(bottom - top) + HEAD + FOOT,
    at: points.map(([x, y]) => [x + dx, y + HEAD - top]),
  };
}

/** A vertex stands at an offset from an anchor; anchors that differ are moved apart. */
interface Anchor {
  readonly at: Point;
  readonly offset: Point;
  /** Vertices of one group share their anchor. */
  readonly group: number;
}

function routerBoxes({ topology }: Plan, detail: Detail): Box[] {
  const size = 2 * ROUTER_RADIUS[detail];
  return Array.from({ length: topology.routers }, () => ({ width: size, height: size }));
}

function anchorsOf({ topology, edges }: Plan, vertices: number): Anchor[] {
  const { nodes, routers } = topology;
  const positions = routers === 1 && nodes > ONE_CIRCLE ? onCircles(nodes) : topology.positions;
  const routerOf = new Map<number, number>();
  const degree = new Map<number, number>();
  for (const { a, b } of edges)
    for (const [v, other] of [
      [a, b],
      [b, a],
    ] as const) {
      // prettier-ignore
      degree.set(v, (degree.get(v) ?? 0) + 1);
      if (v < nodes && other >= nodes) routerOf.set(v, other);
    }
  return Array.from({ length: vertices }, (_, vertex) => {
    const router = degree.get(vertex) === 1 ? routerOf.get(vertex) : undefined;
    const group = router ?? vertex;
    const at = positions[group];
    return { at, offset: [positions[vertex][0] - at[0], positions[vertex][1] - at[1]], group };
  });
}

/** Nodes on circles about their router, which comes last. */
function onCircles(nodes: number): Point[] {
  const points: Point[] = [];
  for (let radius = 2; points.length < nodes; radius++) {
    const count = Math.min(nodes - points.length, Math.floor(5.4 * radius));
    for (let i = 0; i < count; i++) {
      const angle = (2 * Math.PI * i) / count;
      points.push([radius * Math.sin(angle), -radius * Math.cos(angle)]);
    }
  }
  return [...points, [0, 0]];
}

function spread(anchors: readonly Anchor[], sizes: readonly Box[], gap: number): Point[] {
  let near = 0;
  eachPair(anchors, (a, b) => {
    const apart = distance(sizes[a], sizes[b], gap);
    if (anchors[a].group === anchors[b].group)
      near = Math.max(near, factor(difference(anchors[a].offset, anchors[b].offset), [0, 0], apart));
  });
  const shift = anchors.map(({ offset: [x, y] }): Point => [x * near, y * near]);
  let far = 0;
  eachPair(anchors, (a, b) => {
    const apart = distance(sizes[a], sizes[b], gap);
    if (anchors[a].group !== anchors[b].group)
      far = Math.max(far, factor(difference(anchors[a].at, anchors[b].at), difference(shift[a], shift[b]), apart));
  });
  return anchors.map(({ at: [x, y] }, i) => [x * far + shift[i][0], y * far + shift[i][1]]);
}

function eachPair(list: readonly unknown[], visit: (a: number, b: number) => void): void {
  for (let a = 0; a < list.length; a++) for (let b = 0; b < a; b++) visit(a, b);
}

/** How far apart two middles must be, along one axis or the other. */
function distance(a: Box, b: Box, gap: number): Point {
  return [(a.width + b.width) / 2 + gap, (a.height + b.height) / 2 + gap];
}

function difference([ax, ay]: Point, [bx, by]: Point): Point {
  return [ax - bx, ay - by];
}

/** From which factor on `direction` times it, plus `start`, is far enough along one axis. */
function factor(direction: Point, start: Point, apart: Point): number {
  const needs = [0, 1].map(axis => {
    const length = Math.abs(direction[axis]);
    // What coincides along an axis cannot be pulled apart along it.
    return length < 1e-9 ? Infinity : (apart[axis] - Math.sign(direction[axis]) * start[axis]) / length;
  });
  const least = Math.min(...needs);
  return least === Infinity ? 0 : least;
}

function extent(middles: readonly number[], lengths: readonly number[]): [least: number, most: number] {
  return middles.reduce<[number, number]>(
    ([a, b], v, i) => [Math.min(a, v - lengths[i] / 2), Math.max(b, v + lengths[i] / 2)],
    [Infinity, -Infinity],
  );
}
