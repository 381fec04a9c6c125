/** What several policies share: checks of options, where pages go between tiers, and pages by how long ago they were seen. */
import { finiteNumber, list, plainObject, wholeNumber } from '../../engine/checks.js';
import { place, stay, type Decision } from '../decision.js';
import type { MemoryView } from '../views.js';

/** The range of an option: whole numbers from `whole` on, or any numbers from `from` on, both up to `to`. */
export type OptionRange =
  { readonly whole: number; readonly to?: number } | { readonly from: number; readonly to?: number };

/** Throws a RangeError, naming policy and option, unless all options with a range are within it. */
export function checkOptions(policy: string, options: object, ranges: Readonly<Record<string, OptionRange>>): void {
  plainObject(options, policy);
  for (const [name, range] of Object.entries(ranges)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if ('whole' in range) wholeNumber(value, `${policy}: ${name}`, range.whole, range.to);
    else finiteNumber(value, `${policy}: ${name}`, range.from, range.to);
  }
}

/** Throws a RangeError unless `nodes` is a list of one or more different nodes. */
export function checkNodeSet(policy: string, nodes: readonly number[]): void {
  list(nodes, `${policy}: nodes`);
  for (const node of nodes) wholeNumber(node, `${policy}: a node`, 0, 2 ** 20);
  if (nodes.length === 0 || new Set(nodes).size < nodes.length)
    throw new RangeError(`${policy}: nodes is [${nodes.join(', ')}]; name one or more nodes, each once`);
}

/** The error of a policy for evidence that it did not ask for. */
export function notWanted(policy: string, kind: string): Error {
  return new Error(`${policy} was given '${kind}' evidence, which it does not want`);
}

/** Of some nodes the one with room that is nearest to `from` by latency, of several the first; -1 if all are full. */
export function nearestWithRoom(from: number, nodes: readonly number[], memory: MemoryView): number {
  let nearest = -1;
  for (const node of nodes) {
    if (memory.freeFrames(node) === 0) continue;
    if (nearest < 0 || memory.latencyNs(from, node) < memory.latencyNs(from, nearest)) nearest = node;
  }
  return nearest;
}

/** All nodes by number. */
export function allNodes(memory: MemoryView): number[] {
  return Array.from({ length: memory.nodes }, (_, node) => node);
}

/** Places a page on a node or, if that is full, on the nearest to it of `others` that has room. */
export function placeFrom(node: number, others: readonly number[], memory: MemoryView, because: string): Decision {
  if (node < memory.nodes && memory.freeFrames(node) > 0) return place(node, because);
  const nearest = nearestWithRoom(node, others, memory);
  return nearest < 0 ? stay('no free frame') : place(nearest, 'nearest with room');
}

/** The node with room of a faster tier than that of `home` which is nearest to `user`; -1 if there is none. */
export function fasterNode(home: number, user: number, memory: MemoryView): number {
  const faster = allNodes(memory).filter(node => memory.tier(node) < memory.tier(home));
  return nearestWithRoom(user, faster, memory);
}

/** The node with room of the next slower tier that has any, nearest to `home`; -1 if there is none. */
export function slowerNode(home: number, memory: MemoryView): number {
  const tiers = allNodes(memory).map(node => memory.tier(node));
  const slower = [...new Set(tiers)].filter(tier => tier > memory.tier(home)).sort((a, b) => a - b);
  for (const tier of slower) {
    const nodes = allNodes(memory).filter(node => tiers[node] === tier && memory.frames(node) > 0);
    const found = nearestWithRoom(nearestProcessor(home, memory), nodes, memory);
    if (found >= 0) return found;
  }
  return -1;
}

/** The node with processors that is nearest to a node's memory: the node itself if it has any. */
export function nearestProcessor(node: number, memory: MemoryView): number {
  if (memory.hasProcessors(node)) return node;
  const users = allNodes(memory).filter(user => memory.hasProcessors(user));
  return users.reduce(
    (best, user) => (memory.latencyNs(user, node) < memory.latencyNs(best, node) ? user : best),
    users[0] ?? node,
  );
}

/** Free frames as they will be when what a plan has decided so far is done: its decisions are carried out in order. */
export class PlannedFrames {
  /** The memory with those free frames. */
  readonly memory: MemoryView;
  private readonly change: number[];

  constructor(memory: MemoryView) {
    const change = new Array<number>(memory.nodes).fill(0);
    this.change = change;
    this.memory = {
      nodes: memory.nodes,
      frames: node => memory.frames(node),
      freeFrames: node => memory.freeFrames(node) + change[node],
      hasProcessors: node => memory.hasProcessors(node),
      tier: node => memory.tier(node),
      latencyNs: (from, to) => memory.latencyNs(from, to),
      load: node => memory.load(node),
      linkLoad: (from, to) => memory.linkLoad(from, to),
      random: memory.random,
    };
  }

  /** A page goes from a node to another. */
  move(from: number, to: number): void {
    this.change[from]++;
    this.change[to]--;
  }

  /** A page gets a copy. */
  copy(to: number): void {
    this.change[to]--;
  }
}

/** The value under a key, made by `make` if there is none. */
export function entryOf<Value>(map: Map<number, Value>, key: number, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
