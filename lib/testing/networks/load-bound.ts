/**
 * The load that a network cannot exceed, whatever its routers are like: the link that a pattern loads most carries one
 * flit in a cycle. After Dally and Towles, Principles and Practices of Interconnection Networks, section 3.3.1.
 */
import type { RandomStream } from '../../engine/random.js';
import type { Topology } from '../../topology/topology.js';
import { routesOf } from '../../interconnect/channel-classes.js';
import type { TrafficPattern } from './traffic.js';

/** A pattern that draws one of more numbers than this has no bound here. */
const MOST_DRAWN = 65_536;

/**
 * The bound in flits offered by each node in a cycle; null for a pattern that draws more than one number for a packet.
 * Routes that are equally good are taken equally often. Throws a RangeError if every node sends to itself only.
 */
export function loadBound(topology: Topology, pattern: TrafficPattern, toItself: boolean): number | null {
  const { nodes, links } = topology;
  const loads = new Float64Array(links.length);
  const [outOf, into] = [new Int32Array(nodes).fill(-1), new Int32Array(nodes).fill(-1)];
  links.forEach(({ from, to }, link) => {
    if (from < nodes) outOf[from] = link;
    if (to < nodes) into[to] = link;
  });
  let sent = false;
  for (let from = 0; from < nodes; from++) {
    const goals = destinations(pattern, from);
    if (goals === null) return null;
    for (const [to, share] of goals) {
      if (to !== from) sent = true;
      else if (!toItself) continue;
      const routes = to === from ? [Int32Array.of(outOf[from], into[from])] : routesOf(topology, from, to);
      for (const route of routes) for (const link of route) loads[link] += share / routes.length;
    }
  }
  if (!sent)
    throw new RangeError(
      `every node of ${topology.name} sends to itself under this pattern, so there is nothing to measure; ` +
        'take another pattern or more nodes',
    );
  return 1 / Math.max(...loads);
}

/** Where a source sends, with the share of its packets; null if the pattern draws more than one number. */
function destinations(pattern: TrafficPattern, source: number): Map<number, number> | null {
  const draw = new OneDraw();
  const shares = new Map<number, number>([[pattern(source, draw), 1]]);
  if (draw.count === 0) return shares;
  const { bound } = draw;
  if (draw.count > 1 || bound > MOST_DRAWN) return null;
  shares.clear();
  for (draw.value = 0; draw.value < bound; draw.value++) {
    draw.count = 0;
    const to = pattern(source, draw);
    if (draw.count !== 1) return null;
    shares.set(to, (shares.get(to) ?? 0) + 1 / bound);
  }
  return shares;
}

/** Stands in for a random stream, to try every number that it could give. */
class OneDraw implements RandomStream {
  count = 0;
  value = 0;
  bound = Infinity;

  next(): number {
    this.count++;
    return 0;
  }

  below(bound: number): number {
    this.count++;
    this.bound = bound;
    return this.value;
  }
}
