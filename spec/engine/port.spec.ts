import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Component, type Scope } from '../../lib/engine/component.js';
import { WiringError } from '../../lib/engine/errors.js';
import { connect, Port, type Message } from '../../lib/engine/port.js';
import { Note, pair, Probe, ring, simulation } from './probes.js';

class Question extends Note {
  readonly question = true;
}

class Answer extends Note {
  readonly answer = true;
}

class Asker extends Component {
  readonly other = new Port<Question, Answer>(this, 'other', () => undefined);

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }
}

class Answerer extends Component {
  readonly other = new Port<Answer, Question>(this, 'other', () => undefined);

  constructor(parent: Scope, name: string) {
    super(parent, name);
  }
}

describe('ports', () => {
  it('fit only if each receives what the other sends, or the model does not compile', () => {
    const sim = simulation();
    const [asker, asker2, answerer] = [new Asker(sim, 'a'), new Asker(sim, 'b'), new Answerer(sim, 'c')];
    const miswired = (): void => {
      // @ts-expect-error both ask
      connect(asker.other, asker2.other, { latency: 1 });
      // @ts-expect-error one end says more than the other understands
      connect(new Port<Note, Note>(asker, 'x', () => undefined), answerer.other, { latency: 1 });
      // @ts-expect-error a wire has a length
      connect(asker.other, answerer.other, {});
      // @ts-expect-error only answers are sent
      answerer.other.send(new Note(1));
    };
    expect(miswired).toBeInstanceOf(Function);
    connect(asker.other, answerer.other, { latency: 1 });
    expect(asker.other.connectedTo).toBe(answerer.other);
  });

  it('that are connected already refuse another wire, naming both ends', () => {
    const { a, b } = pair({ latency: 1 });
    const c = new Probe(a.simulation, 'c');
    expect(() => connect(a.wire, c.wire, { latency: 1 })).toThrow('a.wire is already connected to b.wire');
    expect(() => connect(c.wire, b.wire, { latency: 1 })).toThrow('b.wire is already connected to a.wire');
  });

  it.each([0, -1, 0.5, NaN, Infinity])('refuse a wire of %p ticks', latency => {
    expect(() => pair({ latency })).toThrow(
      `a wire from a.wire to b.wire takes a whole number of ticks and at least 1, not ${latency}`,
    );
  });

  it.each([-1, 0.5, NaN])('refuse a wire with %p ticks to a flit', ticksPerFlit => {
    expect(() => pair({ latency: 1, ticksPerFlit })).toThrow(`takes a whole number of ticks, not ${ticksPerFlit}`);
  });

  it.each([-1, 0.5, NaN, Infinity])('refuse to send %p ticks from now', delay => {
    const { a } = pair({ latency: 5 });
    expect(() => a.wire.send(new Note(1), delay)).toThrow(
      `a message leaves a whole number of ticks from now, not ${delay}`,
    );
  });

  it('of two simulations cannot be joined', () => {
    const [a, b] = [new Probe(simulation(), 'a'), new Probe(simulation(), 'b')];
    expect(() => connect(a.wire, b.wire, { latency: 1 })).toThrow(
      'a.wire and b.wire belong to two simulations, which cannot meet',
    );
  });

  it('without a wire are found before time zero, all at once', () => {
    const sim = simulation();
    const [a, b] = [new Probe(sim, 'a'), new Probe(sim, 'b')];
    const [c, d] = [new Probe(sim.scope('node'), 'c'), new Probe(sim, 'd')];
    connect(a.wire, b.wire, { latency: 1 });
    let error: unknown = null;
    try {
      sim.run();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(WiringError);
    expect((error as WiringError).faults).toEqual(['node.c.wire is not connected', 'd.wire is not connected']);
    expect((error as WiringError).message).toContain('node.c.wire is not connected\n  d.wire is not connected');
    expect(() => c.wire.send(new Note(1))).toThrow(
      'node.c.wire: sends but is not connected (at tick 0, seed "probes")',
    );
    expect([d.received, sim.now]).toEqual([[], 0]);
  });
});

describe('names', () => {
  it.each(['', '1a', 'a.b', 'a b', 'ä', '-a'])('do not include %p', name => {
    expect(() => new Probe(simulation(), name)).toThrow(`${JSON.stringify(name)} is not a name`);
    expect(() => simulation().scope(name)).toThrow('is not a name');
  });

  it('belong to one component each', () => {
    const sim = simulation();
    new Probe(sim.scope('node0'), 'a');
    new Probe(sim.scope('node1'), 'a');
    expect(() => new Probe(sim.scope('node0'), 'a')).toThrow('there are two components called node0.a');
  });

  it('make paths, and the same name gives the same place', () => {
    const sim = simulation();
    const probe = new Probe(sim.scope('rack').scope('node3'), 'cpu');
    expect([probe.path, probe.wire.path, sim.scope('rack').path]).toEqual([
      'rack.node3.cpu',
      'rack.node3.cpu.wire',
      'rack',
    ]);
  });

  it('are given before the simulation first runs', () => {
    const { sim } = ring(2, 1);
    sim.run();
    expect(() => new Probe(sim, 'late')).toThrow('late: components are made before the simulation first runs');
  });
});

/** Departure and length of messages sent in turn. */
const departures = fc.array(
  fc.record({ wait: fc.nat({ max: 6 }), delay: fc.nat({ max: 20 }), flits: fc.integer({ min: 1, max: 6 }) }),
  { minLength: 2, maxLength: 40 },
);

/** Arrivals in order of sending, when messages are sent through `a` as planned. */
function arrivals(
  wire: { sim: ReturnType<typeof simulation>; a: Probe; b: Probe },
  plan: readonly { wait: number; delay: number; flits: number }[],
): { departs: number; arrives: number; flits: number }[] {
  const { sim, a, b } = wire;
  const sent = plan.map(({ wait, delay, flits }, i) => {
    sim.runUntil(sim.now + wait);
    a.wire.send(new Note(i, 0, flits), delay);
    return { departs: sim.now + delay, flits };
  });
  sim.run();
  const at = new Map(b.received.map(([time, value]) => [value, time]));
  return sent.map((each, i) => ({ ...each, arrives: at.get(i)! }));
}

/** Whether no message overtakes one that was sent before it and did not depart later. */
function inOrder(list: readonly { departs: number; arrives: number }[]): boolean {
  return list.every((later, j) =>
    list.slice(0, j).every(earlier => earlier.departs > later.departs || earlier.arrives <= later.arrives),
  );
}

describe('a wire', () => {
  it('without a bandwidth takes its latency, both ways, whatever else is on it', () => {
    fc.assert(
      fc.property(departures, fc.integer({ min: 1, max: 9 }), (plan, latency) => {
        const list = arrivals(pair({ latency }), plan);
        for (const { departs, arrives } of list) expect(arrives).toBe(departs + latency);
        expect(inOrder(list)).toBe(true);
      }),
    );
  });

  it('keeps messages of one length in order, and is no faster than its bandwidth', () => {
    fc.assert(
      fc.property(departures, fc.integer({ min: 1, max: 4 }), (plan, ticksPerFlit) => {
        const equal = plan.map(message => ({ ...message, flits: 2 }));
        const list = arrivals(pair({ latency: 3, ticksPerFlit }), equal);
        expect(inOrder(list)).toBe(true);
        const times = list.map(({ arrives }) => arrives).sort((a, b) => a - b);
        times.slice(1).forEach((time, i) => expect(time - times[i]).toBeGreaterThanOrEqual(2 * ticksPerFlit));
      }),
    );
  });

  it('keeps messages of different lengths in order, as long as they depart when they are sent', () => {
    fc.assert(
      fc.property(departures, plan => {
        const now = plan.map(message => ({ ...message, delay: 0 }));
        expect(inOrder(arrivals(pair({ latency: 3, ticksPerFlit: 2 }), now))).toBe(true);
      }),
    );
  });

  it('makes the second of two messages wait for the flits of the first', () => {
    const { sim, a, b } = pair({ latency: 10, ticksPerFlit: 3 });
    a.wire.send(new Note(1, 0, 4));
    a.wire.send(new Note(2, 0, 1));
    b.wire.send(new Note(3, 0, 1)); // the other direction is free
    sim.run();
    expect([b.received, a.received]).toEqual([
      [
        [10, 1],
        [22, 2], // 4 flits of 3 ticks later
      ],
      [[10, 3]],
    ]);
  });
});

/** A port that lets messages overtake each other. */
class Jittery<Sends extends Message, Receives extends Message> extends Port<Sends, Receives> {
  override forward(message: Sends, departs: number): void {
    super.forward(message, departs + ((message.signature() * 7) % 11));
  }
}

it('a wire that lets messages overtake is noticed by the check of order', () => {
  class Overtaking extends Probe {
    override readonly wire = new Jittery<Note, Note>(this, 'jittery', () => undefined);
  }
  const faulty = (): ReturnType<typeof pair> => {
    const sim = simulation();
    const [a, b, loose] = [new Overtaking(sim, 'a'), new Probe(sim, 'b'), new Probe(sim, 'c')];
    connect(a.wire, b.wire, { latency: 3 });
    void loose;
    return { sim, a, b };
  };
  const outcome = fc.check(
    fc.property(departures, plan => expect(inOrder(arrivals(faulty(), plan))).toBe(true)),
    { seed: 1 },
  );
  expect(outcome.failed).toBe(true);
});
