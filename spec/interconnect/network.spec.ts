import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connect } from '../../lib/engine/port.js';
import { Network } from '../../lib/interconnect/network.js';
import type { Topology } from '../../lib/topology/topology.js';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import { Note, Probe, simulation } from '../engine/probes.js';
import { topologies } from '../topology/arbitrary.js';

const WIRE = 2;

/** A note that knows where it goes. */
class Letter extends Note {
  readonly to: number;

  constructor(value: number, to: number, lane = 0, flits = 1) {
    super(value, lane, flits);
    this.to = to;
  }
}

interface Sending {
  readonly wait: number;
  readonly delay: number;
  readonly from: number;
  readonly to: number;
  readonly lane: number;
  readonly flits: number;
}

/** A network with a recorder at each node. */
function setUp(topology: Topology) {
  const sim = simulation();
  const network = new Network<Note>(sim, 'network', { topology, destination: note => (note as Letter).to });
  const nodes = network.nodes.map((port, node) => {
    const probe = new Probe(sim, `node${node}`);
    connect(probe.wire, port, { latency: WIRE });
    return probe;
  });
  return { sim, network, nodes };
}

/** Sends letters as planned; returns each with its departure and arrival. */
function carry({ sim, nodes }: ReturnType<typeof setUp>, plan: readonly Sending[]) {
  const sent = plan.map(({ wait, delay, from, to, lane, flits }, i) => {
    if (wait > 0) sim.runUntil(sim.now + wait);
    const [source, goal] = [from % nodes.length, to % nodes.length];
    nodes[source].wire.send(new Letter(i, goal, lane, flits), delay);
    return { departs: sim.now + delay, from: source, to: goal, lane, flits };
  });
  sim.run();
  const arrivals = new Map(nodes.flatMap(node => node.received.map(([time, value]) => [value, time])));
  return sent.map((each, i) => ({ ...each, arrives: arrivals.get(i)! }));
}

const sendings = fc.array(
  fc.record({
    wait: fc.oneof(fc.constant(0), fc.nat({ max: 10 })),
    delay: fc.oneof(fc.constant(0), fc.nat({ max: 12 })),
    from: fc.nat({ max: 40 }),
    to: fc.nat({ max: 40 }),
    lane: fc.nat({ max: 2 }),
    flits: fc.constantFrom(1, 1, 2, 9),
  }),
  { maxLength: 80, size: 'max' },
);

/** Latency of the route without anybody else. */
function zeroLoad({ links, route }: Topology, from: number, to: number): number {
  return route(from, to).reduce((sum, link) => sum + links[link].latency, 2 * WIRE);
}

/** Pairs of letters between the same nodes in the same virtual network that overtook each other. */
function overtakings(list: ReturnType<typeof carry>): number {
  const same = (a: (typeof list)[number], b: (typeof list)[number]): boolean =>
    a.from === b.from && a.to === b.to && a.lane === b.lane;
  return list.flatMap((later, j) =>
    list.slice(0, j).filter(earlier => same(earlier, later) && earlier.arrives > later.arrives),
  ).length;
}

describe('a network', () => {
  it('keeps the order of each pair of nodes and virtual network, however long and crowded messages are', () => {
    fc.assert(
      fc.property(topologies, sendings, (topology, plan) => {
        expect(overtakings(carry(setUp(topology), plan))).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('delivers everything, never sooner than the links of the route allow', () => {
    fc.assert(
      fc.property(topologies, sendings, (topology, plan) => {
        for (const { from, to, departs, arrives } of carry(setUp(topology), plan))
          expect(arrives - departs).toBeGreaterThanOrEqual(zeroLoad(topology, from, to));
      }),
    );
  });

  it('alone takes exactly as long as the links of the route, whatever the length', () => {
    fc.assert(
      fc.property(topologies, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 20 }), (topology, from, to, flits) => {
        const [{ arrives, ...letter }] = carry(setUp(topology), [{ wait: 0, delay: 0, from, to, lane: 0, flits }]);
        expect(arrives).toBe(zeroLoad(topology, letter.from, letter.to));
      }),
    );
  });

  it('counts the messages, flits and busy time of every link of the routes taken', () => {
    fc.assert(
      fc.property(topologies, sendings, (topology, plan) => {
        const machine = setUp(topology);
        const list = carry(machine, plan);
        // Messages of a pair take turns where there are several routes.
        const ways = list.map(({ from, to }, i) => {
          const routes = topology.routes!(from, to);
          const before = list.slice(0, i).filter(letter => letter.from === from && letter.to === to).length;
          return routes[before % routes.length];
        });
        const expected = topology.links.map(({ from, to, ticksPerFlit }, link) => {
          const over = list.filter((_, i) => ways[i].includes(link));
          const flits = over.reduce((sum, letter) => sum + letter.flits, 0);
          const messages = [0, 1, 2].map(lane => over.filter(letter => letter.lane === lane).length);
          return { link, from, to, messages, flits, busyTicks: flits * ticksPerFlit };
        });
        const traffic = machine.network.linkTraffic();
        expect(traffic.map(({ waitedTicks: _, largestQueue: __, ...counted }) => counted)).toEqual(expected);
        const { messages, flits, hops, waitedTicks } = machine.network.stats;
        const travelled = list.filter(({ from, to }) => from !== to);
        expect([messages, flits]).toEqual([travelled.length, travelled.reduce((sum, each) => sum + each.flits, 0)]);
        expect(hops).toBe(
          expected.reduce((sum, link) => sum + link.messages[0] + link.messages[1] + link.messages[2], 0),
        );
        expect(waitedTicks).toBe(traffic.reduce((sum, link) => sum + link.waitedTicks, 0));
      }),
      { numRuns: 60 },
    );
  });

  it('makes the second of two messages on one link wait for the flits of the first', () => {
    const machine = setUp(crossbar({ nodes: 3, attach: { latency: 10, ticksPerFlit: 3 } }));
    const at = { wait: 0, delay: 0, lane: 0 };
    const list = carry(machine, [
      { ...at, from: 0, to: 2, flits: 5 },
      { ...at, from: 0, to: 1, lane: 2, flits: 1 }, // shares the link out of node 0, though not the virtual network
      { ...at, from: 1, to: 2, flits: 1 }, // shares the link into node 2
      { ...at, from: 2, to: 0, flits: 1 }, // shares nothing
    ]);
    const alone = 2 * WIRE + 2 * 10;
    expect(list.map(({ arrives }) => arrives)).toEqual([alone, alone + 5 * 3, alone + 5 * 3, alone]);
    expect(machine.network.stats.waitedTicks).toBe(2 * 5 * 3);
    expect(machine.network.linkTraffic()[0].largestQueue).toBe(1);
  });

  it('makes a short message that fell into a gap wait at the exit for the long one before it', () => {
    const machine = setUp(ring({ routers: 4, nodesPerRouter: 1, attach: { latency: 1, ticksPerFlit: 1 }, link: { latency: 1, ticksPerFlit: 4 } })); // prettier-ignore
    const at = { wait: 0, from: 0, to: 1, lane: 1 };
    const list = carry(machine, [
      { ...at, lane: 0, delay: 8, flits: 2 }, // books the link ahead of time
      { ...at, delay: 0, flits: 9 }, // has to go behind it
      { ...at, delay: 1, flits: 1 }, // would fit before it
    ]);
    expect(list[1].arrives).toBeGreaterThan(list[0].arrives);
    expect(list[2].arrives).toBeGreaterThanOrEqual(list[1].arrives);
  });

  it('never delivers sooner than it lets others count on', () => {
    fc.assert(
      fc.property(topologies, sendings, (topology, plan) => {
        const machine = setUp(topology);
        const { network, nodes } = machine;
        for (const { from, to, departs, arrives } of carry(machine, plan)) {
          // From a node's own departure to leaving by the port of another, the last wire excluded.
          if (from !== to)
            expect(arrives - WIRE - departs).toBeGreaterThanOrEqual(network.leastTransit(network.nodes[to]));
        }
        for (let to = 0; to < nodes.length; to++) {
          const others = nodes.map((_, from) => from).filter(from => from !== to);
          const least = Math.min(...others.map(from => zeroLoad(topology, from, to) - WIRE));
          expect(network.leastTransit(network.nodes[to])).toBeLessThanOrEqual(least);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('does not know ports that lead nowhere', () => {
    const sim = simulation();
    const topology = mesh({ columns: 2, rows: 1, nodesPerRouter: 1, attach: { latency: 1, ticksPerFlit: 0 }, link: { latency: 1, ticksPerFlit: 0 } }); // prettier-ignore
    new Network<Note>(sim, 'network', { topology, destination: () => 0 });
    expect(() => sim.run()).toThrow('network.node0 is not connected\n  network.node1 is not connected');
  });
});

it('a network that lets messages overtake is noticed by the check of order', () => {
  const faulty = (topology: Topology): ReturnType<typeof setUp> => {
    const machine = setUp(topology);
    for (const port of machine.network.nodes) {
      const forward = port.forward.bind(port);
      port.forward = (note, departs) => forward(note, departs + (note.flits === 1 ? 0 : 5));
    }
    return machine;
  };
  const outcome = fc.check(
    fc.property(topologies, sendings, (topology, plan) => {
      expect(overtakings(carry(faulty(topology), plan))).toBe(0);
    }),
    { numRuns: 50, seed: 1, endOnFailure: true },
  );
  expect(outcome.failed).toBe(true);
});
