/**
 * Where things go in a picture, and how large it is. A node on a router stands at a distance from it that depends on the
 * boxes alone; then the routers are moved apart, as the topology has them, until nothing meets.
 */
import type { Plan } from './plan.js';
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
  const group = anchors.map(anchor => anchor.group);
  const none: readonly Point[] = anchors.map(() => [0, 0]);
  const offsets = anchors.map(({ offset }) => offset);
  const near = factor(offsets, none, sizes, gap, (a, b) => group[a] === group[b]);
  const shift = offsets.map(([x, y]): Point => [x * near, y * near]);
  const centres = anchors.map(({ at }) => at);
  const far = factor(centres, shift, sizes, gap, (a, b) => group[a] !== group[b]);
  return centres.map(([x, y], i) => [x * far + shift[i][0], y * far + shift[i][1]]);
}

/**
 * From which factor on the boxes at `places` times it, plus `shift`, keep `gap` along one axis or the other; of the
 * pairs that count. Plain numbers inside: a machine of 1024 nodes and routers has two million pairs.
 */
function factor(
  places: readonly Point[],
  shift: readonly Point[],
  sizes: readonly Box[],
  gap: number,
  counts: (a: number, b: number) => boolean,
): number {
  let most = 0;
  for (let a = 0; a < places.length; a++)
    for (let b = 0; b < a; b++) {
      if (!counts(a, b)) continue;
      const x = need(
        places[a][0] - places[b][0],
        shift[a][0] - shift[b][0],
        (sizes[a].width + sizes[b].width) / 2 + gap,
      );
      const y = need(
        places[a][1] - places[b][1],
        shift[a][1] - shift[b][1],
        (sizes[a].height + sizes[b].height) / 2 + gap,
      );
      const least = x < y ? x : y;
      if (least > most && least < Infinity) most = least;
    }
  return most;
}

/** The factor on a difference that moves two middles `apart` along one axis; Infinity where they coincide. */
function need(difference: number, shift: number, apart: number): number {
  if (difference > 1e-9) return (apart - shift) / difference;
  return difference < -1e-9 ? (apart + shift) / -difference : Infinity;
}

function extent(middles: readonly number[], lengths: readonly number[]): [least: number, most: number] {
  return middles.reduce<[number, number]>(
    ([a, b], v, i) => [Math.min(a, v - lengths[i] / 2), Math.max(b, v + lengths[i] / 2)],
    [Infinity, -Infinity],
  );
}
