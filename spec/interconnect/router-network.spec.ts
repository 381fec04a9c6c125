import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connect } from '../../lib/engine/port.js';
import type { RouterFaults } from '../../lib/interconnect/router-fabric.js';
import { RouterNetwork } from '../../lib/interconnect/router-network.js';
import { routerFaults, type RouterOptions } from '../../lib/interconnect/router-options.js';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { fatTree } from '../../lib/topology/shapes/fat-tree.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import { graph } from '../../lib/topology/graph.js';
import { hypercube } from '../../lib/topology/shapes/hypercube.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import type { LinkTiming, Topology } from '../../lib/topology/topology.js';
import { torus } from '../../lib/topology/shapes/torus.js';
import { Note, Probe, simulation } from '../engine/probes.js';

const WIRE = 2;
const CYCLE = 3;
const USUAL: RouterOptions = { virtualChannels: 4, bufferFlits: 8, pipelineCycles: 3, creditCycles: 1 };

/** A note that knows where it goes. */
class Letter extends Note {
  readonly to: number;

  constructor(value: number, to: number, lane: number, flits: number) {
    super(value, lane, flits);
    this.to = to;
  }
}

/** Cycles of a link. */
function timing(cycles: number, cycle = CYCLE): LinkTiming {
  return { latency: cycles * cycle, ticksPerFlit: cycle };
}

const attached = { nodesPerRouter: 1, attach: timing(3), link: timing(4) };

/** A network of routers with a recorder at each node. */
function setUp(
  topology: Topology,
  routers: RouterOptions = USUAL,
  ordered: readonly number[] = [1],
  faults?: RouterFaults,
) {
  const sim = simulation();
  const network = new RouterNetwork<Note>(sim, 'network', {
    ...{ topology, routers, ordered },
    ...(faults === undefined ? {} : { faults }),
    destination: note => (note as Letter).to,
  });
  const nodes = network.nodes.map((port, node) => {
    const probe = new Probe(sim, `node${node}`);
    connect(probe.wire, port, { latency: WIRE });
    return probe;
  });
  return { sim, network, nodes };
}

interface Sending {
  readonly wait: number;
  readonly delay?: number;
  readonly from: number;
  readonly to: number;
  readonly lane: number;
  readonly flits: number;
}

/** Sends letters as planned; returns each with its departure and arrival. */
function carry({ sim, nodes }: ReturnType<typeof setUp>, plan: readonly Sending[]) {
  const sent = plan.map(({ wait, delay = 0, from, to, lane, flits }, i) => {
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
    wait: fc.oneof(fc.constant(0), fc.constant(0), fc.nat({ max: 40 })),
    delay: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
    from: fc.nat({ max: 40 }),
    to: fc.nat({ max: 40 }),
    lane: fc.nat({ max: 2 }),
    flits: fc.constantFrom(1, 1, 2, 9),
  }),
  { maxLength: 150, size: 'max' },
);

const options: fc.Arbitrary<RouterOptions> = fc.record({
  virtualChannels: fc.oneof(fc.integer({ min: 2, max: 5 }), fc.constantFrom(10, 11, 16)),
  bufferFlits: fc.constantFrom(1, 2, 3, 8),
  pipelineCycles: fc.integer({ min: 1, max: 5 }),
  creditCycles: fc.nat({ max: 2 }),
});

/** Latencies that suit every pipeline above. */
const cycles = fc.integer({ min: 5, max: 9 }).map(count => timing(count));
const attachment = { nodesPerRouter: fc.integer({ min: 1, max: 2 }), attach: cycles, link: cycles };
const size = fc.integer({ min: 1, max: 5 });
const topologies: fc.Arbitrary<Topology> = fc.oneof(
  fc.record({ columns: size, rows: size, ...attachment }).map(mesh),
  fc.record({ columns: size, rows: size, ...attachment }).map(torus),
  fc.record({ routers: fc.integer({ min: 1, max: 9 }), ...attachment }).map(ring),
  fc.record({ dimension: fc.nat({ max: 3 }), ...attachment }).map(hypercube),
  fc.record({ arity: fc.constant(2), levels: fc.integer({ min: 1, max: 3 }), ...attachment }).map(fatTree),
  fc.record({ nodes: fc.integer({ min: 1, max: 9 }), attach: cycles }).map(crossbar),
);

/** The links of a route; of one to the node itself the way to the router and back. */
function links(topology: Topology, from: number, to: number): number[] {
  if (from !== to) return [...topology.route(from, to)];
  return [topology.links.findIndex(link => link.from === from), topology.links.findIndex(link => link.to === from)];
}

/** All routes of a pair. */
function waysOf(topology: Topology, from: number, to: number): number[][] {
  return from === to ? [links(topology, from, to)] : topology.routes!(from, to).map(route => [...route]);
}

/** From departure to arrival with nobody else about: whole cycles, the links, the rest of the flits, and two wires. */
function alone(
  topology: Topology,
  { from, to, flits, departs }: { from: number; to: number; flits: number; departs: number },
): number {
  const enters = Math.ceil((departs + WIRE) / CYCLE) * CYCLE;
  const travels = links(topology, from, to).reduce((sum, link) => sum + topology.links[link].latency, 0);
  return enters - departs + travels + (flits - 1) * CYCLE + WIRE;
}

describe('a network of routers', () => {
  it('alone takes as long as the links of the route and the flits behind the first', () => {
    fc.assert(
      fc.property(topologies, options, fc.nat(), fc.nat(), fc.nat({ max: 5 }), fc.integer({ min: 1, max: 20 }), (topology, routers, from, to, wait, flits) => {
          // Large buffers: small ones make a long message wait for credits.
          const machine = setUp(topology, { ...routers, bufferFlits: 40 });
          const [letter] = carry(machine, [{ wait, from, to, lane: 0, flits }]);
          expect(letter.arrives - letter.departs).toBe(alone(topology, letter));
        },
      ),
    ); // prettier-ignore
  });

  it('delivers everything, never sooner than alone, and is at rest in the end', () => {
    fc.assert(
      fc.property(topologies, options, sendings, (topology, routers, plan) => {
        const machine = setUp(topology, routers);
        for (const letter of carry(machine, plan))
          expect(letter.arrives - letter.departs).toBeGreaterThanOrEqual(alone(topology, letter));
        expect(machine.network.imbalance()).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  it('keeps the order of each pair of nodes in the virtual networks that are to keep it', () => {
    fc.assert(
      fc.property(topologies, options, sendings, (topology, routers, plan) => {
        expect(overtakings(carry(setUp(topology, routers, [0, 1, 2]), plan))).toBe(0);
      }),
      { numRuns: 80 },
    );
  });

  it('does not keep it where it need not: the check of order notices', () => {
    const crowd = Array.from({ length: 400 }, (_, i) => ({
      wait: 0,
      from: i % 4,
      to: 5,
      lane: 0,
      flits: 1 + 8 * (i % 2),
    }));
    const topology = mesh({ columns: 3, rows: 2, ...attached });
    expect(overtakings(carry(setUp(topology, USUAL, [1]), crowd))).toBeGreaterThan(0);
    expect(overtakings(carry(setUp(topology, USUAL, [0]), crowd))).toBe(0);
  });

  it('counts messages and flits of every link of the routes taken', () => {
    fc.assert(
      fc.property(topologies, sendings, (topology, plan) => {
        const machine = setUp(topology, { ...USUAL, pipelineCycles: 2 });
        const list = carry(machine, plan);
        const traffic = machine.network.linkTraffic();
        traffic.forEach(({ messages, flits, busyTicks }, link) => {
          // Where there are several routes one is drawn, so only those that all or none of them cross are certain.
          const over = (all: boolean) =>
            list.filter(letter => {
              const ways = waysOf(topology, letter.from, letter.to);
              return all ? ways.every(way => way.includes(link)) : ways.some(way => way.includes(link));
            });
          const flitsOf = (some: readonly { flits: number }[]): number =>
            some.reduce((sum, each) => sum + each.flits, 0);
          expect(flits).toBeGreaterThanOrEqual(flitsOf(over(true)));
          expect(flits).toBeLessThanOrEqual(flitsOf(over(false)));
          expect(busyTicks).toBe(flits * CYCLE);
          messages.forEach((count, lane) => {
            expect(count).toBeGreaterThanOrEqual(over(true).filter(letter => letter.lane === lane).length);
            expect(count).toBeLessThanOrEqual(over(false).filter(letter => letter.lane === lane).length);
          });
        });
        const { stats } = machine.network;
        expect(stats.messages).toBe(list.length);
        expect(stats.hops).toBe(traffic.reduce((sum, { messages: [a, b, c] }) => sum + a + b + c, 0));
        expect(stats.hops).toBe(list.reduce((sum, { from, to }) => sum + links(topology, from, to).length, 0));
        expect(stats.waitedTicks).toBe(traffic.reduce((sum, { waitedTicks }) => sum + waitedTicks, 0));
        expect(stats.largestQueue).toBe(Math.max(0, ...traffic.map(({ largestQueue }) => largestQueue)));
      }),
      { numRuns: 40 },
    );
  });

  it('holds no more flits at an input than its buffers have room for', () => {
    const topology = mesh({ columns: 2, rows: 2, ...attached });
    const crowd = Array.from({ length: 300 }, (_, i) => ({ wait: 0, from: i % 3, to: 3, lane: 0, flits: 5 }));
    const machine = setUp(topology, { ...USUAL, virtualChannels: 2, bufferFlits: 3 });
    carry(machine, crowd);
    expect(machine.network.stats.largestQueue).toBe(2 * 3);
    expect(machine.network.stats.creditStalls).toBeGreaterThan(0);
  });

  it('does nothing when nothing moves', () => {
    const { sim, nodes } = setUp(mesh({ columns: 4, rows: 4, ...attached }));
    sim.run();
    expect(sim.events).toBe(0);
    nodes[0].wire.send(new Letter(1, 15, 0, 1));
    sim.run();
    const events = sim.events;
    // Handing over and arriving; at each of seven routers a channel, a switch, and no more than a flit and a credit.
    expect(events).toBeLessThanOrEqual(2 + 2 + 7 * 4);
    sim.runUntil(sim.now + 1_000_000);
    expect(sim.events).toBe(events);
    nodes[0].wire.send(new Letter(2, 15, 0, 1));
    sim.run();
    expect(sim.events).toBe(2 * events);
  });

  it('lets nobody wait for another virtual network', () => {
    const topology = mesh({ columns: 4, rows: 1, ...attached });
    const crowd = Array.from({ length: 200 }, () => ({ wait: 0, from: 0, to: 3, lane: 0, flits: 9 }));
    const machine = setUp(topology);
    const list = carry(machine, [...crowd, { wait: 500 * CYCLE, from: 0, to: 3, lane: 2, flits: 1 }]);
    const last = list[list.length - 1];
    // Links are shared, so it waits for some flits in turn, but not behind the rest of the crowd.
    expect(last.arrives - last.departs).toBeLessThan(2 * alone(topology, last));
    expect(Math.max(...list.map(({ arrives }) => arrives))).toBeGreaterThan(1700 * CYCLE);
  });

  it('never delivers sooner than it lets others count on', () => {
    fc.assert(
      fc.property(topologies, options, (topology, routers) => {
        const { network } = setUp(topology, routers);
        network.nodes.forEach((port, node) => {
          const into = topology.links.find(({ to }) => to === node)!;
          expect(network.leastTransit(port)).toBeLessThanOrEqual(into.latency);
          expect(network.leastTransit(port)).toBeGreaterThanOrEqual(into.latency - CYCLE);
        });
      }),
      { numRuns: 30 },
    );
  });
});

/** Pairs of letters between the same nodes in the same virtual network that overtook each other. */
function overtakings(list: ReturnType<typeof carry>): number {
  const same = (a: (typeof list)[number], b: (typeof list)[number]): boolean =>
    a.from === b.from && a.to === b.to && a.lane === b.lane;
  return list.flatMap((later, j) =>
    list.slice(0, j).filter(earlier => same(earlier, later) && earlier.arrives > later.arrives),
  ).length;
}

/** Everybody on a ring sends long messages half way round at once. */
const circle = Array.from({ length: 160 }, (_, i) => ({ wait: 0, from: i, to: i + 3, lane: 0, flits: 20 }));
const eight = ring({ routers: 8, ...attached });
const small: RouterOptions = { ...USUAL, virtualChannels: 2, bufferFlits: 2 };

describe('what goes wrong is noticed', () => {
  it('a credit that is lost', () => {
    const machine = setUp(mesh({ columns: 2, rows: 1, ...attached }), USUAL, [1], { loseCredit: 3 });
    carry(machine, [{ wait: 0, from: 0, to: 1, lane: 1, flits: 5 }]);
    expect(machine.network.imbalance()).toEqual([
      expect.stringMatching(
        /^virtual channel \d of virtual network 1 on the link from vertex \d to \d has 7 of 8 credits$/,
      ),
    ]);
  });

  it('a ring without classes stands still, and says where; with them it does not', () => {
    expect(() => carry(setUp(eight, small, [], { noClasses: true }), circle)).toThrow(
      /network waits for \d+ messages to move on, one of them from node \d to node \d, in front of the link from vertex \d+ to \d+/,
    );
    const sound = setUp(eight, small, []);
    carry(sound, circle);
    expect(sound.network.imbalance()).toEqual([]);
  });
});

describe('what cannot be routed is refused', () => {
  const edge = (a: number, b: number, changes: Partial<LinkTiming> = {}) => ({ a, b, ...timing(4), ...changes });
  const cases: readonly [what: string, topology: Topology, routers: RouterOptions, says: RegExp][] = [
    ['a matrix', fromMatrix([[0, 4], [4, 0]], 1), USUAL, /^matrix 2x2 has no routers.*use the network that books links/],
    ['nodes that pass on', graph({ nodes: 2, routers: 1, edges: [edge(0, 1), edge(1, 2)] }), USUAL, /links node 0 to node 1 without a router between/],
    ['a node with two links', graph({ nodes: 1, routers: 2, edges: [edge(0, 1), edge(0, 2)] }), USUAL, /has 2 links out of node 0 and 2 into it/],
    ['a link that never queues', mesh({ columns: 2, rows: 1, ...attached, link: { latency: 12, ticksPerFlit: 0 } }), USUAL, /^the link of mesh 2x1 from vertex 2 to 3 never queues|takes 0 ticks/],
    ['flits of two lengths', mesh({ columns: 2, rows: 1, ...attached, link: timing(4, 5) }), USUAL, /takes 5 ticks for a flit and that from vertex 0 to 2 3/],
    ['a link shorter than the pipeline', mesh({ columns: 2, rows: 1, ...attached, link: timing(2) }), USUAL, /latency of 6 ticks.*at least 3.*9 ticks or more/],
    ['half a cycle', mesh({ columns: 2, rows: 1, ...attached, link: { latency: 13, ticksPerFlit: 3 } }), USUAL, /latency of 13 ticks; with cycles of 3 ticks/],
    ['a ring without classes', eight, { ...USUAL, virtualChannels: 1 }, /wait for each other in circles unless they have 2 classes.*virtualChannels is 1/],
    ['no buffer', eight, { ...USUAL, bufferFlits: 0 }, /^bufferFlits is 0; give a whole number from 1 to 1024$/],
    ['half a channel', eight, { ...USUAL, virtualChannels: 1.5 }, /^virtualChannels is 1.5; give a whole number from 1 to 16$/],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, topology, routers, says) => {
    expect(routerFaults(topology, routers)).toEqual([expect.stringMatching(says)]);
    expect(() => setUp(topology, routers)).toThrow(routerFaults(topology, routers)[0]);
  });

  it('and a ring of three needs no classes', () => {
    expect(routerFaults(ring({ routers: 3, ...attached }), { ...USUAL, virtualChannels: 1 })).toEqual([]);
  });
});
