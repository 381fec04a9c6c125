/** Components: state, behaviour and ports. They meet only at ports; a wire takes at least one tick. */
import type { Arrivals } from './run-ahead/arrivals.js';
import type { Simulation } from './simulation.js';
import type { Definition } from './statistics.js';
import type { Ticks } from './time.js';

/** A place in the tree of names. The simulation is the root. */
export interface Scope {
  /** Path from the root, empty for the root itself. */
  readonly path: string;
  readonly simulation: Simulation;
  /** A named place below this one. The same name gives the same place. */
  scope(name: string): Scope;
}

/** A scope that is not the root. */
export class Place implements Scope {
  readonly path: string;
  readonly simulation: Simulation;

  constructor(parent: Scope, name: string) {
    this.path = childPath(parent, name);
    this.simulation = parent.simulation;
  }

  scope(name: string): Scope {
    return new Place(this, name);
  }
}

/**
 * A part of the model. Components below one top-level scope (`node3`) form a domain: they share one record of what is
 * under way to them, and only wires that enter the domain count as coming from outside.
 */
export abstract class Component implements Scope {
  readonly path: string;
  readonly simulation: Simulation;
  /** What is under way to this component's domain, or to itself if it runs ahead. */
  arrivals: Arrivals;

  /** Throws if the name is malformed or taken. */
  constructor(parent: Scope, name: string) {
    this.simulation = parent.simulation;
    this.path = childPath(parent, name);
    this.arrivals = this.simulation.adopt(this);
  }

  scope(name: string): Scope {
    return new Place(this, name);
  }

  /** Called once, in order of construction, when the simulation first runs. */
  start?(): void;

  /** What it waits for, in one sentence, or undefined if it is content. Asked when nothing is under way any more. */
  waitsFor?(): string | undefined;

  /** Sets to 0 what it counts besides its registered statistics; see `Simulation.resetStatistics`. */
  resetStatistics?(): void;

  /**
   * For components that only book time and hold no events: the least time in which a message handed to them can leave
   * by this port. Bounds run-ahead. A component without it is taken to hold events itself.
   */
  leastTransit?(port: object): Ticks;

  /** The current tick. */
  protected get now(): Ticks {
    return this.simulation.now;
  }

  /** Makes a registered group of statistics. */
  protected statistics<Name extends string>(definitions: Readonly<Record<Name, Definition>>): Record<Name, number> {
    return this.simulation.registry.define(this.path, definitions);
  }
}

const NAME = /^[a-zA-Z][a-zA-Z0-9_-]*$/;

function childPath(parent: Scope, name: string): string {
  if (!NAME.test(name))
    throw new Error(
      `${JSON.stringify(name)} is not a name: a letter, then letters, digits, - or _ (below ${parent.path || 'the root'})`,
    );
  return parent.path === '' ? name : `${parent.path}.${name}`;
}
