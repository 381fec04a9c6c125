/** How busy controllers, memories and links were over the last interval, for placement policies that weigh load. */
import type { Booking } from '../engine/booking.js';
import type { MachineFacts, NodeLoad } from '../placement/views.js';
import type { Machine } from './machine.js';
import { randomStream } from '../engine/random.js';

/** Totals of a controller and its memory since statistics began. */
interface NodeTotals {
  /** Busy ticks of the controller, then of each bank. */
  readonly busy: readonly number[];
  readonly requests: number;
  /** Ticks that requests waited for controller and banks, and were served there, summed up. */
  readonly ticks: number;
}

const IDLE: NodeLoad = { busy: 0, requests: 0, latencyNs: 0 };

/** Measures from one call of `endInterval` to the next. */
class LoadMeter {
  private readonly machine: Machine;
  private at = 0;
  private nodes: readonly NodeTotals[];
  private links: readonly number[];
  private loads: readonly NodeLoad[];
  private shares: readonly number[];

  constructor(machine: Machine) {
    this.machine = machine;
    this.nodes = this.nodeTotals();
    this.links = this.linkTotals();
    this.loads = this.nodes.map(() => IDLE);
    this.shares = this.links.map(() => 0);
  }

  endInterval(): void {
    const { simulation } = this.machine;
    const ticks = simulation.now - this.at;
    if (ticks <= 0) return;
    const [nodes, links] = [this.nodeTotals(), this.linkTotals()];
    this.loads = nodes.map((totals, node) => this.loadSince(this.nodes[node], totals, ticks));
    this.shares = links.map((busy, link) => share(busy - this.links[link], ticks));
    Object.assign(this, { nodes, links, at: simulation.now });
  }

  load(node: number): NodeLoad {
    return this.loads[node];
  }

  linkLoad(from: number, to: number): number {
    if (from === to) return 0;
    const links = this.machine.topology.route(from, to);
    return links.reduce((most, link) => Math.max(most, this.shares[link]), 0);
  }

  private loadSince(before: NodeTotals, now: NodeTotals, ticks: number): NodeLoad {
    const busiest = Math.max(...now.busy.map((busy, part) => busy - before.busy[part]));
    const requests = now.requests - before.requests;
    const spent = this.machine.simulation.time.ns(now.ticks - before.ticks);
    return { busy: share(busiest, ticks), requests, latencyNs: requests === 0 ? 0 : spent / requests };
  }

  private nodeTotals(): readonly NodeTotals[] {
    return this.machine.controllers.map(({ occupancy, banks }) => {
      const parts = [occupancy, ...banks];
      return {
        busy: parts.map(({ busyTicks }) => busyTicks),
        requests: sum(banks, ({ served }) => served),
        ticks: sum(parts, ({ waitedTicks, busyTicks }) => waitedTicks + busyTicks),
      };
    });
  }

  private linkTotals(): readonly number[] {
    return this.machine.network.linkTraffic().map(({ busyTicks }) => busyTicks);
  }
}

/** What policies may know of a machine. `owner` names whose policy it is: each has a random stream of its own. */
export function machineFacts(machine: Machine, owner: string): MachineFacts {
  const { nodes } = machine.map;
  const meter = new LoadMeter(machine);
  const processors = Array.from({ length: nodes }, () => false);
  for (const { nodeNumber } of machine.processors) processors[nodeNumber] = true;
  const tiers = tiersOf(machine, processors);
  return {
    nodes,
    hasProcessors: node => processors[node],
    tier: node => tiers[node],
    latencyNs: (from, to) => machine.readLatencyNs(from, to),
    load: node => meter.load(node),
    linkLoad: (from, to) => meter.linkLoad(from, to),
    endInterval: () => meter.endInterval(),
    random: randomStream(machine.simulation.seed, `${owner}/placement`),
  };
}

/** Nodes with processors are of tier 0; others follow by the least latency that any processor sees, equal ones together. */
function tiersOf(machine: Machine, processors: readonly boolean[]): readonly number[] {
  const least = processors.map((has, to) =>
    has ? 0 : Math.min(...processors.flatMap((from, node) => (from ? [machine.readLatencyNs(node, to)] : []))),
  );
  const order = [...new Set(least)].sort((a, b) => a - b);
  return least.map(latency => order.indexOf(latency));
}

function sum(bookings: readonly Booking[], of: (booking: Booking) => number): number {
  return bookings.reduce((total, booking) => total + of(booking), 0);
}

/** Booked ahead, a part can be busy for longer than the interval. */
function share(busy: number, ticks: number): number {
  return Math.min(1, busy / ticks);
}
