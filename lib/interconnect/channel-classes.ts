/**
 * Which class of virtual channels a message takes on each link, so that no cycle of buffers can wait for itself.
 * A route depends on two links at once where it goes from one to the next. Links that such dependencies join into a
 * cycle (one direction of a ring, say) form a group with an order; whenever a route steps backwards in that order, as
 * it must once on a ring, it goes on in the next class, and it begins with class 0 in each group. Along any route
 * (group, class, place) then only rises, so there is no cycle: the condition of Dally and Seitz, Deadlock-free message
 * routing in multiprocessor interconnection networks (1987). On a torus it gives the usual two classes and a dateline.
 */
import type { Topology } from '../topology/topology.js';

/** The classes of a topology. By link. */
export interface ChannelClasses {
  /** The group of links that depend on each other in a cycle. A link that is in no cycle is a group of its own. */
  readonly group: Int32Array;
  /** Its place in the order of its group. */
  readonly place: Int32Array;
  /** Classes that routes use in its group, at least 1. */
  readonly classes: Int32Array;
}

/** Finds the classes from the routes of all pairs of nodes. */
export function channelClasses(topology: Topology): ChannelClasses {
  const links = topology.links.length;
  const follows = dependencies(topology);
  const group = new Int32Array(links).fill(-1);
  const place = new Int32Array(links);
  components(links, follows, group, place);
  const most = new Int32Array(links);
  forEachRoute(topology, route => {
    let channelClass = 0;
    for (let hop = 1; hop < route.length; hop++) {
      channelClass = nextClass(group, place, route[hop - 1], route[hop], channelClass);
      if (channelClass > most[group[route[hop]]]) most[group[route[hop]]] = channelClass;
    }
  });
  return { group, place, classes: Int32Array.from(group, index => most[index] + 1) };
}

/** The class on link `to` of a message that has class `channelClass` on link `from`. */
export function nextClass(
  group: Int32Array,
  place: Int32Array,
  from: number,
  to: number,
  channelClass: number,
): number {
  if (group[from] !== group[to]) return 0;
  return place[to] < place[from] ? channelClass + 1 : channelClass;
}

function forEachRoute({ nodes, route }: Topology, visit: (route: Int32Array) => void): void {
  for (let from = 0; from < nodes; from++) for (let to = 0; to < nodes; to++) visit(route(from, to));
}

/** By link, the links that come next on some route, ascending. */
function dependencies(topology: Topology): readonly (readonly number[])[] {
  const next = topology.links.map(() => new Set<number>());
  forEachRoute(topology, route => {
    for (let hop = 1; hop < route.length; hop++) next[route[hop - 1]].add(route[hop]);
  });
  return next.map(set => [...set].sort((a, b) => a - b));
}

/**
 * Strongly connected components, after Tarjan, Depth-first search and linear graph algorithms (1972); within each, the
 * place of a link is its rank in reverse order of finishing, in which few dependencies lead backwards: one on a ring.
 */
function components(
  links: number,
  follows: readonly (readonly number[])[],
  group: Int32Array,
  place: Int32Array,
): void {
  const index = new Int32Array(links).fill(-1);
  const low = new Int32Array(links);
  const tried = new Int32Array(links);
  const finished = new Int32Array(links);
  const open: number[] = [];
  let visited = 0;
  let done = 0;
  let groups = 0;
  for (let root = 0; root < links; root++) {
    const path = index[root] < 0 ? [root] : [];
    while (path.length > 0) {
      const link = path[path.length - 1];
      if (index[link] < 0) {
        index[link] = low[link] = visited++;
        open.push(link);
      }
      const next = follows[link][tried[link]];
      if (next !== undefined) {
        tried[link]++;
        if (index[next] < 0) path.push(next);
        else if (group[next] < 0) low[link] = Math.min(low[link], index[next]);
        continue;
      }
      path.pop();
      finished[link] = done++;
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[link]);
      if (low[link] !== index[link]) continue;
      const members = open.splice(open.lastIndexOf(link));
      members.sort((a, b) => finished[b] - finished[a]);
      members.forEach((member, rank) => {
        group[member] = groups;
        place[member] = rank;
      });
      groups++;
    }
  }
}
