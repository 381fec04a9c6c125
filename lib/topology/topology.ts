/**
 * The shape of an interconnect as plain data: endpoints (nodes), routers, links, and the deterministic routes of each pair.
 * No behaviour in time: `interconnect/` books the links.
 */

/** A unidirectional link between two vertices. Vertices 0 to `nodes - 1` are the nodes; routers follow. */
export interface Link {
  readonly from: number;
  readonly to: number;
  /** Time for the head of a message to cross, in ticks; at least 1. */
  readonly latency: number;
  /** Time for which one flit occupies the link, in ticks; 0 means that the link never queues. */
  readonly ticksPerFlit: number;
}

/** What a constructor needs to know of every link that it makes. */
export type LinkTiming = Pick<Link, 'latency' | 'ticksPerFlit'>;

/** An interconnect's shape. Immutable; may be shared by any number of simulations. */
export interface Topology {
  /** What it is, for reports and drawings: `mesh 4x4`. */
  readonly name: string;
  /** Number of nodes. */
  readonly nodes: number;
  /** Number of routers between them; may be 0. */
  readonly routers: number;
  readonly links: readonly Link[];
  /** A position for each vertex in the unit square, for drawings only. */
  readonly positions: readonly (readonly [x: number, y: number])[];
  /**
   * Indices into `links` in the order of travel, empty when `from` equals `to`. The same array each time; do not change it.
   * Throws a RangeError for a node that does not exist.
   */
  route(from: number, to: number): Int32Array;
  /**
   * All routes that are equally good, `route` first: more than one where a ring is as long both ways round. The same
   * arrays each time; do not change them. Without it there is `route` alone.
   */
  routes?(from: number, to: number): readonly Int32Array[];
  /**
   * Links that close a ring, one for each direction of each ring: a detailed network keeps messages that cross one in
   * virtual channels of their own. Without it the classes of channels come from the routes.
   */
  readonly datelines?: readonly number[];
}
