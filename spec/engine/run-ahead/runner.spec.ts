import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Component, type Scope } from '../../../lib/engine/component.js';
import { connect, Port } from '../../../lib/engine/port.js';
import { Runner, RunnerQueue } from '../../../lib/engine/run-ahead/runner.js';
import { Note, simulation } from '../probes.js';

/** Something that may run ahead and does nothing but note when it is resumed. */
class Walker extends Component {
  readonly runner = new Runner(this, () => this.resumed.push(this.now));
  readonly wire = new Port<Note, Note>(this, 'wire', () => undefined);
  readonly resumed: number[] = [];

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }
}

/** Joins what is in its node to another node. */
class Hub extends Component {
  readonly out = new Port<Note, Note>(this, 'out', () => undefined);
  private ports = 0;

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }

  port(): Port<Note, Note> {
    return new Port<Note, Note>(this, `in${this.ports++}`, () => undefined);
  }
}

function walkers(count: number): Walker[] {
  const sim = simulation();
  const list = Array.from({ length: count }, (_, i) => new Walker(sim, `walker${i}`));
  for (let i = 0; i + 1 < count; i += 2) connect(list[i].wire, list[i + 1].wire, { latency: 10 });
  return list;
}

describe('the appointments of runners', () => {
  const command = fc.record({
    kind: fc.constantFrom('set', 'set', 'set', 'remove', 'take'),
    who: fc.nat({ max: 11 }),
    time: fc.nat({ max: 15 }),
  });

  it('are kept in the order of time, then of construction, as a sorted list would', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), commands => {
        const runners = walkers(12).map(walker => walker.runner);
        const queue = new RunnerQueue();
        const model = new Map<Runner, number>();
        const first = (): Runner | undefined =>
          [...model.keys()].sort((a, b) => model.get(a)! - model.get(b)! || a.index - b.index)[0];
        for (const { kind, who, time } of commands) {
          const runner = runners[who];
          if (kind === 'set') {
            queue.set(runner, time);
            model.set(runner, time);
          } else if (kind === 'remove') {
            queue.remove(runner);
            model.delete(runner);
          } else if (model.size > 0) {
            const due = first()!;
            expect(queue.take()).toBe(due);
            model.delete(due);
          }
          expect(queue.nextTime()).toBe(model.get(first()!) ?? Infinity);
        }
        while (model.size > 0) {
          const due = first()!;
          expect(queue.take()).toBe(due);
          model.delete(due);
        }
        expect(queue.nextTime()).toBe(Infinity);
      }),
    );
  });
});

describe('a runner', () => {
  it('is resumed when it said, the last appointment counting, behind all events of its tick', () => {
    const [a, b] = walkers(2);
    const order: string[] = [];
    a.runner.at(5);
    b.runner.at(20);
    b.runner.at(10);
    b.wire.send(new Note(1)); // arrives at tick 10
    const { simulation: sim } = a;
    while (sim.step()) order.push(`${sim.now}: ${sim.events} events, ${b.resumed.length} resumptions`);
    expect(a.resumed).toEqual([5]);
    expect(order).toEqual(['5: 0 events, 0 resumptions', '10: 1 events, 0 resumptions', '10: 1 events, 1 resumptions']);
  });

  it('that cancels is not resumed', () => {
    const [a, b] = walkers(2);
    a.runner.at(5);
    b.runner.at(6);
    a.runner.cancel();
    a.runner.cancel();
    a.simulation.run();
    expect([a.resumed, b.resumed]).toEqual([[], [6]]);
  });

  it('leaves no trace in the fingerprint', () => {
    const prints = [[], [5], [5, 7]].map(times => {
      const list = walkers(2);
      times.forEach((time, i) => list[i].runner.at(time));
      list[0].simulation.run();
      return [list[0].simulation.fingerprint.toString(), list[0].simulation.events];
    });
    expect(new Set(prints.map(String)).size).toBe(1);
  });

  it('looks ahead as far as the wires around it are long', () => {
    const sim = simulation();
    const hubs = [0, 1].map(node => new Hub(sim.scope(`node${node}`), 'hub'));
    const [a, mate] = ['a', 'mate'].map(name => new Walker(sim.scope('node0'), name));
    const lone = new Walker(sim.scope('node1'), 'lone');
    connect(hubs[0].out, hubs[1].out, { latency: 19 });
    connect(a.wire, hubs[0].port(), { latency: 5 });
    connect(mate.wire, hubs[0].port(), { latency: 7 });
    connect(lone.wire, hubs[1].port(), { latency: 11 });
    sim.run();
    const leave = 5; // the nearest that any runner is to its hub
    expect([a, mate, lone].map(walker => walker.runner.lookahead)).toEqual([
      { fromDomain: 5, fromOutside: Math.min(7 + 5, 19 + 5), fromRunner: Math.min(7 + 5, 19 + 5 + leave) },
      { fromDomain: 7, fromOutside: Math.min(5 + 7, 19 + 7), fromRunner: Math.min(5 + 7, 19 + 7 + leave) },
      { fromDomain: 11, fromOutside: 19 + 11, fromRunner: 19 + 11 + leave },
    ]);
  });
});
