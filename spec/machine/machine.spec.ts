/** A machine from a specification against the same machine wired by hand, and what else a machine does. */
import { describe, expect, it } from '@jest/globals';
import { AddressMap } from '../../lib/messages/address-map.js';
import { mesi } from '../../lib/coherence/protocols/mesi.js';
import { HOME, type CoherenceMessage, type NodeMessage } from '../../lib/messages/coherence-messages.js';
import { PlainQueue } from '../../lib/engine/queue/plain-queue.js';
import { connect } from '../../lib/engine/port.js';
import { Simulation } from '../../lib/engine/simulation.js';
import { MHz, ns } from '../../lib/engine/time.js';
import { Network } from '../../lib/interconnect/network.js';
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { buildMachine, type Machine } from '../../lib/machine/machine.js';
import { presetNames, presets } from '../../lib/machine/presets/presets.js';
import { NodeController } from '../../lib/memory/node-controller.js';
import { compute, interrupt, load, store, type Program } from '../../lib/processor/operations.js';
import { Processor } from '../../lib/processor/processor.js';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { build, pairPerNode } from './running.js';

const NODES = 4;

/** Loads and stores all over the machine's memory, differing by processor. */
function* wandering(processor: number, steps = 400): Program {
  let x = processor + 1;
  for (let i = 0; i < steps; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    const address = ((x >>> 8) & 0x7ffc) | 0;
    if ((x & 3) === 0) yield store(address, i);
    else yield load(address);
    yield compute(x & 15);
  }
}

/** `disco-1997` with four nodes, from its parts. */
function wiredByHand(seed: number): { simulation: Simulation; map: AddressMap; processors: Processor[] } {
  const simulation = new Simulation({ tickPs: 2500, seed });
  const t = (value: number): number => simulation.ticks(ns(value));
  const nodes = Array.from({ length: NODES }, (_, node) => node);
  const map = new AddressMap({
    frames: nodes.map(() => 8192),
    processors: nodes.map(() => 1),
    pageBytes: 4096,
    lineBytes: 128,
  });
  const topology = crossbar({ nodes: NODES, attach: { latency: t(120), ticksPerFlit: t(10) } });
  const network = new Network<NodeMessage>(simulation, 'network', {
    topology,
    destination: m => (m.to === HOME ? map.homeOfLine((m as CoherenceMessage).line) : map.nodeOfProcessor[m.to]),
  });
  const flits = { control: 2, data: 18 };
  const timing = {
    ...{ requestOut: t(20), lookupLocal: t(40), lookupRemote: t(40), forwardOut: t(180), forwardIn: t(120) },
    ...{ responseOut: t(200), responseIn: t(20), homeOccupancy: t(110), passOccupancy: t(25) },
  };
  const memory = { accessTicks: t(140), bankTicks: t(160), banks: 4 };
  const shared = { map, protocol: mesi, flits };
  const controllers = nodes.map(
    node =>
      new NodeController(simulation.scope(`node${node}`), 'controller', {
        ...shared,
        node,
        timing,
        memory,
        counters: null,
      }),
  );
  const processors = nodes.map(
    node =>
      new Processor(simulation.scope(`node${node}`), 'cpu0', {
        ...shared,
        processor: node,
        clock: simulation.clock(MHz(400)),
        tlbEntries: 64,
        l1i: { sizeBytes: 32768, ways: 2, lineBytes: 64 },
        l1d: { sizeBytes: 32768, ways: 2, lineBytes: 32 },
        l2: { sizeBytes: 2 ** 20, ways: 2, lineBytes: 128 },
        l2Ticks: t(20),
      }),
  );
  for (const node of nodes) {
    connect(controllers[node].network, network.nodes[node], { latency: t(20) });
    connect(processors[node].node, controllers[node].processors[0], { latency: t(60) });
  }
  return { simulation, map, processors };
}

function busy(machine: Machine, steps?: number): Machine {
  machine.load(
    pairPerNode(machine),
    machine.processors.map((_, i) => wandering(i, steps)),
  );
  machine.run();
  return machine;
}

describe('a machine from a specification', () => {
  it('is the machine wired by hand, event for event', () => {
    const byHand = wiredByHand(7);
    const memory = new FlatMemory(byHand.map, { nodeOfPage: page => (page >>> 1) % NODES, refillCycles: 14 });
    byHand.processors.forEach((processor, i) => processor.load(memory, wandering(i)));
    byHand.simulation.run();
    const { simulation, processors } = busy(buildMachine(presets['disco-1997']({ nodes: NODES }), { seed: 7 }));
    expect(simulation.now).toBe(byHand.simulation.now);
    expect(simulation.events).toBe(byHand.simulation.events);
    expect(simulation.fingerprint.toString()).toBe(byHand.simulation.fingerprint.toString());
    expect(processors.map(({ stats }) => stats)).toEqual(byHand.processors.map(({ stats }) => stats));
  });

  it.each(presetNames)('%s does the same with any queue, any wheel, and without run-ahead', preset => {
    const specification = presets[preset]();
    const variants = [
      build(specification),
      build(specification, { runAhead: false }),
      build(specification, { queue: new PlainQueue() }),
      build({ ...specification, wheelSlots: 1024 }),
    ];
    const [first, ...others] = variants.map(machine => {
      const { simulation, elapsedNs } = busy(machine, 60);
      return [simulation.fingerprint.toString(), elapsedNs];
    });
    for (const other of others) expect(other).toEqual(first);
  });

  it('has scopes named after nodes, and processors numbered node by node', () => {
    const { processors, controllers, network } = build(presets['origin2000-1997']({ nodes: 2 }));
    expect(processors.map(({ path }) => path)).toEqual(['node0.cpu0', 'node0.cpu1', 'node1.cpu0', 'node1.cpu1']);
    expect(controllers.map(({ path }) => path)).toEqual(['node0.controller', 'node1.controller']);
    expect(network.path).toBe('network');
  });

  it('takes the counters of a policy in place of its own', () => {
    const counters = { threshold: 4, sampling: 1, bits: 8, delayNs: 100, resetNs: 1e6 };
    const specification = presets['disco-1997']({ nodes: 2 });
    expect(build(specification).controllers[0].counters).toBeNull();
    const machine = build(specification, { counters });
    expect(machine.specification.counters).toEqual(counters);
    const reads = Array.from({ length: 8 }, (_, i) => load(4096 + 128 * i));
    machine.load(pairPerNode(machine), [null, reads.values()]);
    machine.run();
    expect(machine.controllers[0].stats.hotPages).toBe(2);
    expect(machine.processors[1].stats.interrupts).toBe(2);
    expect(build({ ...specification, counters }, { counters: null }).controllers[0].counters).toBeNull();
  });

  it('has a bus without contention of the network and one home', () => {
    const machine = busy(build(presets.uma()));
    expect(machine.network.stats.messages).toBe(0);
    expect(machine.processors.every(({ stats }) => stats.remoteMisses === 0)).toBe(true);
  });

  it('runs with memory in a node that has no processors', () => {
    const machine = busy(build(presets['xeon-2s-cxl']()), 60);
    expect(machine.controllers[2].stats.remoteRequests).toBeGreaterThan(0);
  });

  it('wants a program or null for every processor', () => {
    const machine = build(presets['disco-1997']({ nodes: 2 }));
    expect(() => machine.load(pairPerNode(machine), [null])).toThrow(
      new RangeError('1 programs for 2 processors; give null to those that have none'),
    );
  });

  it('accounts for all of its time', () => {
    const machine = busy(build(presets['disco-1997']()));
    for (const { account } of machine.processors)
      expect(account.ticks.reduce((sum, part) => sum + part, 0)).toBe(machine.simulation.now);
    expect(machine.elapsedNs).toBe(machine.simulation.now * 2.5);
  });

  it('may have 1024 nodes', () => {
    const machine = build(presets['dash-1992']({ nodes: 1024 }));
    expect([machine.controllers.length, machine.processors.length]).toEqual([1024, 4096]);
    expect(machine.readLatencyNs(0, 1023)).toBe(3012 + 2 * 60 * 50);
    const first = machine.map.firstProcessor[1023];
    machine.load(
      pairPerNode(machine),
      machine.processors.map((_, i) => (i === first ? [load(64)].values() : null)),
    );
    machine.run();
    expect(machine.processors[first].stats.remoteMisses).toBe(1);
  });

  it('refuses a node that does not exist', () => {
    expect(() => build(presets.uma()).readLatencyNs(0, 1)).toThrow('home is 1; the nodes are 0 to 0');
  });
});

describe('a flat memory', () => {
  function running(program: Program, nodeOfPage = (_page: number): number => 0): () => void {
    const machine = build({ ...presets['disco-1997'](), nodes: { count: 2, processors: 1, memoryBytes: 8192 } });
    machine.load(new FlatMemory(machine.map, { nodeOfPage, refillCycles: 14 }), [program, null]);
    return () => machine.run();
  }

  it('keeps what was stored', () => {
    const seen: number[] = [];
    function* program(): Program {
      yield store(0x1000, 5);
      yield store(0x0ffc, 6);
      seen.push(yield load(0x1000), yield load(0x0ffc), yield load(0));
    }
    running(program())();
    expect(seen).toEqual([5, 6, 0]);
  });

  it.each([
    [
      'is full',
      [load(0), load(8192)],
      undefined,
      'node 0 has no free frame for page 2; nodeOfPage decides who gets it',
    ],
    [
      'ends',
      [load(0x80000000)],
      undefined,
      'node0.cpu0 touches the page at 0x80000000; a FlatMemory ends below 0x80000000',
    ],
    ['needs a node that exists', [load(0)], () => 2, 'nodeOfPage(0) is 2; the nodes are 0 to 1'],
    [
      'takes no interrupts',
      [interrupt(1, 9, 0)],
      undefined,
      'node1.cpu0 gets interrupt 9, for which a FlatMemory has no handler',
    ],
  ])('%s', (_, operations, nodeOfPage, message) => {
    expect(running(operations.values(), nodeOfPage)).toThrow(message);
  });
});
