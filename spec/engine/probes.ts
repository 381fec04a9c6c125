/** Small components to drive the engine with: a message that carries a number, a recorder, and talkers in a ring. */
import { Component, type Scope } from '../../lib/engine/component.js';
import { connect, Port, type Wire } from '../../lib/engine/port.js';
import type { RandomStream } from '../../lib/engine/random.js';
import { Simulation, type SimulationOptions } from '../../lib/engine/simulation.js';
import { Timer } from '../../lib/engine/timer.js';

/** A message that carries a number. */
export class Note {
  readonly value: number;
  readonly lane: number;
  readonly flits: number;

  constructor(value: number, lane = 0, flits = 1) {
    this.value = value;
    this.lane = lane;
    this.flits = flits;
  }

  signature(): number {
    return this.value;
  }
}

/** Records what arrives, and when. */
export class Probe extends Component {
  readonly wire: Port<Note, Note> = new Port<Note, Note>(this, 'wire', note =>
    this.received.push([this.simulation.now, note.value]),
  );
  readonly received: [time: number, value: number][] = [];

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }
}

/** A simulation of one-picosecond ticks. */
export function simulation(changes: Partial<SimulationOptions> = {}): Simulation {
  return new Simulation({ tickPs: 1, seed: 'probes', ...changes });
}

/** Two recorders on a wire. */
export function pair(wire: Wire): { sim: Simulation; a: Probe; b: Probe } {
  const sim = simulation();
  const a = new Probe(sim, 'a');
  const b = new Probe(sim, 'b');
  connect(a.wire, b.wire, wire);
  return { sim, a, b };
}

/** Passes numbers on to its right, changed and delayed at random, and sometimes sets a timer that sends one more. */
export class Talker extends Component {
  readonly left: Port<Note, Note> = new Port<Note, Note>(this, 'left', note => this.onNote(note));
  readonly right: Port<Note, Note> = new Port<Note, Note>(this, 'right', note => this.onNote(note));
  readonly stats = this.statistics({
    heard: ['notes', 'notes received'],
    sum: ['1', 'sum of what they said'],
  });
  /** What it heard, in order. */
  readonly heard: number[] = [];
  private readonly again = new Timer<number>(this, value => this.right.send(new Note(value)));
  private readonly random: RandomStream;
  private left2say: number;

  constructor(parent: Scope, name: string, options: { readonly words: number }) {
    super(parent, name);
    this.random = this.simulation.random(this.path);
    this.left2say = options.words;
  }

  override start(): void {
    this.again.after(1 + this.random.below(5), this.random.below(100));
  }

  private onNote(note: Note): void {
    this.heard.push(note.value);
    this.stats.heard++;
    this.stats.sum += note.value;
    if (this.left2say-- <= 0) return;
    const value = (note.value * 31 + this.random.below(7)) & 0xffff;
    if (value % 3 === 0) this.again.after(1 + this.random.below(9000), value + 1);
    if (value % 5 === 0) this.left.send(new Note(value), this.random.below(3));
    else this.right.send(new Note(value), this.random.below(3));
  }
}

/** Talkers in a ring, ready to run. */
export function ring(count: number, words: number, changes: Partial<SimulationOptions> = {}) {
  const sim = simulation(changes);
  const talkers = Array.from({ length: count }, (_, i) => new Talker(sim, `talker${i}`, { words }));
  talkers.forEach((talker, i) => connect(talker.right, talkers[(i + 1) % count].left, { latency: 1 + (i % 4) }));
  return { sim, talkers };
}
