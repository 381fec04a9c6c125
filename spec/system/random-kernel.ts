/** Random machines under the small kernel: what their programs do in user mode, and how they are put together. */
import fc from 'fast-check';
import { randomStream } from '../../lib/engine/random.js';
import { Context } from '../../lib/processor/context.js';
import {
  annotate,
  block,
  call,
  compute,
  copy,
  interrupt,
  load,
  loadLinked,
  readRegister,
  spinWhile,
  store,
  storeConditional,
  zero,
} from '../../lib/processor/operations.js';
import { packReference, type References } from '../../lib/processor/references.js';
import { Register } from '../../lib/processor/registers.js';
import { KSEG0 } from '../../lib/processor/segments.js';
import { Activity } from '../../lib/processor/software.js';
import { cases, remains, type Case } from './random-machines.js';
import { CALLS, SmallKernel, type Code, type KernelOptions } from './small-kernel.js';
import { wire } from './wire.js';

const PAGE = 4096;
const LINE = 512;
const FRAMES = 16;
/** Ticks after which a run is over. */
const LIMIT = 2_000_000;
/** Pages that programs touch at random, and the one by which they synchronise. */
const PAGES = 8;
const LOCK = PAGES * PAGE;
const SHARED = LOCK + LINE;
const MET = LOCK + 2 * LINE;

/** One thing that a program does. */
type Deed = readonly [kind: (typeof DEEDS)[number], a: number, b: number];

const DEEDS = [
  ...(['load', 'load', 'load', 'store', 'store', 'store', 'compute', 'block', 'block', 'copy', 'zero'] as const),
  ...(['call', 'call', 'call', 'interrupt', 'interrupt', 'increment', 'locked', 'refused', 'annotate'] as const),
] as const;

/** A machine, its kernel and what its programs do. */
export interface KernelCase {
  readonly machine: Case['machine'];
  readonly kernel: Pick<KernelOptions, 'slice' | 'refillCycles' | 'wired'>;
  readonly seed: number;
  /** Deeds by processor and program. */
  readonly programs: readonly (readonly (readonly Deed[])[])[];
}

/** Any case, for up to `deeds` deeds of each program. */
export function kernelCases(deeds: number): fc.Arbitrary<KernelCase> {
  const deed = fc.tuple(fc.constantFrom(...DEEDS), fc.nat({ max: 0xffff }), fc.nat({ max: 0xffff }));
  return cases(1).chain(({ machine }) => {
    const count = machine.processors.reduce((sum, processors) => sum + processors, 0);
    const program = fc.array(deed, { minLength: 1, maxLength: deeds, size: 'max' });
    return fc.record({
      machine: fc.constant({ ...machine, counters: null }), // hot pages of a kernel that serves them would never end
      kernel: fc.record({
        slice: fc.integer({ min: 2000, max: 8000 }),
        refillCycles: fc.nat({ max: 20 }),
        wired: fc.nat({ max: 2 }),
      }),
      seed: fc.nat(),
      programs: fc.array(fc.array(program, { minLength: 1, maxLength: 2 }), { minLength: count, maxLength: count }),
    });
  });
}

/** A case, wired and loaded, with what its programs have seen. */
export function buildKernel({ machine: options, kernel, seed, programs }: KernelCase, runAhead: boolean) {
  const { nodes } = options.topology;
  const physicalPages = nodes * FRAMES;
  // Dealt over the nodes: what the kernel reaches in kseg0 is everywhere.
  const layout = Int32Array.from(
    { length: physicalPages },
    (_, page) => (page % nodes) * FRAMES + Math.floor(page / nodes),
  );
  const machine = wire(nodes, { ...options, seed, runAhead, queue: null, layout });
  const parties = programs.flat().length;
  const seen: number[][] = [];
  const contexts = programs.map((some, processor) =>
    some.map((deeds, program) => {
      const values: number[] = [];
      seen.push(values);
      return new Context(perform(deeds, `${seed} ${processor} ${program}`, parties, machine.cpus.length, values));
    }),
  );
  const replay = references(`${seed}`, 30, KSEG0 + 3 * PAGE, 1);
  const system = new SmallKernel({ ...kernel, physicalPages, replay }, contexts);
  for (const cpu of machine.cpus) cpu.load(system, new Context(system.boot(cpu), Activity.Kernel));
  return { machine, system, seen };
}

/** Runs a case; all that it has left behind. */
export function kernelOutcome(made: KernelCase, runAhead: boolean): Record<string, unknown> {
  const built = buildKernel(made, runAhead);
  // Programs may starve where a slice of the timer is hardly longer than its handler.
  const end = built.machine.sim.run({ until: LIMIT });
  const { cpus } = built.machine;
  return {
    end,
    ...remains(built),
    services: cpus.map(({ services }) => [services!.account.report(), [...services!.counts]]),
    registers: cpus.map(({ registers }) => Array.from({ length: 32 }, (_, number) => registers.read(number))),
  };
}

/** The program of a list of deeds. What it finds changes what it does. */
function* perform(deeds: readonly Deed[], name: string, parties: number, processors: number, seen: number[]): Code {
  let last = 0;
  for (const [i, [kind, a, b]] of deeds.entries()) {
    const address = (a % PAGES) * PAGE + (b % 4) * LINE + ((a >> 4) % 3) * 4;
    const other = (b % PAGES) * PAGE + ((a >> 3) % 4) * LINE;
    switch (kind) {
      case 'load':
        seen.push((last = yield load(address)));
        break;
      case 'store':
        yield store(address, (a << 8) ^ i ^ (last & 0xff));
        break;
      case 'compute':
        yield compute((a % 60) + (last & 7));
        break;
      case 'block': {
        const replay = references(`${name} ${i}`, 5 + (a % 60), 0, PAGES);
        yield block(replay, a % 3, replay.words.length);
        break;
      }
      case 'copy':
        yield copy(address, other + 4 * (a & 1), 4 * (b % 400), a & 7);
        break;
      case 'zero':
        yield zero(other, 4 * (b % 300), a & 7);
        break;
      case 'call':
        seen.push(yield call(CALLS[a % CALLS.length]));
        break;
      case 'interrupt':
        yield interrupt(a % processors, 1 + (b % 3), b >> 2);
        break;
      case 'increment': {
        const before = yield loadLinked(SHARED);
        if (b % 3 === 0) yield compute(b % 50);
        seen.push(before, yield storeConditional(SHARED, before + 1));
        break;
      }
      case 'locked':
        yield* locked(name, a, seen);
        break;
      case 'refused':
        // A register, what belongs to the kernel, half a word.
        seen.push((last = yield [readRegister(Register.Count), load(KSEG0 + address), store(address + 2, 1)][a % 3]));
        break;
      case 'annotate':
        yield annotate(a % 5, -1, (a & 8) !== 0);
        break;
    }
  }
  yield* meet(parties);
  seen.push(yield load(SHARED), yield load(4 * parties));
  yield call('exit');
}

/** Takes the lock, changes two words and gives it back. Who waits sleeps until the line is taken away. */
function* locked(name: string, a: number, seen: number[]): Code {
  const random = randomStream('locked', name);
  for (;;) {
    if ((yield loadLinked(LOCK)) === 0 && (yield storeConditional(LOCK, 1)) === 1) break;
    yield spinWhile(LOCK, 1, 1 + (a % 17));
    yield compute(random.below(60));
  }
  const value = yield load(LOCK + 8);
  yield compute(a % 40);
  seen.push(value - (yield load(LOCK + 12)));
  yield store(LOCK + 8, value + 1);
  yield store(LOCK + 12, value + 1);
  yield store(LOCK, 0);
}

/** Waits until all programs have come. */
function* meet(parties: number): Code {
  for (let joined = 0, wait = 1; joined === 0; wait += 13) {
    const met = yield loadLinked(MET);
    joined = yield storeConditional(MET, met + 1);
    yield compute(wait);
  }
  for (let met = yield load(MET); met < parties;) met = yield spinWhile(MET, met, 11);
}

/** Packed references of all kinds from a base on, with runs that hit. */
function references(name: string, count: number, base: number, pages: number): References {
  const random = randomStream('references', name);
  const gaps = new Uint16Array(count);
  let address = 0;
  const words = Int32Array.from({ length: count }, (_, i) => {
    if (random.below(3) === 0) address = random.below(pages) * PAGE + random.below(4) * LINE;
    gaps[i] = random.below(2) * random.below(9);
    return packReference(base + address + random.below(8) * 4, random.below(3));
  });
  return { words, gaps };
}
