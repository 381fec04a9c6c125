/** A machine wired by hand, four nodes on a 2 by 2 mesh, and a program that passes a counter round them. */
import * as disco from 'disco-sim';

const simulation = new disco.Simulation({ tickPs: 2500, seed: 1997 });
const t = (ns: number): number => simulation.ticks(disco.ns(ns));
const [frames, cpus] = [4096, 1].map(count => new Array<number>(4).fill(count));
const map = new disco.AddressMap({ frames, processors: cpus, pageBytes: 4096, lineBytes: 128 });
const link = { latency: t(40), ticksPerFlit: t(10) };
const topology = disco.mesh({ columns: 2, rows: 2, nodesPerRouter: 1, attach: link, link });
const destination = (message: disco.NodeMessage): number => disco.nodeOfMessage(map, message);
const network = new disco.Network(simulation, 'network', { topology, destination });
const shared = { map, protocol: disco.mesi, flits: { control: 2, data: 18 }, clock: simulation.clock(disco.MHz(400)) };
const out = { requestOut: t(20), forwardOut: t(20), responseOut: t(20), homeOccupancy: t(110), passOccupancy: t(25) };
const timing = { ...out, lookupLocal: t(40), lookupRemote: t(40), forwardIn: t(20), responseIn: t(20) };
const memory = { accessTicks: t(140), bankTicks: t(160), banks: 4 };
const l1 = { sizeBytes: 32768, ways: 2, lineBytes: 32 };
const l2 = { sizeBytes: 2 ** 20, ways: 2, lineBytes: 128 };
const processors = cpus.map((_, node) => {
  const place = simulation.scope(`node${node}`);
  const controller = new disco.NodeController(place, 'controller', { ...shared, node, timing, memory, counters: null });
  const inside = { ...shared, processor: node, tlbEntries: 64, l1i: l1, l1d: l1, l2, l2Ticks: t(20) };
  const processor = new disco.Processor(place, 'cpu0', inside);
  disco.connect(processor.node, controller.processors[0], { latency: t(60) });
  disco.connect(controller.network, network.nodes[node], { latency: t(20) });
  return processor;
});

function* turns(me: number): disco.Program {
  for (let turn = me; turn < 12; turn += 4) {
    while ((yield disco.load(0)) !== turn);
    yield disco.store(0, turn + 1);
  }
}
const software = new disco.FlatMemory(map, { nodeOfPage: () => 0, refillCycles: 14 });
processors.forEach((processor, me) => processor.load(software, turns(me)));
console.log(simulation.run(), 'at', simulation.time.ns(simulation.now), 'ns,', simulation.fingerprint.toString());
for (const { path, stats } of processors)
  console.log(`${path}: ${stats.localMisses} local and ${stats.remoteMisses} remote misses`);
