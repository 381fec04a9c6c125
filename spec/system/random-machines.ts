/**
 * Random machines and programs, and everything that can be seen of a run: what must not depend on how it is executed.
 * 320 lines, most of them the list of what may vary.
 */
import fc from 'fast-check';
import type { EventQueue } from '../../lib/engine/queue/queue.js';
import { randomStream } from '../../lib/engine/random.js';
import { machineFrame } from '../../lib/messages/addresses.js';
import {
  block,
  call,
  compute,
  copyFrame,
  clearFrame,
  interrupt,
  fence,
  load,
  loadLinked,
  machineLoad,
  machineStore,
  store,
  storeConditional,
  wait,
  type Program,
} from '../../lib/processor/operations.js';
import { packReference, ReferenceKind, type References } from '../../lib/processor/references.js';
import { fromMatrix } from '../../lib/topology/shapes/from-matrix.js';
import { crossbar } from '../../lib/topology/shapes/crossbar.js';
import { mesh } from '../../lib/topology/shapes/mesh.js';
import { ring } from '../../lib/topology/shapes/ring.js';
import type { Topology } from '../../lib/topology/topology.js';
import { KERNEL_FRAMES, NAP, SharedSoftware, type SoftwareOptions } from './shared-software.js';
import { wire, wordsOf, type Machine, type MachineOptions } from './wire.js';

/** One thing that a program does. */
export interface Deed {
  readonly kind: (typeof DEEDS)[number];
  /** Whatever it needs to know: addresses, cycles, receivers are derived from these. */
  readonly a: number;
  readonly b: number;
}

const DEEDS = [
  'load',
  'load',
  'load',
  'store',
  'store',
  'store',
  'compute',
  'compute',
  'block',
  'block',
  'machine load',
  'machine store',
  'copy',
  'clear',
  'interrupt',
  'interrupt',
  'nap',
  'count',
  'locked',
  'fence',
  'increment',
  'increment',
] as const;

/** A machine, its software and what its processors do between meetings. */
export interface Case {
  readonly machine: Omit<MachineOptions, 'runAhead' | 'queue' | 'seed'>;
  readonly software: Omit<SoftwareOptions, 'free' | 'parties'>;
  readonly seed: number;
  /** Whether programs mostly look at a few lines, which stay in their caches until somebody writes. */
  readonly hot: boolean;
  /** Deeds by processor. */
  readonly programs: readonly (readonly Deed[])[];
}

/** The smallest page of the processor, of eight lines. */
const PAGE = 4096;
const LINE = 512;
/** Pages that programs touch, and of each a few lines: sharing, true and false, and conflicts. */
const PAGES = 10;
const FRAMES = 16;

const ticks = (max: number): fc.Arbitrary<number> => fc.oneof(fc.nat({ max: 3 }), fc.nat({ max }));
const latency = (max: number): fc.Arbitrary<number> => ticks(max - 1).map(value => value + 1);

const link = fc.record({ latency: latency(40), ticksPerFlit: fc.nat({ max: 4 }) });

const topologies: fc.Arbitrary<Topology> = fc.oneof(
  fc.record({ nodes: fc.integer({ min: 1, max: 6 }), attach: link }).map(crossbar),
  fc.record({ routers: fc.integer({ min: 1, max: 4 }), attach: link, link, nodesPerRouter: fc.constant(1) }).map(ring),
  fc
    .record({
      columns: fc.integer({ min: 1, max: 3 }),
      rows: fc.integer({ min: 1, max: 2 }),
      attach: link,
      link,
      nodesPerRouter: fc.constant(1),
    })
    .map(mesh),
  fc
    .integer({ min: 1, max: 6 })
    .chain(nodes =>
      fc.array(fc.array(latency(80), { minLength: nodes, maxLength: nodes }), { minLength: nodes, maxLength: nodes }),
    )
    .chain(rows => fc.nat({ max: 3 }).map(ticksPerFlit => fromMatrix(rows, ticksPerFlit))),
);

const timing = fc.record({
  requestOut: ticks(12),
  lookupLocal: ticks(20),
  lookupRemote: ticks(20),
  forwardOut: ticks(12),
  forwardIn: ticks(12),
  responseOut: ticks(12),
  responseIn: ticks(12),
  homeOccupancy: ticks(12),
  passOccupancy: ticks(6),
});

const counters = fc.option(
  fc.record({
    threshold: fc.integer({ min: 1, max: 12 }),
    sampling: fc.integer({ min: 1, max: 3 }),
    bits: fc.integer({ min: 4, max: 11 }),
    delayTicks: fc.nat({ max: 50 }),
    resetTicks: fc.integer({ min: 100, max: 5000 }),
  }),
);

const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(...DEEDS),
  a: fc.nat({ max: 0xffff }),
  b: fc.nat({ max: 0xffff }),
});

/** Any case, for up to `deeds` deeds of each processor. */
export function cases(deeds: number): fc.Arbitrary<Case> {
  return topologies
    .chain(topology => {
      const { nodes } = topology;
      const each = { minLength: nodes, maxLength: nodes };
      return fc.record({
        topology: fc.constant(topology),
        processors: fc.array(fc.integer({ min: 1, max: 3 }), each),
        frames: fc.constant(Array.from({ length: nodes }, () => FRAMES)),
        pageBytes: fc.constant(PAGE),
        lineBytes: fc.constant(LINE),
        l1: fc.constantFrom(
          { sizeBytes: 64, ways: 1, lineBytes: 32 },
          { sizeBytes: 128, ways: 2, lineBytes: 32 },
          { sizeBytes: 256, ways: 4, lineBytes: 16 },
          { sizeBytes: 1024, ways: 2, lineBytes: LINE },
        ),
        l2: fc.constantFrom(
          { sizeBytes: 4 * LINE, ways: 2, lineBytes: LINE },
          { sizeBytes: 4 * LINE, ways: 1, lineBytes: LINE },
          { sizeBytes: 16 * LINE, ways: 4, lineBytes: LINE },
          { sizeBytes: 128 * LINE, ways: 2, lineBytes: LINE },
        ),
        l2Ticks: ticks(12),
        storeBuffer: fc.constantFrom(0, 0, 1, 2, 8),
        storeDelayCycles: fc.constantFrom(0, 0, 5, 400),
        tlbEntries: fc.integer({ min: 1, max: 8 }),
        period: fc.integer({ min: 1, max: 3 }),
        cpuWire: latency(30),
        networkWire: latency(6),
        timing,
        memory: fc.record({ accessTicks: ticks(50), bankTicks: latency(20), banks: fc.integer({ min: 1, max: 4 }) }),
        counters,
        flits: fc.constantFrom({ control: 1, data: 9 }, { control: 2, data: 5 }),
      });
    })
    .chain(options => {
      const count = options.processors.reduce((sum, processors) => sum + processors, 0);
      return fc.record({
        machine: fc.constant(options),
        software: fc.record({
          walks: fc.boolean(),
          refillCycles: fc.nat({ max: 20 }),
          faultEvery: fc.integer({ min: 2, max: 5 }),
        }),
        seed: fc.nat(),
        hot: fc.boolean(),
        programs: fc.array(fc.array(deed, { minLength: 1, maxLength: deeds, size: 'max' }), {
          minLength: count,
          maxLength: count,
          size: 'max',
        }),
      });
    })
    .map(made => made as unknown as Case);
}

/** A case, wired and loaded, with what its programs have seen. */
export function build(made: Case, how: { runAhead: boolean; queue?: EventQueue }) {
  const { machine: options, software, seed, programs } = made;
  const changes = { ...options, seed, runAhead: how.runAhead, queue: how.queue ?? null };
  const machine = wire(options.topology.nodes, changes);
  const free = Array.from({ length: machine.map.frames }, (_, frame) => frame).filter(
    frame => frame >= KERNEL_FRAMES && (frame & 1) === 0,
  );
  const system = new SharedSoftware({ ...software, free: spread(free), parties: machine.cpus.length });
  const seen = machine.cpus.map((): number[] => []);
  machine.cpus.forEach((cpu, i) => cpu.load(system, perform(programs[i], i, made, seen[i])));
  return { machine, system, seen };
}

/** Frames of different nodes in turn. */
function spread(frames: readonly number[]): number[] {
  return [...frames].sort((a, b) => (a % FRAMES) - (b % FRAMES) || a - b);
}

/** A machine that has run, what its software has logged and its programs have seen. */
interface Built {
  readonly machine: Machine;
  readonly system: { readonly log: readonly string[] };
  readonly seen: readonly (readonly number[])[];
}

/** All that a finished run has left behind. Settles the accounts. */
export function remains({ machine, system, seen }: Built): Record<string, unknown> {
  const { sim, cpus, homes, network, map } = machine;
  for (const cpu of cpus) cpu.settle();
  return {
    fingerprint: sim.fingerprint.toString(),
    now: sim.now,
    events: sim.events,
    seen,
    log: system.log,
    accounts: cpus.map(cpu => cpu.account.report()),
    statistics: sim.statistics().map(({ path, name, value }) => `${path}.${name} = ${value}`),
    caches: cpus.map(({ caches }) => [caches.fills, caches.upgrades, caches.evictions, caches.invalidations]),
    states: cpus.map(({ caches }) => [...caches.lines()].map(({ line, state }) => `${line} ${state}`)),
    tlbs: cpus.map(({ tlb }) => [...tlb.mappings()]),
    occupancy: homes.map(({ occupancy: { served, busyTicks, waitedTicks, largestQueue } }) => [
      ...[served, busyTicks, waitedTicks, largestQueue],
    ]),
    links: network.linkTraffic(),
    memory: Array.from({ length: map.frames << map.frameShift }, (_, line) => contents(machine, line)),
  };
}

/** Words of a line that are not 0, by index. */
function contents(machine: Machine, line: number): string {
  const words = wordsOf(machine, line);
  return words.some(word => word !== 0) ? words.flatMap((word, i) => (word === 0 ? [] : [`${i}: ${word}`])).join() : '';
}

/** Runs a case to its end, or for as long as `run` says. */
export function outcome(
  made: Case,
  how: { runAhead: boolean; queue?: EventQueue },
  run = (machine: Machine): void => void machine.sim.run(),
): Record<string, unknown> {
  const built = build(made, how);
  run(built.machine);
  return remains(built);
}

/** The program of a list of deeds. What it loads changes how long it computes and what it stores. */
function* perform(deeds: readonly Deed[], self: number, { machine, seed, hot }: Case, seen: number[]): Program {
  const processors = machine.processors.reduce((sum, count) => sum + count, 0);
  const frames = machine.topology.nodes * FRAMES;
  const pages = hot ? 1 : PAGES;
  let last = 0;
  for (const [i, { kind, a, b }] of deeds.entries()) {
    if (i % 8 === 7) seen.push(yield call('count'));
    const address = (a % pages) * PAGE + (b % 4) * LINE + ((a >> 4) % 3) * 4;
    switch (hot ? cooled(kind, a) : kind) {
      case 'load':
        seen.push((last = yield load(address)));
        break;
      case 'store':
        yield store(address, (self << 20) ^ (i << 8) ^ (last & 0xff));
        break;
      case 'compute':
        yield compute((a % 60) + (last & 7));
        break;
      case 'block': {
        const references = replay(`${seed} ${self} ${i}`, 5 + (a % 60), pages, hot);
        yield block(references, a % 3, references.words.length);
        break;
      }
      case 'machine load':
        seen.push((last = yield machineLoad(machineFrame(1), 4 * (a % 24))));
        break;
      case 'machine store':
        yield machineStore(machineFrame(1), 4 * (a % 24), (last + a) | 0);
        break;
      case 'copy':
        yield copyFrame(
          machineFrame(KERNEL_FRAMES + (a % (frames - KERNEL_FRAMES))),
          machineFrame(KERNEL_FRAMES + (b % (frames - KERNEL_FRAMES))),
          a & 3,
        );
        break;
      case 'clear':
        yield clearFrame(machineFrame(KERNEL_FRAMES + (a % (frames - KERNEL_FRAMES))), b & 3);
        break;
      case 'interrupt':
        yield interrupt(a % processors, 1 + (b % 5), a);
        break;
      case 'nap':
        yield interrupt(self, NAP, a);
        yield wait();
        break;
      case 'fence':
        yield fence();
        break;
      case 'increment': {
        const before = yield loadLinked(address);
        if (b % 3 === 0) yield compute(b % 50);
        if (b % 5 === 0) yield load((b % pages) * PAGE);
        seen.push(before, yield storeConditional(address, before + 1));
        break;
      }
      case 'count':
        seen.push(yield call('count'));
        break;
      case 'locked':
        yield call('acquire');
        seen.push((last = yield load(address)));
        yield store(address, last + 1);
        yield call('release');
        break;
    }
  }
  yield call('meet');
  seen.push(yield load(4 * self));
}

/** What is done instead where lines are hot: three of four stores and everything that sweeps through a cache are loads. */
function cooled(kind: Deed['kind'], a: number): Deed['kind'] {
  if (kind === 'store') return a % 4 === 0 ? 'store' : 'load';
  return kind === 'copy' || kind === 'clear' || kind === 'locked' || kind === 'nap' ? 'load' : kind;
}

/** Packed references of all kinds, user's and kernel's, with runs that hit. */
function replay(name: string, count: number, pages: number, hot: boolean): References {
  const random = randomStream('replay', name);
  const words = new Int32Array(count);
  const gaps = new Uint16Array(count);
  let address = 0;
  for (let i = 0; i < count; i++) {
    if (random.below(3) === 0) address = random.below(pages) * PAGE + random.below(4) * LINE;
    const kind = hot && random.below(8) > 0 ? ReferenceKind.Load : random.below(3);
    // Kernel code runs at addresses of its own, mapped or not; where it gets to data, it shares the user's.
    const segment = kind === ReferenceKind.Fetch ? [0, 0, 0, 0, 0x80000000, 0xc0000000][random.below(6)] : 0;
    words[i] = packReference(segment | (address + random.below(8) * 4), kind);
    gaps[i] = random.below(2) * random.below(9);
  }
  return { words, gaps };
}
