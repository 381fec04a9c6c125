/** Events that can be explained: for each a program that comes to it, on the bare machine and under the monitor. */
import { bareMigration, migrates, movingPolicy, TRIGGER } from './migration.js';
import { BEYOND_TLB, FAULTED, pageFault, ping, readsFile, tlbMiss } from './programs.js';
import { bareSystem, discoSystem, type Prepared } from './systems.js';
import { betweenMarks, hotPageInterrupt, type EventWindow } from './windows.js';

/** An event, in one of the systems that it is watched in. */
export interface EventSide {
  readonly name: string;
  /** In what it differs from the event of the bare machine, if not only by the monitor; null if it does not. */
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
  readonly sides: readonly [bare: EventSide, ...others: EventSide[]];
}

/** The name of an event. */
export type ExplainedEventName = 'tlb-miss' | 'page-fault' | 'cow-read' | 'migration' | 'ipi';

const BARE = 'the bare machine';
const DISCO = 'Disco';

/** All events by name. */
export const EXPLAINED_EVENTS: Readonly<Record<ExplainedEventName, ExplainedEvent>> = {
  'tlb-miss': {
    title: 'A TLB miss of a user program',
    about: `A program uses ${BEYOND_TLB} pages in turn. It loads from the first, whose line is in the cache and whose translation is no longer in the TLB.`,
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
        note: 'The same happens when the second-level TLB does not have the translation.',
        prepare: () => discoSystem(1, [{ program: tlbMiss }], { secondLevelTlb: null }),
      },
    ],
  },
  'page-fault': {
    title: 'A page fault: the first store to a page of zeros',
    about: `A program stores to a page for the first time, as it has to ${FAULTED} pages before.`,
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
        note: 'No other system could have read the page before: the same call reads it from the disk.',
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
      { name: DISCO, note: null, prepare: () => discoSystem(2, [migrates], { policy: movingPolicy() }) },
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
};
