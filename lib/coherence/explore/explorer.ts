/**
 * Exhaustive breadth-first search over all states that a protocol can get into with a few caches: every order of
 * deliveries, accesses and evictions. What is found first is found by a shortest way.
 */
import { plainObject, wholeNumber } from '../../engine/checks.js';
import type { CoherenceProtocol } from '../protocol.js';
import { coverage, type CellReport } from './coverage.js';
import { Graph, larger } from './graph.js';
import { atRest, broken, type Broken, type ViolationKind } from './invariants.js';
import { Model, type ModelOptions, type Successors } from './model.js';
import { isDelivery } from './steps.js';
import { StateSet } from './state-set.js';
import { Symmetry } from './symmetry.js';
import { retrace, type TracedStep } from './trace.js';

/** What is explored, and how. */
export interface ExploreOptions extends ModelOptions {
  /** Take states that differ only in the names of caches or lines for one. Usually true. */
  readonly symmetry?: boolean;
  /** Also find out whether rest stays reachable from every state; takes 4 bytes for each step. Usually true. */
  readonly progress?: boolean;
  /** States after which to give up, incomplete; about 100 bytes each. Usually 10 million. */
  readonly limit?: number;
}

/** A fault, with a shortest way to it. */
export interface Violation {
  readonly kind: ViolationKind;
  /** In the protocol's own names. */
  readonly what: string;
  /** Steps to the state in which it shows. */
  readonly depth: number;
  /** The steps to that state, and the one that the tables have no cell for, if that is the fault. */
  readonly steps: readonly TracedStep[];
}

/** What exploration found. */
export interface Exploration {
  readonly protocol: string;
  readonly caches: number;
  readonly lines: number;
  readonly symmetry: boolean;
  /** Every state was seen. Not so if a violation or the limit ended the search. */
  readonly complete: boolean;
  /** States; with symmetry, classes of states that differ only in names. */
  readonly states: number;
  /** Steps from all of them; equal messages count each. */
  readonly steps: number;
  /** Steps to the farthest state. */
  readonly depth: number;
  readonly mostMessagesInFlight: number;
  /** States in which something is outstanding and no message can be taken. */
  readonly stuck: number;
  /** States, the stuck ones included, from which rest cannot be reached; 0 if that was not asked for. */
  readonly lost: number;
  readonly violation: Violation | null;
  readonly cells: CellReport;
}

const LIMIT = 10_000_000;

/** Explores a protocol to the end or to the first violation. */
export function explore(protocol: CoherenceProtocol, options: ExploreOptions): Exploration {
  const explorer = new Explorer(protocol, options);
  explorer.run(Infinity);
  return explorer.result();
}

/** An exploration that can be carried out in slices. */
export class Explorer {
  /** Steps so far. */
  steps = 0;
  readonly protocol: CoherenceProtocol;
  private readonly options: ExploreOptions;
  private readonly model: Model;
  private readonly symmetry: Symmetry;
  private readonly set: StateSet;
  private readonly graph: Graph | null;
  private readonly state: Uint16Array;
  private readonly stateWords: Uint32Array;
  private readonly found: Uint16Array;
  private readonly foundWords: Uint32Array;
  /** The state from which each was first reached. */
  private parents = new Int32Array(1 << 12);
  /** The first state of the next depth. */
  private nextDepth = 1;
  private depth = 0;
  private done = 0;
  private deliveries = 0;
  private most = 0;
  private readonly stuck: number[] = [];
  private readonly rest: number[] = [];
  private lost = 0;
  private firstBroken: (Broken & { readonly state: number; readonly last: number | null }) | null = null;
  private finished = false;
  private readonly successors: Successors = {
    step: (step, times) => this.step(step, times),
    unexpected: (step, table, state, event) =>
      this.impossible(step, `${table.name}: ${table.events[event]} cannot happen in ${table.states[state]}`),
    impossible: (step, what) => this.impossible(step, what),
  };

  /** Throws a RangeError for more caches or lines than can be explored, or a network that does not exist. */
  constructor(protocol: CoherenceProtocol, options: ExploreOptions) {
    plainObject(protocol, 'the protocol to explore');
    plainObject(options, 'the options of an exploration');
    const { lines, limit, pointers } = options;
    if (lines !== undefined) wholeNumber(lines, 'lines to explore', 1);
    if (limit !== undefined && limit !== Infinity) wholeNumber(limit, 'limit, the states after which to stop,', 1);
    if (pointers !== undefined) wholeNumber(pointers, 'pointers', 2, 8192);
    this.protocol = protocol;
    this.options = options;
    this.model = new Model(protocol, options);
    const { layout, ordered } = this.model;
    this.symmetry = new Symmetry(layout, ordered, options.symmetry ?? true);
    this.set = new StateSet(layout.words >> 1);
    this.graph = (options.progress ?? true) ? new Graph() : null;
    this.stateWords = new Uint32Array(layout.words >> 1);
    this.state = new Uint16Array(this.stateWords.buffer);
    this.foundWords = new Uint32Array(layout.words >> 1);
    this.found = new Uint16Array(this.foundWords.buffer);
    this.parents[0] = -1;
    this.set.add(this.foundWords);
  }

  /** States found so far. */
  get states(): number {
    return this.set.size;
  }

  /** Goes on for at least so many steps; true if it is finished. */
  run(steps: number): boolean {
    const end = this.steps + steps;
    const limit = this.options.limit ?? LIMIT;
    while (!this.finished && this.steps < end) {
      if (this.firstBroken !== null || this.set.size > limit) this.finished = true;
      else if (this.done === this.set.size) this.settle();
      else this.expand();
    }
    return this.finished;
  }

  /** What was found; call it when `run` has said true. */
  result(): Exploration {
    const { model, firstBroken } = this;
    const complete = this.done === this.set.size;
    return {
      protocol: this.protocol.name,
      caches: model.layout.caches,
      lines: model.layout.lines,
      symmetry: this.options.symmetry ?? true,
      complete,
      states: this.set.size,
      steps: this.steps,
      depth: this.depth,
      mostMessagesInFlight: this.most,
      stuck: this.stuck.length,
      lost: this.lost,
      violation: firstBroken && this.violation(firstBroken),
      cells: coverage(this.protocol, model, complete),
    };
  }

  /** A successor stands in the model's `next`. */
  private step(step: number, times: number): void {
    const { set, model } = this;
    this.steps += times;
    if (isDelivery(step)) this.deliveries++;
    this.symmetry.canonical(model.next, this.found);
    const before = set.size;
    const index = set.add(this.foundWords);
    if (this.graph !== null) this.graph.add(index);
    if (index < before) return;
    if (index === this.parents.length) this.parents = larger(this.parents);
    this.parents[index] = this.done;
    if (this.firstBroken !== null) return;
    const fault = broken(model, this.found);
    if (fault !== null) this.firstBroken = { ...fault, state: index, last: null };
  }

  /** A step for which there is no cell, or that cannot be carried out. */
  private impossible(step: number, what: string): void {
    this.deliveries++;
    this.firstBroken ??= { kind: 'unexpected message', what, state: this.done, last: step };
  }

  private expand(): void {
    const { model, state } = this;
    if (this.done === this.nextDepth) {
      this.depth++;
      this.nextDepth = this.set.size;
    }
    this.set.read(this.done, this.stateWords);
    this.graph?.begin();
    this.deliveries = 0;
    model.expand(state, this.successors);
    this.most = Math.max(this.most, model.messagesIn(state));
    if (atRest(model, state)) this.rest.push(this.done);
    else if (this.deliveries === 0) this.stuck.push(this.done);
    this.done++;
  }

  /** Every state has been seen: is any of them without a way on, or without a way to rest? */
  private settle(): void {
    this.finished = true;
    const goals = new Uint8Array(this.set.size);
    for (const state of this.rest) goals[state] = 1;
    const lost = this.graph === null ? [] : this.graph.unable(goals);
    this.lost = lost.length;
    const [first] = this.stuck.length > 0 ? this.stuck : lost;
    if (first === undefined) return;
    const what =
      this.stuck.length > 0
        ? `something is outstanding, but no message can be taken (${this.stuck.length} such states)`
        : `rest cannot be reached any more (${lost.length} such states)`;
    this.firstBroken = { kind: 'progress', what, state: first, last: null };
  }

  private violation({ kind, what, state, last }: NonNullable<Explorer['firstBroken']>): Violation {
    const way: number[] = [];
    for (let at = state; at > 0; at = this.parents[at]!) way.unshift(at);
    const { steps, end } = retrace(this.model, this.symmetry, this.set, way, last);
    // Names of caches are those of the way there, not of the class of states.
    const named = last === null && kind !== 'progress' ? (broken(this.model, end)?.what ?? what) : what;
    return { kind, what: named, depth: way.length, steps };
  }
}
