import { describe, expect, it } from '@jest/globals';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { PlainSoftware } from './plain-software.js';
import { defaults, matrix, TIMING, wire, type MachineOptions } from './wire.js';

const { cpuWire: w, networkWire: n, memory } = defaults(3);
const { requestOut, lookupLocal, lookupRemote, forwardOut, forwardIn, responseOut, responseIn } = TIMING;
const LINK = 19;
/** Out of a node, through the network, into another. */
const across = n + LINK + n;

/** Page 64 * node is in the memory of that node; its lines are 64 bytes long. */
const at = (node: number, line = 0): number => 64 * node * 512 + 64 * line;

/** Ticks that processor 0 stalls for its last operation; the others' operations come long before it. */
function stall(
  last: readonly Operation[],
  others: readonly (readonly Operation[])[] = [],
  changes: Partial<MachineOptions> = {},
): number {
  const nodes = Math.max(others.length + 1, 2);
  const machine = wire(nodes, { topology: matrix(nodes, LINK), ...changes });
  const software = new PlainSoftware();
  machine.cpus.forEach((cpu, i) =>
    cpu.load(software, run(i === 0 ? [compute(100_000), ...last] : (others[i - 1] ?? []))),
  );
  machine.sim.run();
  const [cpu] = machine.cpus;
  cpu.settle();
  const account = cpu.account.report();
  return (account['local stall'] ?? 0) + (account['remote stall'] ?? 0);
}

function* run(operations: readonly Operation[]): Program {
  for (const operation of operations) yield operation;
}

/** Both ways of a clean read from another node. */
const remoteClean = w + requestOut + across + lookupRemote + memory.accessTicks + across + responseIn + w;
/** From home's look-up to a remote owner, and from there to a remote requester. */
const viaRemoteOwner = forwardOut + across + forwardIn + w + w + responseOut + across + responseIn + w;

describe('latency without load', () => {
  it('of a local clean read is two wires, the look-up and the memory', () => {
    expect(stall([load(at(0))])).toBe(w + lookupLocal + memory.accessTicks + w); // 23 + 5 + 29 + 23
  });

  it('of a remote clean read adds the way out and in at both ends, and the network twice', () => {
    expect(stall([load(at(1))])).toBe(remoteClean);
    expect(remoteClean).toBe(23 + 3 + 21 + 7 + 29 + 21 + 17 + 23);
  });

  it('of a read that home`s own processor has dirty takes its wires instead of the memory', () => {
    const dirtyAtHome =
      w + requestOut + across + lookupRemote + forwardOut + w + (w + responseOut + across + responseIn + w);
    expect(stall([load(at(1))], [[store(at(1), 1)]])).toBe(dirtyAtHome);
    expect(dirtyAtHome).toBe(23 + 3 + 21 + 7 + 2 + 23 + 23 + 13 + 21 + 17 + 23);
  });

  it('of a read that a third node has dirty goes over the network three times', () => {
    const thirdNode = w + requestOut + across + lookupRemote + viaRemoteOwner;
    expect(stall([load(at(1))], [[], [store(at(1), 1)]])).toBe(thirdNode);
    expect(thirdNode).toBe(23 + 3 + 21 + 7 + (2 + 21 + 11 + 23) + (23 + 13 + 21 + 17 + 23));
  });

  it('of a read of a local line that another node has dirty goes over it twice', () => {
    expect(stall([load(at(0))], [[store(at(0), 1)]])).toBe(w + lookupLocal + viaRemoteOwner);
  });

  it.each([1, 2, 3, 4])('of an upgrade with %p other sharers is that of the acknowledgements', sharers => {
    const others = Array.from({ length: sharers }, () => [compute(1000), load(at(0))]);
    // Without bandwidths to share, all invalidations and all acknowledgements travel at once.
    const upgrade = w + lookupLocal + Math.max(memory.accessTicks + w, viaRemoteOwner);
    expect(stall([load(at(0)), compute(1000), store(at(0), 1)], others) - stall([load(at(0))], others)).toBe(upgrade);
  });

  it('of a store to a line that all others have evicted is nothing: home gave it exclusively', () => {
    // Four lines of one set of two ways: the first is gone from the other's cache.
    const other = [load(at(0)), load(at(0, 4)), load(at(0, 8)), load(at(0, 12))];
    const read = w + lookupLocal + memory.accessTicks + w;
    expect(stall([load(at(0)), compute(1000), store(at(0), 1)], [other])).toBe(read);
  });

  it('of a second-level hit is what the options say, and no stall', () => {
    const { sim, cpus } = wire(1, { l1: { sizeBytes: 64, ways: 1, lineBytes: 32 }, l2Ticks: 9 });
    cpus[0].load(new PlainSoftware(), run([load(0), load(64), load(0)]));
    sim.run();
    cpus[0].settle();
    const miss = w + lookupLocal + memory.accessTicks + w;
    expect(cpus[0].account.report()).toEqual({ user: 3 + 9, 'local stall': 2 * miss });
  });
});

describe('occupancy', () => {
  it('adds nothing without load', () => {
    const timing = { ...TIMING, homeOccupancy: 40, passOccupancy: 20 };
    expect(stall([load(at(1))], [], { timing })).toBe(remoteClean);
  });

  it('of a controller makes acknowledgements pass one after the other', () => {
    const others = Array.from({ length: 4 }, () => [compute(1000), load(at(0))]);
    const changes = { timing: { ...TIMING, passOccupancy: 10 } };
    const both = stall([load(at(0)), compute(1000), store(at(0), 1)], others, changes);
    // They arrive together, and the last passes 3 * 10 ticks behind the first.
    expect(both - stall([load(at(0))], others, changes)).toBe(w + lookupLocal + viaRemoteOwner + 3 * 10);
  });

  it('of a link makes invalidations leave one after the other', () => {
    const ticksPerFlit = 6;
    const others = Array.from({ length: 4 }, () => [compute(1000), load(at(0))]);
    const attach = { latency: 10, ticksPerFlit };
    const changes = { topology: crossbar({ nodes: 5, attach }) };
    const both = stall([load(at(0)), compute(1000), store(at(0), 1)], others, changes);
    // A crossbar has two links of 10 ticks where the matrix has one of 19; all four share the first.
    const longer = viaRemoteOwner + 2 * (2 * 10 - LINK);
    expect(both - stall([load(at(0))], others, changes)).toBe(w + lookupLocal + longer + 3 * ticksPerFlit);
  });

  it('of a bank makes the second of two reads wait', () => {
    // Two processors of one node read lines of one bank in the same tick.
    const machine = wire(1, {
      processors: [2],
      memory: { accessTicks: 29, bankTicks: 17, banks: 1 },
    });
    const software = new PlainSoftware();
    machine.cpus.forEach((cpu, i) => cpu.load(software, run([load(at(0, i))])));
    machine.sim.run();
    const stalls = machine.cpus.map(cpu => {
      cpu.settle();
      return cpu.account.report()['local stall'];
    });
    expect(stalls).toEqual([w + lookupLocal + 29 + w, w + lookupLocal + 17 + 29 + w]);
  });
});
