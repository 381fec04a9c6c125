/** What the check of memory finds, shown by breaking what it looks at. */
import { describe, expect, it } from '@jest/globals';
import { us } from '../../lib/engine/time.js';
import { machineFrame, physicalPage, type MachineFrame } from '../../lib/messages/addresses.js';
import type { Disco } from '../../lib/monitor/disco.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import type { MachinePage } from '../../lib/monitor/memory/machine-page.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { HEAP } from '../guest/commodity/running.js';
import { withGuests } from './support/virtual.js';

/** A guest in the middle of a program that uses some pages; no handler of the monitor is at work. */
function inTheMiddle(): Disco {
  function* main(): Program {
    for (let round = 0; ; round++) {
      for (let page = 0; page < 8; page++) yield store((HEAP + page) * 4096, round);
      for (let page = 0; page < 8; page++) yield load((HEAP + page) * 4096);
      yield compute(100_000);
    }
  }
  const { machine, disco } = withGuests({ processors: 2, guests: [{ programs: { main } }] });
  const step = machine.simulation.ticks(us(50));
  for (let until = 40 * step; ; until += step) {
    machine.run({ until });
    if (disco.cpus.every(({ busy }) => !busy) && mapped(disco) !== undefined) return disco;
  }
}

/** A page of the guest that its processor maps for writing. */
function mapped({ memory, cpus }: Disco): MachinePage | undefined {
  const writable = [...cpus[0].processor.tlb.mappings()].filter(mapping => mapping.writable);
  const pages = writable.map(({ frame }) => memory.memmap.pageOf(machineFrame(frame)));
  return pages.find(page => page?.mappings.size === 1) ?? undefined;
}

type Breakage = (disco: Disco, page: MachinePage) => void;

/** A frame that nobody has. */
const freeFrame = ({ frames }: Disco): MachineFrame => {
  for (let frame = 0; ; frame++) if (!frames.isTaken(machineFrame(frame))) return machineFrame(frame);
};

/** What is broken, and what is said about it. */
const BREAKAGES: readonly (readonly [what: string, Breakage, said: RegExp])[] = [
  ['a frame that is lost', ({ memory }, page) => memory.memmap.set(page.frame, null), /neither free nor anybody's/],
  ['a frame given back while it is mapped', ({ frames }, page) => frames.give(page.frame), /is free and in use/],
  ["a frame that is the monitor's too", ({ space }, page) => space.owned.add(page.frame), /monitor's and that of/],
  [
    'a copy that the memmap does not know',
    (disco, page) => (page.replicas = new Map([[1, freeFrame(disco)]])),
    /which the memmap does not say/,
  ],
  ["a home that is not the frame's", (_, page) => (page.home = 1 - page.home), /which is not on node/],
  [
    'a user whose pmap does not know',
    (_, page) => page.users.push({ ...page.users[0], physical: physicalPage(2047) }),
    /is not physical page 2047/,
  ],
  ['a physical page whose page does not know', (_, page) => page.users.splice(0), /says so 0 times/],
  ['a busy page that nobody works on', (_, page) => (page.busy = true), /is busy/],
  [
    'a page without holders',
    (_, page) => {
      const { pmap, physical } = page.users.pop()!;
      pmap.set(physical, null);
    },
    /is nobody's/,
  ],
  ['a translation that no backmap knows', (_, page) => page.mappings.clear(), /does not know/],
  ['a backmap without a translation', (_, page) => page.mappings.add(2 * 64 + 5), /is not mapped by 133/],
  [
    'a page that has moved under a translation',
    (disco, page) => {
      page.frame = freeFrame(disco);
    },
    /is elsewhere/,
  ],
  ['a shared page that may be written', (_, page) => page.keepers++, /for writing, and it is shared/],
  [
    'an entry that the guest has not',
    ({ scheduler }) => {
      const { second, tlb } = scheduler.queues[0].owner!;
      second!.flush();
      for (let i = 0; i < 64; i++) tlb.drop(i);
    },
    /has no such entry/,
  ],
  [
    'an entry that the guest has for another page',
    (_, page) => {
      const { pmap, physical } = page.users[0];
      pmap.set(physical, null);
    },
    /says something else/,
  ],
  ['translations of nobody', ({ scheduler }) => (scheduler.queues[0].owner = null), /for nobody/],
  ['a pmap of a machine that is gone', ({ machines }) => (machines[0] = null), /1 pmaps for 0/],
];

describe('the check of memory', () => {
  it('finds nothing in a sound monitor', () => {
    expect(checkDisco(inTheMiddle())).toEqual([]);
  });

  it.each(BREAKAGES)('finds %s', (_, breakIt, said) => {
    const disco = inTheMiddle();
    breakIt(disco, mapped(disco)!);
    expect(checkDisco(disco).join('\n')).toMatch(said);
  });
});
