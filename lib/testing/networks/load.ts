/**
 * Latency against load, measured as networks are: warm up, mark the packets of a window, go on at the same rate until
 * all of them have arrived. After Dally and Towles, Principles and Practices of Interconnection Networks, chapter 24.
 */
import { finiteNumber, list, numberAbove, plainObject, shown, wholeNumbers } from '../../engine/checks.js';
import type { Scope } from '../../engine/component.js';
import { connect, type Port } from '../../engine/port.js';
import { Simulation } from '../../engine/simulation.js';
import type { Ticks } from '../../engine/time.js';
import type { Topology } from '../../topology/topology.js';
import { loadBound } from './load-bound.js';
import { Network } from '../../interconnect/network.js';
import { OpenLoop, SOURCE_WIRE, type TrafficPacket } from './open-loop.js';
import type { RouterOptions } from '../../interconnect/router-options.js';
import type { RouterFaults } from '../../interconnect/router-fabric.js';
import { RouterNetwork } from '../../interconnect/router-network.js';
import type { TrafficPattern } from './traffic.js';

/** Anything with a port for each node. */
export interface MeasuredNetwork {
  readonly nodes: readonly Port<TrafficPacket, TrafficPacket>[];
}

/** What is measured. Cycles are the times of a flit. */
export interface LoadOptions {
  readonly topology: Topology;
  readonly pattern: TrafficPattern;
  /** Length of every packet. */
  readonly flits: number;
  /** Routers, or null for the network that books links. */
  readonly routers: RouterOptions | null;
  readonly faults?: RouterFaults;
  /** Whether packets from a node to itself are sent. */
  readonly toItself: boolean;
  readonly seed: string | number;
  readonly warmUpCycles: number;
  readonly measureCycles: number;
  /** How long the packets of the window may take before the load is called too high. */
  readonly drainCycles: number;
  /** A mean latency above which the load is called too high, in cycles. */
  readonly latencyLimit: number;
}

/** How a network did under a load. Latencies in cycles, from creation to the arrival of the last flit. */
export interface LoadRow {
  /** Flits offered by each node in a cycle. */
  readonly rate: number;
  /** Flits delivered to each node in a cycle of the window. */
  readonly accepted: number;
  /** Packets of the window. */
  readonly packets: number;
  /** Of those that arrived, NaN if there is none. */
  readonly meanLatency: number;
  readonly medianLatency: number;
  readonly p99Latency: number;
  readonly maxLatency: number;
  /** The load that the busiest link allows; null if the pattern draws more than one number for a packet. */
  readonly bound: number | null;
  /**
   * The load is not above the bound, all packets of the window arrived, and soon enough, and no fewer were delivered than
   * offered in the window but for what chance explains.
   */
  readonly stable: boolean;
  /** Links crossed by a packet of the window between routers, on average. */
  readonly meanLinks: number;
  /** Of the run, up to its end. */
  readonly fingerprint: string;
  /** Events of the run. */
  readonly events: number;
}

/** What `booksim` and the literature mostly measure with: four virtual channels of eight flits, routers of three cycles. */
export const USUAL_ROUTERS: RouterOptions = {
  virtualChannels: 4,
  bufferFlits: 8,
  pipelineCycles: 3,
  creditCycles: 1,
};

/** Cycles of a window at most. */
const MOST_CYCLES = 2 ** 32;

/** Measures each rate in turn, each in a simulation of its own. */
export function latencyAgainstLoad(options: LoadOptions, rates: readonly number[]): LoadRow[] {
  list(rates, 'rates');
  return rates.map(rate => measureLoad(options, rate));
}

/**
 * Measures one rate, in flits per node and cycle. Throws a RangeError for a rate that cannot be offered, and for a pattern
 * under which every node sends to itself.
 */
export function measureLoad(options: LoadOptions, rate: number): LoadRow {
  checkLoad(options, rate);
  const { topology, warmUpCycles, measureCycles, drainCycles, latencyLimit, flits, routers } = options;
  const bound = loadBound(topology, options.pattern, options.toItself);
  const simulation = new Simulation({ tickPs: 1000, seed: options.seed });
  const cycleTicks = topology.links[0].ticksPerFlit;
  // The network that books links delivers the first flit; the others follow it one by one.
  const restTicks = routers === null ? (flits - 1) * cycleTicks : 0;
  const window = new Window(
    topology,
    warmUpCycles * cycleTicks,
    (warmUpCycles + measureCycles) * cycleTicks,
    restTicks,
  );
  const network = makeNetwork(simulation, options);
  connectSources(simulation, network, options, rate, window);
  const backlog = BACKLOG_SHARES.map(share => {
    simulation.runUntil(Math.round(window.begin + share * (window.end - window.begin)));
    return window.backlog;
  });
  const limit = window.end + drainCycles * cycleTicks;
  for (let step = 16; window.outstanding > 0 && simulation.now < limit; step *= 2)
    simulation.runUntil(Math.min(limit, simulation.now + step * cycleTicks));
  const latencies = window.latencies(cycleTicks);
  const meanLatency = mean(latencies);
  return {
    rate,
    accepted: window.deliveredFlits / (measureCycles * topology.nodes),
    packets: window.created,
    meanLatency,
    medianLatency: quantile(latencies, 0.5),
    p99Latency: quantile(latencies, 0.99),
    maxLatency: quantile(latencies, 1),
    bound,
    stable:
      window.outstanding === 0 &&
      !(meanLatency > latencyLimit) &&
      (bound === null || rate <= bound * (1 + ROUNDING)) &&
      !grows(backlog, window.created),
    meanLinks: window.links / window.created,
    fingerprint: simulation.fingerprint.toString(),
    events: simulation.events,
  };
}

/** Throws a RangeError, naming the option, unless a network can be measured so. */
function checkLoad(options: LoadOptions, rate: number): void {
  plainObject(options, 'the options of a load');
  plainObject(options.topology, 'topology');
  wholeNumbers(options, ['flits'], 'a load', 1, 2 ** 20);
  wholeNumbers(options, ['warmUpCycles', 'drainCycles'], 'a load', 0, MOST_CYCLES);
  wholeNumbers(options, ['measureCycles'], 'a load', 1, MOST_CYCLES);
  if (options.latencyLimit !== Infinity) finiteNumber(options.latencyLimit, 'a load: latencyLimit');
  numberAbove(rate, 'the rate of a load', 0, options.flits);
  const { ticksPerFlit } = options.topology.links[0];
  if (!(ticksPerFlit >= 1))
    throw new RangeError(
      `the links take ${shown(ticksPerFlit)} ticks for a flit; a load is measured in such cycles: give at least 1`,
    );
}

/** When packets that have not arrived are counted, as shares of the window: two differences tell growth from a wave. */
const BACKLOG_SHARES = [0, 0.5, 1] as const;
/** The share of the packets of a window by which the backlog may grow. */
const GROWTH = 0.02;
/** Standard deviations of chance that are allowed on top. */
const DEVIATIONS = 3;
/** Sums of shares are exact but for this. */
const ROUNDING = 1e-9;

/** Whether packets are left behind in both halves of the window, more than chance explains. */
function grows([begin, middle, end]: readonly number[], created: number): boolean {
  const most = (GROWTH * created) / 2 + DEVIATIONS * Math.sqrt(begin + end);
  return middle - begin > most && end - middle > most;
}

function makeNetwork(scope: Scope, { topology, routers, faults }: LoadOptions): MeasuredNetwork {
  const destination = (packet: TrafficPacket): number => packet.to;
  if (routers === null) return new Network<TrafficPacket>(scope, 'network', { topology, destination });
  const planted = faults === undefined ? {} : { faults };
  return new RouterNetwork<TrafficPacket>(scope, 'network', {
    topology,
    destination,
    routers,
    ordered: [],
    ...planted,
  });
}

function connectSources(
  scope: Scope,
  network: MeasuredNetwork,
  { topology, pattern, flits, toItself }: LoadOptions,
  rate: number,
  window: Window,
): void {
  const cycleTicks = topology.links[0].ticksPerFlit;
  const sent = (packet: TrafficPacket): void => window.sent(packet);
  const arrived = (packet: TrafficPacket, left: Ticks): void => window.arrived(packet, left);
  network.nodes.forEach((port, node) => {
    const source = new OpenLoop(scope, `node${node}`, {
      node,
      pattern,
      rate,
      flits,
      lane: 0,
      cycleTicks,
      toItself,
      sent,
      arrived,
    });
    connect(source.network, port, { latency: SOURCE_WIRE });
  });
}

/** The packets that are created from one tick until before another. */
class Window {
  readonly begin: Ticks;
  readonly end: Ticks;
  created = 0;
  outstanding = 0;
  /** Packets that have not arrived, those from before the window included. */
  backlog = 0;
  /** Links between routers that they cross. */
  links = 0;
  /** Of all packets whose last flit arrives in the window. */
  deliveredFlits = 0;
  private readonly topology: Topology;
  private readonly restTicks: Ticks;
  private readonly ticks: Ticks[] = [];

  constructor(topology: Topology, begin: Ticks, end: Ticks, restTicks: Ticks) {
    this.topology = topology;
    this.begin = begin;
    this.end = end;
    this.restTicks = restTicks;
  }

  sent({ created, from, to }: TrafficPacket): void {
    this.backlog++;
    if (created < this.begin || created >= this.end) return;
    this.created++;
    this.outstanding++;
    this.links += Math.max(0, this.topology.route(from, to).length - 2);
  }

  arrived({ created, flits }: TrafficPacket, left: Ticks): void {
    this.backlog--;
    const whole = left + this.restTicks;
    if (whole >= this.begin && whole < this.end) this.deliveredFlits += flits;
    if (created < this.begin || created >= this.end) return;
    this.outstanding--;
    this.ticks.push(whole - created);
  }

  /** Those of the packets that arrived, ascending, in cycles. */
  latencies(cycleTicks: Ticks): Float64Array {
    return Float64Array.from(this.ticks, ticks => ticks / cycleTicks).sort();
  }
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The least value that is not below this share of all, or NaN if there is none. */
function quantile(ascending: Float64Array, share: number): number {
  if (ascending.length === 0) return NaN;
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
}
