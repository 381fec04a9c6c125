/** The doors of what machines are made of: engine, topology, placement, coherence, devices, interconnect, memory, processor. */
import { AddressMap } from '../../../lib/messages/address-map.js';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import { hp97560 } from '../../../lib/devices/presets.js';
import { Component } from '../../../lib/engine/component.js';
import { Port } from '../../../lib/engine/port.js';
import { Runner } from '../../../lib/engine/run-ahead/runner.js';
import { Simulation } from '../../../lib/engine/simulation.js';
import { TimeBase, MHz } from '../../../lib/engine/time.js';
import { Timer } from '../../../lib/engine/timer.js';
import { NO_FAULTS } from './shared.js';
import { crossbar } from '../../../lib/topology/shapes/crossbar.js';
import { mesh } from '../../../lib/topology/shapes/mesh.js';
import { freeMoves } from '../../../lib/placement/log/costs.js';
import type { MissLogHeader } from '../../../lib/placement/log/header.js';
import { MissLog } from '../../../lib/placement/log/miss-log.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import { memory, page } from '../../../lib/testing/views.js';
import { trafficPattern } from '../../../lib/testing/networks/traffic.js';
import { randomStream } from '../../../lib/engine/random.js';
import type { PrivateCacheOptions } from '../../../lib/processor/caches/private-caches.js';
import { header, logOf } from '../../placement/log/logs.js';
import type { Door } from './door.js';

export const sim = (): Simulation => new Simulation({ tickPs: 1000, seed: 'doors' });
class Part extends Component {
  readonly port = new Port(this, 'port', () => {});
}
const part = (): Part => new Part(sim(), 'part');
export const map = (): AddressMap =>
  new AddressMap({ frames: [16, 16], processors: [1, 1], bridges: [1, 0], pageBytes: 4096, lineBytes: 128 });
const LINK = { latency: 2, ticksPerFlit: 1 };
const attached = { nodesPerRouter: 1, attach: LINK, link: { ...LINK, latency: 3 } };
const small = () =>
  mesh({ columns: 2, rows: 2, nodesPerRouter: 1, attach: LINK, link: { latency: 3, ticksPerFlit: 1 } });
const CACHE = { sizeBytes: 1024, ways: 2, lineBytes: 32 };
export const caches = (): PrivateCacheOptions => ({
  map: map(),
  protocol: mesi,
  l1i: CACHE,
  l1d: CACHE,
  l2: { sizeBytes: 4096, ways: 2, lineBytes: 128 },
  flits: { control: 2, data: 18 },
});
const counts = () => ({ overflows: 0, largestPool: 0 });
const ROUTERS = { virtualChannels: 2, bufferFlits: 4, pipelineCycles: 2, creditCycles: 1 };
const counterOptions = { threshold: 8, sampling: 1, bits: 8, delayTicks: 0, resetTicks: 1000 };

export const ENGINE: Readonly<Record<string, Door>> = {
  Clock: { args: () => [2500, 2] },
  DecisionLog: { args: () => [{ keep: 3 }], takes: { '0.keep': [Infinity] } },
  WheelQueue: { args: () => [4096], takes: { '0': [undefined] } },
  TimeBase: { args: () => [1000] },
  firstDivergence: {
    args: () => [sim, sim, { checkpoints: 4 }],
    takes: { 2: [undefined], '2.checkpoints': [undefined] },
  },
  Simulation: {
    args: () => [{ tickPs: 1000, seed: 7 }],
    takes: { '0.seed': [-1, 0.5, '1', 2 ** 60] },
  },
  ps: { args: () => [7] },
  ns: { args: () => [7], takes: { '0': [0.5] } },
  us: { args: () => [7], takes: { '0': [0.5] } },
  ms: { args: () => [7], takes: { '0': [0.5] } },
  MHz: { args: () => [100], takes: { '0': [0.5] } },
  GHz: { args: () => [1], takes: { '0': [0.5] } },
  refuseDelay: {
    args: () => [1],
    // It says what is wrong with whatever it is given.
    call: (delay: number) => (delay === 1 ? null : refuse(delay)),
  },
  connect: {
    args: () => {
      const simulation = sim();
      return [new Part(simulation, 'a').port, new Part(simulation, 'b').port, { latency: 3, ticksPerFlit: 1 }];
    },
    takes: { '2.ticksPerFlit': [undefined] },
  },
  randomStream: {
    args: () => ['seed', 'name', 8],
    call: (seed: string, name: string, bound: number) => randomStream(seed, name).below(bound),
  },
  Timer: { args: () => [5], call: (delay: number) => new Timer(part(), () => {}).after(delay, undefined) },
  Runner: {
    args: () => [5],
    call: (time: number) => {
      const simulation = sim();
      const runner: { current: Runner | null } = { current: null };
      class Running extends Component {
        readonly runner = (runner.current = new Runner(this, () => {}));
      }
      void new Running(simulation, 'running');
      runner.current!.at(time);
    },
    takes: { '0': [2 ** 60, Infinity] },
  },
};

function refuse(delay: number): never {
  return sim().queue.schedule(delay, { fire: () => {} }, null, 0) as never;
}

export const TOPOLOGY: Readonly<Record<string, Door>> = {
  checkAttachment: { args: () => ['place', 4, { ...attached }] },
  addPair: { args: () => [[], 0, 1, { ...LINK }], closed: ['0'] },
  attachLinks: { args: () => [4, 1, { ...LINK }] },
  attachmentSuffix: { args: () => [2, 1] },
  crossbar: { args: () => [{ nodes: 4, attach: LINK }] },
  fatTree: { args: () => [{ arity: 2, levels: 2, ...attached }] },
  fromMatrix: {
    args: () => [
      [
        [0, 5],
        [5, 0],
      ],
      1,
    ],
    // The diagonal is ignored.
    takes: {
      '0.0.0': [NaN, -1, 0.5, '1', null, undefined, 2 ** 60, Infinity],
      '0.1.1': [NaN, -1, 0.5, '1', null, undefined, 2 ** 60, Infinity],
    },
  },
  graph: { args: () => [{ nodes: 2, routers: 0, edges: [{ a: 0, b: 1, latency: 4, ticksPerFlit: 1 }] }] },
  hops: { args: () => [small(), 0, 3], closed: ['0'] },
  routeLatency: { args: () => [small(), 0, 3], closed: ['0'] },
  leastLatencyInto: { args: () => [small(), 0], closed: ['0'] },
  hypercube: { args: () => [{ dimension: 2, ...attached }] },
  mesh: { args: () => [{ columns: 2, rows: 2, ...attached }] },
  rectangle: { args: () => ['mesh', { columns: 2, rows: 2, ...attached }, false] },
  ring: { args: () => [{ routers: 4, ...attached }] },
  torus: { args: () => [{ columns: 4, rows: 2, ...attached }] },
};

const halfNs = {
  '0.latencyNs.0.0': [0.5],
  '0.latencyNs.0.1': [0.5],
  '0.latencyNs.1.0': [0.5],
  '0.latencyNs.1.1': [0.5],
};
const COSTS = Object.keys(freeMoves).map(name => [`1.${name}`, [0.5, 2 ** 60]] as const);

export const PLACEMENT: Readonly<Record<string, Door>> = {
  MissLog: {
    args: () => [header(2), 4, [5, 1, 0, 3]],
    call: (head: MissLogHeader, room: number, [timeNs, node, thread, number]: readonly number[]) =>
      new MissLog(head, room).add(timeNs, node, thread, number, false),
    closed: ['2'],
    takes: { ...halfNs, '1': [undefined] },
  },
  memoryOf: { args: () => [header(2)], takes: halfNs },
  offlineOptimum: {
    args: () => [logOf(header(2), [{ page: 0 }]), { ...freeMoves }],
    takes: Object.fromEntries(COSTS),
  },
  missCounting: {
    args: () => [
      {
        ...{ trigger: 8, sharing: 2, writes: 1, moves: 1, migration: true, replication: true },
        ...{ sampling: 1, bits: 8, delayNs: 0, resetNs: 1e6 },
      },
    ],
    takes: {
      '0.delayNs': [0.5, 2 ** 60],
      '0.resetNs': [0.5, 2 ** 60],
      '0.sampling': [],
      '0.moves': [],
      '0.writes': [],
    },
  },
  placeNear: { args: () => [0, memory()], closed: ['1'] },
  replayEvidence: {
    args: () => [
      firstTouch(),
      [{ evidence: { kind: 'first-touch', node: 1, store: false, timeNs: 3 }, page: page() }],
      memory(),
    ],
    closed: ['1.0', '1.1', '2.nodes', '2.random'],
  },
};

export const COHERENCE: Readonly<Record<string, Door>> = {
  AddressMap: {
    args: () => [{ frames: [16, 16], processors: [1, 1], bridges: [1, 0], pageBytes: 4096, lineBytes: 128 }],
    takes: { '0.bridges': [undefined] },
  },
  CoarseVector: { args: () => [8, 4, counts()], closed: ['2'] },
  FullVector: { args: () => [8] },
  LimitedPointers: { args: () => [8, 2, true, counts()], closed: ['3'] },
  PointerLists: { args: () => [8, counts()], closed: ['1'] },
  makeSharers: { args: () => [{ format: 'coarse', bits: 4 }, 8, counts()], closed: ['2'] },
};

export const DEVICES: Readonly<Record<string, Door>> = {
  Console: {
    args: () => [
      sim(),
      'console',
      { outputCharacters: 80, interruptTo: 0, interruptCode: 5, bridge: 2, flits: { control: 2 } },
    ],
  },
  Disk: {
    args: () => [
      sim(),
      'disk',
      { model: hp97560, scheduling: 'fcfs', immediateReport: false, map: map(), bridge: 2, flits: { control: 2 } },
    ],
    closed: ['2.model.seek'],
    takes: {
      '2.model.rotationsPerMinute': [0.5],
      '2.model.headSwitchMs': [0.5],
      '2.model.overheadMs': [0.5],
      '2.model.busMBytesPerSecond': [0.5],
    },
  },
  DiskMechanism: {
    args: () => [{ ...hp97560 }, 1000],
    takes: {
      ...{
        '0.rotationsPerMinute': [0.5],
        '0.headSwitchMs': [0.5],
        '0.overheadMs': [0.5],
        '0.busMBytesPerSecond': [0.5],
      },
      ...{
        '0.seek.shortBaseMs': [0.5],
        '0.seek.shortRootMs': [0.5],
        '0.seek.longBaseMs': [0.5],
        '0.seek.longSlopeMs': [0.5],
      },
    },
  },
  IntervalTimer: {
    args: () => [
      sim(),
      'timer',
      { processor: 0, periodTicks: 100, phaseTicks: 3, on: true, interruptCode: 4, bridge: 2, flits: { control: 2 } },
    ],
  },
  NetworkCard: {
    args: () => [
      sim(),
      'card',
      { address: 1, mtuBytes: 1500, buffers: 8, map: map(), bridge: 2, flits: { control: 2 } },
    ],
  },
  NetworkSegment: {
    args: () => [sim(), 'segment', { ticksPerByte: 8, overheadBytes: 38, leastBytes: 46, addresses: [1, 2] }],
  },
  TimeOfDayClock: { args: () => [sim(), 'clock', { unit: 'ns', epoch: 0, processors: 2, flits: { control: 2 } }] },
};

const loadOptions = () => ({
  ...{
    topology: small(),
    pattern: trafficPattern('uniform', { sizes: [2, 2] }),
    flits: 2,
    routers: null,
    toItself: false,
  },
  ...{ seed: 'doors', warmUpCycles: 10, measureCycles: 20, drainCycles: 100, latencyLimit: 500 },
});

export const INTERCONNECT: Readonly<Record<string, Door>> = {
  OpenLoop: {
    args: () => [
      sim(),
      'source',
      {
        node: 0,
        pattern: () => 1,
        rate: 0.25,
        flits: 2,
        lane: 0,
        cycleTicks: 2,
        toItself: false,
        sent: () => {},
        arrived: () => {},
      },
    ],
    takes: { '2.rate': [0.5] },
  },
  RouterNetwork: {
    args: () => [
      sim(),
      'network',
      { topology: crossbar({ nodes: 2, attach: LINK }), destination: () => 0, routers: { ...ROUTERS }, ordered: [1] },
    ],
    closed: ['2.topology'],
  },
  latencyAgainstLoad: { args: () => [loadOptions(), [0.25]], closed: ['0'], takes: { '1.0': [0.5] } },
  measureLoad: {
    args: () => [loadOptions(), 0.25],
    closed: ['0.topology'],
    takes: { '1': [0.5], '0.latencyLimit': [0.5, 2 ** 60, Infinity] },
  },
  routerFaults: {
    args: () => [small(), { ...ROUTERS }],
    closed: ['0'],
    // It returns what is wrong.
    then: faults => {
      if ((faults as string[]).length > 0) throw new RangeError((faults as string[]).join());
    },
  },
  trafficPattern: { args: () => ['hotspot', { sizes: [2, 2], hotspot: 1 }], takes: { '1.hotspot': [undefined] } },
};

export const MEMORY: Readonly<Record<string, Door>> = {
  Directory: {
    args: () => [
      { processors: 2, firstFrame: 0, frameShift: 5, format: { format: 'sparse', sets: 4, ways: 2 }, counts: counts() },
    ],
    closed: ['0.counts'],
  },
  NodeController: {
    args: () => [
      sim(),
      'controller',
      {
        ...{ node: 0, map: map(), protocol: mesi, flits: { control: 2, data: 18 }, counters: { ...counterOptions } },
        timing: {
          ...{
            requestOut: 1,
            lookupLocal: 1,
            lookupRemote: 1,
            forwardOut: 1,
            forwardIn: 1,
            responseOut: 1,
            responseIn: 1,
          },
          ...{ homeOccupancy: 1, passOccupancy: 1 },
        },
        memory: { accessTicks: 4, bankTicks: 4, banks: 2 },
        directory: { format: { format: 'full' }, ticksPerCell: 0 },
      },
    ],
    takes: { '2.counters': [null], '2.directory': [undefined] },
  },
  PageCounters: { args: () => [2, 0, { ...counterOptions }] },
  SparseEntries: { args: () => [4, 2] },
};

const processorOptions = () => ({
  ...caches(),
  ...{ processor: 0, clock: new TimeBase(1000).clock(MHz(100)), tlbEntries: 8, l2Ticks: 3, storeBuffer: 2 },
});

export const PROCESSOR: Readonly<Record<string, Door>> = {
  IoBridge: {
    args: () => [
      sim(),
      'bridge',
      { bridge: 2, map: map(), protocol: mesi, lines: 4, lineTicks: 3, devices: 1, flits: { control: 2, data: 18 } },
    ],
  },
  MissHistory: { args: () => [64] },
  PrivateCaches: {
    args: () => ['caches', { processor: 0, path: 'p', send: () => {}, completed: () => {}, fail: NO_FAULTS }, caches()],
    closed: ['1.processor'],
  },
  Processor: {
    args: () => [sim(), 'cpu', processorOptions()],
    takes: { '2.storeBuffer': [undefined] },
  },
  checkGeometry: { args: () => ['cache', { ...CACHE }] },
  FirstLevel: { args: () => ['cache', { ...CACHE }] },
  SecondLevel: { args: () => ['cache', { ...CACHE }, 1] },
  Tlb: { args: () => [8], takes: {} },
};
