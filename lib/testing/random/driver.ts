/** Private caches with nothing but random accesses behind them: a processor would only cost time here. */
import { lineNumber, type Line } from '../../messages/addresses.js';
import type { CoherenceMessage } from '../../messages/coherence-messages.js';
import { type NodeMessage } from '../../messages/coherence-messages.js';
import type { LineData } from '../../messages/line-data.js';
import { Component, type Scope } from '../../engine/component.js';
import { SimulationError } from '../../engine/errors.js';
import { Port } from '../../engine/port.js';
import { Timer } from '../../engine/timer.js';
import type { Ticks } from '../../engine/time.js';
import {
  Access,
  PrivateCaches,
  WHOLE_LINE,
  type CacheOwner,
  type PrivateCacheOptions,
} from '../../processor/caches/private-caches.js';

/** What a driver asks its tester. */
export interface RandomDriverClient {
  /** It is free: gives it the next access with `load` or `store`, or nothing. */
  next(driver: RandomDriver): void;
  /** The access at hand is done. Nobody can take the line away before this returns. */
  done(driver: RandomDriver): void;
}

/** Issues one access after another to its caches. */
export class RandomDriver extends Component implements CacheOwner {
  readonly processor: number;
  readonly node: Port<NodeMessage, NodeMessage>;
  readonly caches: PrivateCaches;
  /** When the access at hand was issued, -1 if there is none. */
  issued: Ticks = -1;
  /** Number of the check that the access at hand is for. */
  check = -1;
  /** The line of the access at hand. */
  line = lineNumber(-1);
  /** Accesses that had to leave. */
  misses = 0;
  private client: RandomDriverClient | null = null;
  private readonly timer = new Timer(this, () => this.client!.next(this));

  constructor(parent: Scope, name: string, processor: number, options: PrivateCacheOptions) {
    super(parent, name);
    this.processor = processor;
    this.caches = new PrivateCaches(this.path, this, options);
    this.node = new Port<NodeMessage, NodeMessage>(this, 'node', message =>
      this.caches.receive(message as CoherenceMessage),
    );
  }

  override waitsFor(): string | undefined {
    return this.issued < 0 ? undefined : `line ${this.line} (${this.caches.stateOf(this.line)}) since ${this.issued}`;
  }

  /** Says whose accesses it issues; before the simulation starts. */
  drive(client: RandomDriverClient): void {
    this.client = client;
  }

  /** Asks for the next access `delay` ticks from now, at least 1. */
  pause(delay: Ticks): void {
    this.timer.after(delay);
  }

  /** Loads a whole line. */
  load(check: number, line: Line): void {
    this.access(check, line, false, WHOLE_LINE, 0);
  }

  /** Stores a word of a line. */
  store(check: number, line: Line, word: number, value: number): void {
    this.access(check, line, true, word, value);
  }

  /** What the last load found; null for a line of zeros. */
  get loaded(): LineData | null {
    return this.caches.wholeLine;
  }

  /** For the caches. */
  send(message: CoherenceMessage): void {
    this.node.send(message);
  }

  /** For the caches. */
  completed(): void {
    this.finish();
  }

  /** For the caches. */
  fail(message: string): never {
    throw new SimulationError(this.path, this.now, this.simulation.seed, message);
  }

  private access(check: number, line: Line, store: boolean, word: number, value: number): void {
    const { caches } = this;
    const first = line << (caches.l2.lineShift - caches.l1d.lineShift);
    this.check = check;
    this.line = line;
    this.issued = this.now;
    if (caches.l1d.touch(first, store)) caches.perform(line, word, store, value);
    else if (caches.access(line, first, store, false, word, value) === Access.Missed) {
      this.misses++;
      return;
    }
    this.finish();
  }

  private finish(): void {
    this.client!.done(this);
    this.issued = -1;
  }
}
