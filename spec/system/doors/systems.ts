/** The doors of machines and of what runs on them: presets, monitor, guests, traces, tests and experiments. */
import { AddressMap } from '../../../lib/messages/address-map.js';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import { leanKernel } from '../../../lib/guest/bare/costs.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { CommodityKernel } from '../../../lib/guest/commodity/kernel.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { resolve, type MachineSpecification } from '../../../lib/machine/specification/specification.js';
import { Replay, type ReplayOptions } from '../../../lib/experiments/replay/replay.js';
import { freeMoves } from '../../../lib/placement/log/costs.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import { missCounting } from '../../../lib/placement/policies/counters/miss-counting.js';
import { verghese1996 } from '../../../lib/placement/policies/counters/presets.js';
import { memory } from '../../../lib/testing/views.js';
import { classicLitmusTests } from '../../../lib/litmus/classics.js';
import { sequential } from '../../../lib/traces/synthetic/walks.js';
import { syntheticTrace } from '../../../lib/traces/synthetic/synthetic.js';
import { readLackey } from '../../../lib/traces/formats/lackey.js';
import { header, logOf } from '../../placement/log/logs.js';
import type { Door } from './door.js';

const SMALL = 2 ** 20;
export const small = (): MachineSpecification => ({
  ...presets['disco-1997']({ nodes: 2 }),
  nodes: { count: 2, processors: 1, memoryBytes: SMALL },
});
const machine = (): Machine => buildMachine(small(), { seed: 'doors' });
const map = (): AddressMap => new AddressMap({ frames: [16, 16], processors: [1, 1], pageBytes: 4096, lineBytes: 128 });
const mixed = () => ({
  ...{
    streams: 2,
    references: 16,
    baseAddress: 0x1000,
    footprintBytes: 4096,
    streamDistanceBytes: 4096,
    gapInstructions: 2,
  },
  storePercent: 10,
});
const random = (): number => 0.5;
const streams = () => sequential(mixed(), random);
const trace = () => syntheticTrace('doors', streams());
const first = (steps: unknown): unknown => (steps as Iterator<unknown>).next();
const references = () => ({ words: Int32Array.from([4, 8]), gaps: Uint16Array.from([1, 1]) });
const kernelOptions = () => ({
  ...{ profile: irix, processors: 1, pages: 2048, countsPerTick: 1000, tickNs: 1e7, sliceTicks: 3, mostProcesses: 16 },
  ...{ executables: new Map(), mapped: false },
});

let made: CommodityKernel | null = null;
/** One for all calls: making it takes longer than they do. */
const kernel = (): CommodityKernel => (made ??= new CommodityKernel(kernelOptions()));

export const MACHINE: Readonly<Record<string, Door>> = {
  buildMachine: {
    args: () => [small(), { seed: 1, counters: { threshold: 8, sampling: 1, bits: 8, delayNs: 0, resetNs: 1e6 } }],
    // The specification itself is walked by a spec of its own below.
    closed: ['0'],
    takes: { '1.seed': [-1, 0.5, '1', 2 ** 60], '1.counters': [null, undefined] },
  },
  draw: { args: () => [small()], closed: ['0.nodes', '0.processor', '0.memory', '0.controller', '0.network'] },
  FlatMemory: { args: () => [map(), { nodeOfPage: () => 0, refillCycles: 5 }] },
  physicalLayout: { args: () => [map(), 'linear', 4] },
  readLatencyNs: { args: () => [resolve(small()), machine().topology, 0, 1], closed: ['0', '1'] },
  readParts: {
    args: () => [resolve(small()), machine().topology, { reader: 0, home: 1, owner: 0 }],
    closed: ['0', '1'],
    takes: { '2.owner': [null] },
  },
  resolve: { args: () => [small()], closed: ['0.nodes', '0.processor', '0.memory', '0.controller', '0.network'] },
  Disco: {
    args: () => [
      machine(),
      {
        secondLevelTlb: { entries: 64, ways: 2 },
        quantumNs: 1e6,
        gang: false,
        keepDecisions: 0,
        consoleCharacters: 80,
      },
    ],
    takes: {
      '1': [undefined],
      '1.secondLevelTlb': [null, undefined],
      '1.quantumNs': [undefined],
      '1.keepDecisions': [undefined, Infinity],
      '1.consoleCharacters': [undefined],
    },
  },
};

/** Every preset takes the same options, and `resolve` judges what they come to. */
export const PRESETS: Readonly<Record<string, Door>> = Object.fromEntries(
  Object.entries(presets).map(([name, preset]) => [
    name,
    {
      args: () => [{ nodes: name === 'xeon-2s-cxl' ? 3 : 2, l2Bytes: 2 ** 20 }],
      call: (options: { nodes: number }) => resolve(preset(options)),
      takes: { '0': [undefined], '0.nodes': [undefined], '0.l2Bytes': [undefined] },
    },
  ]),
);

export const GUEST: Readonly<Record<string, Door>> = {
  BareKernel: {
    args: () => [
      {
        ...{
          map: map(),
          policy: firstTouch(),
          costs: { ...leanKernel },
          latencyNs: () => 1,
          nowNs: () => 0,
          colours: 4,
        },
        ...{ clearCounters: () => {}, keepDecisions: 3 },
      },
    ],
    closed: ['0.policy.wants', '0.policy.needs'],
    takes: { '0.keepDecisions': [Infinity] },
  },
  CommodityKernel: { args: () => [kernelOptions()], closed: ['0.profile'] },
  ConsoleServices: { args: () => [kernel(), { bridge: 2, device: 0 }] },
  FramePool: { args: () => [map(), 4] },
  PageStore: { args: () => [16] },
  SystemProcess: { args: () => [0, 4, ''] },
  ThreadProcess: { args: () => [3, '', machine().processors], closed: ['2'] },
  rootHandle: { args: () => [3] },
  makeFileSystem: { args: () => [{ blocks: 256, inodes: 64 }, {}], then: first },
  SplashOS: {
    args: () => [
      {
        ...{ processors: 1, threads: 1, programPages: 16, dataPages: 16, pages: 256, mapped: false },
        scheduler: { spinTurns: 10, turnCycles: 8 },
      },
    ],
  },
};

const walk = () => ({ ...mixed(), strideBytes: 64 });
const sharing = () => {
  const { streams: count, references: length, baseAddress, footprintBytes, gapInstructions } = mixed();
  return { streams: count, references: length, baseAddress, footprintBytes, gapInstructions };
};
const lackey = new TextEncoder().encode('I  00001000,4\n L 00002000,4\n');

export const WORKLOADS: Readonly<Record<string, Door>> = {
  sequential: { args: () => [mixed(), random], takes: {} },
  uniform: { args: () => [mixed(), random] },
  strided: { args: () => [walk(), random] },
  zipf: { args: () => [{ ...mixed(), itemBytes: 64, exponent: 1 }, random], takes: { '0.exponent': [0.5] } },
  workingSet: { args: () => [{ ...mixed(), workingSetBytes: 256, phaseReferences: 8, alignBytes: 64 }, random] },
  producerConsumer: { args: () => [{ ...sharing(), stepBytes: 64 }] },
  migratory: { args: () => [{ ...sharing(), stepBytes: 64 }] },
  readShared: { args: () => [sharing(), random] },
  checkSynthetic: { args: () => [mixed()], closed: ['0.storePercent'] },
  checkMixed: { args: () => [mixed()] },
  buildStreams: { args: () => [mixed(), () => 0], closed: ['0.storePercent'] },
  syntheticTrace: { args: () => ['doors', streams()], closed: ['1.0', '1.1'] },
  whole: { args: () => ['name', 3, 0, 9], closed: ['2', '3'] },
  words: { args: () => ['name', 4, 0, 8], closed: ['2', '3'] },
  shorten: { args: () => [trace(), 0.5], closed: ['0.streams', '0.lacks', '0.remarks'], takes: { '1': [0.5] } },
  replayThread: { args: () => [streams()[0], 5], then: first, closed: ['0.marks', '0.tail', '0.counts'] },
  replaySystem: { args: () => [streams()[0], 5], then: first, closed: ['0.marks', '0.tail', '0.counts'] },
  spreadPages: {
    args: () => [
      references(),
      {
        from: [{ kind: 'heap', firstPage: 0, pages: 1, touched: 1 }],
        to: { firstPage: 8, pages: 4 },
        references: 1,
        random: { below: () => 0, next: () => 0 },
      },
    ],
    closed: ['1.from.0.touched', '1.random'],
  },
  referenceStatistics: {
    args: () => {
      const cache = { sizeBytes: 1024, ways: 2, lineBytes: 32 };
      return [
        references(),
        { tlbEntries: 8, l1i: cache, l1d: cache, l2: { sizeBytes: 4096, ways: 2, lineBytes: 128 }, warmRounds: 1 },
      ];
    },
  },
  readLackey: {
    args: () => [64],
    call: (fetchLineBytes: number) => readLackey(lackey, { name: 'doors', fetchLineBytes }),
  },
  readTrace: { args: () => [lackey, { name: 'doors', fetchLineBytes: 64 }] },
  allowedOutcomes: {
    args: () => [classicLitmusTests()[0], 'sc', 100_000],
    closed: ['0'],
    takes: { '2': [undefined] },
  },
  outcomeSteps: {
    args: () => [classicLitmusTests()[0], 'sc', 100_000],
    closed: ['0'],
    takes: { '2': [undefined] },
    then: first,
  },
  cycleLitmusTests: { args: () => [2] },
  MemoryLimit: { args: () => [2 ** 30], takes: { '0': [undefined] } },
  outcomeOffset: { args: () => [classicLitmusTests()[0], 1], closed: ['0'] },
};

const testOptions = () => ({
  ...{
    seed: 'doors',
    accesses: 20,
    protocol: mesi,
    nodes: 2,
    processorsPerNode: 1,
    topology: 'ring',
    network: 'booking',
  },
  ...{ checks: 4, jitter: false, deadlockTicks: 50_000 },
});
const evidence: Door = { args: () => [1, { timeNs: 5 }], takes: { '1': [undefined], '1.timeNs': [0.5, 2 ** 60] } };

export const TESTING: Readonly<Record<string, Door>> = {
  ...Object.fromEntries(
    ['countedMiss', 'firstTouchBy', 'hintFault', 'hotPage', 'replicaWrite', 'sampledAccess'].map(name => [
      name,
      evidence,
    ]),
  ),
  interval: { args: () => [5], takes: { '0': [0.5, undefined, 2 ** 60] } },
  memoryPressure: { args: () => [1, 5], takes: { '1': [0.5, undefined, 2 ** 60] } },
  memory: {
    args: () => [{ nodes: 4, frames: 10, full: [1] }],
    takes: { '0': [undefined], '0.nodes': [undefined], '0.frames': [undefined], '0.full': [undefined] },
  },
  page: {
    args: () => [{ page: 3, home: 1, replicas: [2], misses: [0, 1], writes: 1, moves: 1 }],
    takes: { '0': [undefined], '0.home': [-1] },
  },
  checkPolicy: {
    args: () => [firstTouch, { seed: 'doors', runs: 1, symmetric: true }],
    takes: { '1': [undefined], '1.runs': [undefined], '1.symmetric': [undefined] },
  },
  assertPolicy: {
    args: () => [firstTouch, { seed: 'doors', runs: 1, symmetric: true }],
    takes: { '1': [undefined], '1.runs': [undefined], '1.symmetric': [undefined] },
  },
  repeat: { args: () => [2, { node: 0, page: 0 }], closed: ['1'] },
  scenario: {
    args: () => [missCounting({ ...verghese1996.options, trigger: 32 }), [{ node: 1, page: 0, timeNs: 5 }], memory()],
    closed: ['0.wants', '0.needs', '2.random'],
    takes: {
      ...{ '0.counters.delayNs': [0.5], '0.counters.resetNs': [0.5] },
      ...{ '1.0.timeNs': [undefined, 0.5, 2 ** 60], '2': [undefined] },
    },
  },
  replayLog: {
    args: () => [firstTouch(), logOf(header(2), [{ page: 0 }]), { ...freeMoves }, { seed: 'doors', frames: [1, 1] }],
    closed: ['0.wants', '0.needs'],
    takes: {
      ...Object.fromEntries(Object.keys(freeMoves).map(name => [`2.${name}`, [0.5, 2 ** 60]])),
      ...{ '3': [undefined], '3.frames': [undefined] },
    },
  },
  explore: {
    args: () => [mesi, { caches: 1, lines: 1, limit: 50, pointers: 2 }],
    takes: { '1.lines': [undefined], '1.limit': [undefined, Infinity], '1.pointers': [undefined] },
    closed: ['0.cache', '0.home'],
  },
  randomTest: { args: () => [testOptions()], closed: ['0.protocol'] },
  RandomTester: { args: () => [testOptions()], closed: ['0.protocol'] },
  randomSweep: {
    args: () => [{ seed: 'doors', accesses: 1000, protocols: ['MSI'], nodes: 4, processorsPerNode: 2 }],
    closed: ['0.protocols'],
    takes: { '0.nodes': [undefined], '0.processorsPerNode': [undefined], '0.accesses': [] },
  },
  sequenceChart: {
    args: () => [
      { kind: 'SWMR', what: 'two writers', depth: 1, steps: [] },
      { caches: 2, lines: 1 },
    ],
    closed: ['0.depth', '0.steps'],
  },
  runLitmus: { args: () => [classicLitmusTests()[0], { model: 'sc', runs: 1, seed: 'doors' }], closed: ['0'] },
  litmusSteps: {
    args: () => [classicLitmusTests()[0], { model: 'sc', runs: 1, seed: 'doors' }],
    closed: ['0'],
    then: first,
  },
};

const inTrace = ['0.streams', '0.lacks', '0.remarks'];

/** A replay, and what is made of one. */
const REPLAYED: Door = {
  args: () => [
    {
      trace: trace(),
      machine: resolve(small()),
      policy: firstTouch(),
      seed: 1,
      copies: 1,
      staggerCycles: 0,
      localityPages: 8,
    },
  ],
  closed: ['0.trace.streams', '0.trace.lacks', '0.trace.remarks', '0.machine', '0.policy.wants', '0.policy.needs'],
  takes: { '0.seed': [-1, 0.5, '1', 2 ** 60] },
};

export const EXPERIMENTS: Readonly<Record<string, Door>> = {
  runJob: { args: () => [[() => ({ advance: () => false, result: () => 1 })]] },
  comparedReplays: {
    args: () => [{ trace: trace(), machines: [resolve(small())], policies: ['first-touch'], seed: 1, copies: 1 }],
    closed: ['0.trace.streams', '0.trace.lacks', '0.trace.remarks', '0.machines.0'],
    takes: { '0.seed': [-1, 0.5, '1', 2 ** 60] },
    then: replays => new Replay((replays as readonly ReplayOptions[])[0]),
  },
  fittingPolicies: { args: () => [trace(), ['first-touch']], closed: inTrace, takes: { '1': [undefined] } },
  lackingFacts: { args: () => [trace(), firstTouch()], closed: [...inTrace, '1.wants', '1.needs'] },
  instancesOf: { args: () => [1, () => ({ disks: [] })] },
  withRemoteLatency: { args: () => [resolve(presets['disco-1997']({ nodes: 2 })), 3], closed: ['0'] },
  measureRead: { args: () => [small(), { reader: 0, home: 0, owner: 1 }], closed: ['0'], takes: { '1.owner': [null] } },
  sizedMachine: {
    args: () => ['disco-1997', { processors: 2, memoryBytes: 2 ** 24, l2Bytes: 2 ** 20 }],
    takes: { '1': [undefined], '1.processors': [undefined], '1.memoryBytes': [undefined], '1.l2Bytes': [undefined] },
  },
  networkSweep: {
    args: () => [
      {
        ...{ topology: 'mesh', k: 2, pattern: 'uniform', flits: 2, rates: [0.25], cycles: 20, seed: 's' },
        routers: { virtualChannels: 2, bufferFlits: 4, pipelineCycles: 2, creditCycles: 1 },
      },
    ],
    then: first,
    takes: { '0.rates.0': [0.5] },
  },
  sharesOf: { args: () => [8, 2] },
  recordMisses: REPLAYED,
  MissRecording: REPLAYED,
  Replay: REPLAYED,
};
