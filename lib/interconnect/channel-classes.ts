/**
 * Which class of virtual channels a message takes on each link, so that no cycle of buffers can wait for itself.
 * A route depends on two links at once where it goes from one to the next. Links that such dependencies join into a
 * cycle (one direction of a ring, say) form a group.
 *
 * Where the topology names datelines, as rings and tori do, a message has one class throughout a group: the number of
 * datelines that it crosses there. On a ring messages that cross the dateline are then apart from those that do not, and
 * neither go all the way round; it is the split of BookSim2. If that left a cycle, or without datelines, the group has an
 * order: a route begins with class 0, and whenever it steps backwards in that order it goes on in the next class. Along
 * any route (group, class, place) then only rises, so there is no cycle. Both are the condition of Dally and Seitz,
 * Deadlock-free message routing in multiprocessor interconnection networks (1987).
 */
import type { Topology } from '../topology/topology.js';

/** The classes of a topology. By link. */
export interface ChannelClasses {
  /** The group of links that depend on each other in a cycle. A link that is in no cycle is a group of its own. */
  readonly group: Int32Array;
  /** Its place in the order of its group. */
  readonly place: Int32Array;
  /** Whether a message that crosses it takes the next class throughout its group; null to go by places. */
  readonly datelines: Uint8Array | null;
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
  const alone = new Set(group).size === links;
  if (alone) return { group, place, datelines: null, classes: new Int32Array(links).fill(1) };
  const byPlace = counted(topology, group, place, null);
  const datelines = datelinesOf(topology, group);
  if (datelines === null) return byPlace;
  const byDatelines = counted(topology, group, place, datelines);
  return isFreeOfCycles(topology, byDatelines) ? byDatelines : byPlace;
}

/** The class of a message on each link of its route. */
export function classesAlong({ group, place, datelines }: RoutedClasses, route: Int32Array): Uint8Array {
  const along = new Uint8Array(route.length);
  for (let begin = 0; begin < route.length;) {
    let end = begin + 1;
    while (end < route.length && group[route[end]] === group[route[begin]]) {
      along[end] = along[end - 1] + (place[route[end]] < place[route[end - 1]] ? 1 : 0);
      end++;
    }
    if (datelines !== null) {
      let crossed = 0;
      for (let hop = begin; hop < end; hop++) crossed += datelines[route[hop]];
      along.fill(crossed, begin, end);
    }
    begin = end;
  }
  return along;
}

/** Whether no message can wait for itself, by way of others, on the channels that routes of all pairs take. */
export function isFreeOfCycles(topology: Topology, classes: ChannelClasses): boolean {
  const most = Math.max(1, ...classes.classes);
  const channels = topology.links.length * most;
  const next = Array.from({ length: channels }, () => new Set<number>());
  forEachRoute(topology, route => {
    const along = classesAlong(classes, route);
    for (let hop = 1; hop < route.length; hop++)
      next[route[hop - 1] * most + along[hop - 1]].add(route[hop] * most + along[hop]);
  });
  const before = new Int32Array(channels);
  for (const set of next) for (const channel of set) before[channel]++;
  const clear = Array.from({ length: channels }, (_, channel) => channel).filter(channel => before[channel] === 0);
  for (let i = 0; i < clear.length; i++)
    for (const channel of next[clear[i]]) if (--before[channel] === 0) clear.push(channel);
  return clear.length === channels;
}

type RoutedClasses = Pick<ChannelClasses, 'group' | 'place' | 'datelines'>;

function counted(
  topology: Topology,
  group: Int32Array,
  place: Int32Array,
  datelines: Uint8Array | null,
): ChannelClasses {
  const most = new Int32Array(group.length);
  forEachRoute(topology, route => {
    classesAlong({ group, place, datelines }, route).forEach((channelClass, hop) => {
      if (channelClass > most[group[route[hop]]]) most[group[route[hop]]] = channelClass;
    });
  });
  return { group, place, datelines, classes: Int32Array.from(group, index => most[index] + 1) };
}

/** The datelines among links that depend on each other in a cycle; null if there are none. */
function datelinesOf({ datelines = [] }: Topology, group: Int32Array): Uint8Array | null {
  const members = new Int32Array(group.length);
  for (const index of group) members[index]++;
  const inCycles = datelines.filter(link => members[group[link]] > 1);
  if (inCycles.length === 0) return null;
  const marked = new Uint8Array(group.length);
  for (const link of inCycles) marked[link] = 1;
  return marked;
}

function forEachRoute(topology: Topology, visit: (route: Int32Array) => void): void {
  const { nodes } = topology;
  for (let from = 0; from < nodes; from++)
    for (let to = 0; to < nodes; to++) for (const route of routesOf(topology, from, to)) visit(route);
}

/** All routes of a pair that are equally good. */
export function routesOf(topology: Topology, from: number, to: number): readonly Int32Array[] {
  return topology.routes?.(from, to) ?? [topology.route(from, to)];
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
