/** Events that can be explained: for each a program that comes to it, on the bare machine and under the monitor. */
import { BareKernel } from '../../guest/bare/bare-kernel.js';
import { leanKernel } from '../../guest/bare/costs.js';
import { ThreadProcess } from '../../guest/bare/thread-process.js';
import { open, read, sproc, waitForChild } from '../../guest/commodity/calls/system-calls.js';
import { buildMachine } from '../../machine/machine.js';
import { compute, interrupt, load, spinWhile, store, type Program } from '../../processor/operations.js';
import type { Code } from '../../system/code.js';
import { namedPolicy } from '../policies.js';
import type { EventWindow } from './recorder.js';
import { bareSystem, discoSystem, explainedMachine, MEMORY, type GuestProgram, type Prepared } from './systems.js';
import { betweenMarks, hotPageInterrupt, mark } from './windows.js';

/** An event, in one of the systems that it is watched in. */
export interface EventSide {
  readonly name: string;
  /** In what it differs from the event of the other side, if not only by the monitor; null if it does not. */
  readonly note: string | null;
  prepare(): Prepared;
}

/** An event that can be explained. */
export interface ExplainedEvent {
  readonly title: string;
  /** What happens before, and what is watched. */
  readonly about: string;
  readonly window: () => EventWindow;
  /** The bare machine, then what is compared with it. */
  readonly sides: readonly [EventSide, ...EventSide[]];
}

const PAGE = 4096;
const LINE = 128;
/** More pages than 64 TLB entries of two pages map. */
const BEYOND_TLB = 150;

/** A word of a page, in another line of each, so that they do not push each other out of the caches. */
const wordOf = (page: number): number => MEMORY + page * PAGE + (page % (PAGE / LINE)) * LINE;

function* tlbMiss(): Program {
  for (let page = 0; page < BEYOND_TLB; page++) yield store(wordOf(page), page);
  yield mark();
  yield load(wordOf(0));
  yield mark();
  yield compute(1);
}

function* pageFault(): Program {
  for (let page = 0; page < 20; page++) yield store(wordOf(page), page);
  yield mark();
  yield store(wordOf(20), 20);
  yield mark();
  yield compute(1);
}

/** The file page that is read last is not in the kernel's memory: there is no reading ahead. */
function readsFile(watched: boolean): GuestProgram {
  return {
    files: true,
    *program() {
      const file = yield open('/data');
      for (let page = 0; page < 6; page++) yield read(file, MEMORY + page * PAGE, PAGE);
      if (watched) yield mark();
      yield read(file, MEMORY, PAGE);
      if (watched) yield mark();
      yield compute(1);
    },
  };
}

const PING = 9;
const ROUNDS = 4;

/** One processor asks, the other answers by a store; the last of some rounds is watched. */
const ping: GuestProgram = {
  *first(kernel, { processor }) {
    const flag = kernel.allocate('flag', LINE);
    const other = 1 - processor!.number;
    kernel.interrupts.set(PING, function* (round): Code {
      yield store(flag, round);
    });
    yield store(flag, 0);
    for (let round = 1; round <= ROUNDS; round++) {
      yield compute(20_000);
      if (round === ROUNDS) yield mark();
      yield interrupt(other, PING, round);
      yield spinWhile(flag, round - 1, 4);
      if (round === ROUNDS) yield mark();
    }
    yield compute(1);
  },
};

/** Misses of a node that make a page hot: half of its lines. */
const TRIGGER = 16;
const policy = () => namedPolicy('migrate', { trigger: TRIGGER, sharing: TRIGGER / 2 });
const SHARED = MEMORY + 64 * PAGE;

/** Touches a page first, so that it is on its node, and goes on using one line of it. */
function* staysAt(): Program {
  for (let turn = 0; turn < 4000; turn++) {
    yield load(SHARED);
    yield compute(200);
  }
}

/** Reads a page of another node, line after line, so that it becomes hot. */
function* readsFar(): Program {
  yield compute(100_000);
  yield load(SHARED);
  yield mark();
  for (let turn = 0; turn < 4; turn++)
    for (let line = 0; line < PAGE / LINE; line++) {
      yield load(SHARED + line * LINE);
      yield compute(100);
    }
}

const migrates: GuestProgram = {
  *program() {
    yield store(SHARED, 1);
    yield sproc(readsFar);
    yield* staysAt() as Code;
    yield waitForChild();
  },
};

/** Two threads under the kernel that replays have: IRIX 5.3 does not move pages. */
function bareMigration(): Prepared {
  const moves = policy();
  const machine = buildMachine(explainedMachine(2), { seed: '1997', runAhead: false, counters: moves.counters });
  const { map, controllers, processors } = machine;
  const kernel = new BareKernel({
    map,
    policy: moves,
    costs: leanKernel,
    colours: 128,
    latencyNs: (from, to) => machine.readLatencyNs(from, to),
    nowNs: () => machine.elapsedNs,
    clearCounters: frame => controllers[map.homeOfFrame(frame)].counters?.clear(frame),
    keepDecisions: 0,
  });
  const process = new ThreadProcess(0, '', processors);
  for (const processor of processors) kernel.assign(processor, process);
  machine.load(kernel, [staysAt(), readsFar()]);
  return { machine, names: () => null, run: () => void machine.run() };
}

const BARE = 'the bare machine';
const DISCO = 'Disco';

/** All events by name. */
export const EXPLAINED_EVENTS = {
  'tlb-miss': {
    title: 'A TLB miss of a user program',
    about: `A program has used ${BEYOND_TLB} pages. It loads from the first, whose translation is in the page table and no more in the TLB.`,
    window: betweenMarks,
    sides: [
      { name: BARE, note: null, prepare: () => bareSystem(1, { program: tlbMiss }) },
      {
        name: DISCO,
        note: 'The second-level TLB has the translation.',
        prepare: () => discoSystem(1, [{ program: tlbMiss }]),
      },
      {
        name: `${DISCO} without its second-level TLB`,
        note: 'As it goes when the second-level TLB does not have the translation.',
        prepare: () => discoSystem(1, [{ program: tlbMiss }], { secondLevelTlb: null }),
      },
    ],
  },
  'page-fault': {
    title: 'A page fault: the first store to a page of zeros',
    about: 'A program stores to its twenty-first page, as it has to twenty before.',
    window: betweenMarks,
    sides: [
      { name: BARE, note: null, prepare: () => bareSystem(1, { program: pageFault }) },
      { name: DISCO, note: null, prepare: () => discoSystem(1, [{ program: pageFault }]) },
    ],
  },
  'cow-read': {
    title: 'A read from a disk that virtual machines share',
    about:
      'A program reads the next 4 KB of a file, which are not in the memory of its kernel. Under Disco another virtual machine has read them before.',
    window: betweenMarks,
    sides: [
      {
        name: BARE,
        note: 'There is no other system that could have read the page: the same call reads it from the disk.',
        prepare: () => bareSystem(1, readsFile(true)),
      },
      {
        name: DISCO,
        note: 'The page of the other virtual machine is mapped, to be copied if one of them stores to it.',
        prepare: () => discoSystem(1, [readsFile(false), readsFile(true)]),
      },
    ],
  },
  migration: {
    title: 'A page moves to the node that misses on it',
    about: `A thread reads a page of another node, line after line. After ${TRIGGER} misses the page counters interrupt it. A thread on the other node has a translation, too.`,
    window: hotPageInterrupt,
    sides: [
      {
        name: BARE,
        note: 'IRIX 5.3 moves no pages: this is the kernel with which recorded programs are replayed, which asks the same policy.',
        prepare: bareMigration,
      },
      { name: DISCO, note: null, prepare: () => discoSystem(2, [migrates], { policy: policy() }) },
    ],
  },
  ipi: {
    title: 'An interrupt from one processor to another',
    about:
      'Kernel code interrupts the other processor, which is idle, and spins until the handler there has stored a word.',
    window: betweenMarks,
    sides: [
      { name: BARE, note: null, prepare: () => bareSystem(2, ping) },
      { name: DISCO, note: null, prepare: () => discoSystem(2, [ping]) },
    ],
  },
} as const satisfies Record<string, ExplainedEvent>;

/** The name of an event. */
export type ExplainedEventName = keyof typeof EXPLAINED_EVENTS;
