/** What always holds of machine memory when the monitor is at rest: no handler at work, no transfer under way. */
import { machineFrame, type MachineFrame } from '../../messages/addresses.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { FrameContents } from './frame-contents.js';
import type { MachineMemory } from './machine-memory.js';
import type { MachinePage } from './machine-page.js';

/** What is checked. */
export interface MemoryCheck {
  readonly memory: MachineMemory;
  readonly cpus: readonly MonitorCpu[];
  /** The monitor's own frames. */
  readonly owned: readonly MachineFrame[];
  /** Contents of frames, to compare replicas; not compared without. */
  readonly contents?: FrameContents;
  /** How many keepers a page has as those say that keep it; not compared without. */
  readonly keepers?: (page: MachinePage) => number;
}

/** Everything that does not hold, a sentence each; none if all is well. Changes nothing. */
export function checkMemory(check: MemoryCheck): string[] {
  return [
    ...framesOf(check),
    ...pmapsOf(check),
    ...pagesOf(check),
    ...check.cpus.flatMap(cpu => [...tlbOf(cpu, check)]),
  ];
}

/** Every frame is free, the monitor's, or holds one copy of one page. */
function* framesOf({ memory, owned }: MemoryCheck): Iterable<string> {
  const { frames, memmap } = memory;
  const { map } = frames;
  const own = new Set(owned);
  const free = new Int32Array(map.nodes);
  if (own.size !== owned.length) yield `the monitor has frames twice`;
  for (let number = 0; number < map.frames; number++) {
    const frame = machineFrame(number);
    const page = memmap.pageOf(frame);
    if (!frames.isTaken(frame)) free[map.homeOfFrame(frame)]++;
    if (page !== null && page.frame !== frame && page.replicas?.get(map.homeOfFrame(frame)) !== frame)
      yield `frame ${frame} holds page ${page.id}, which does not know`;
    const owners = Number(!frames.isTaken(frame)) + Number(own.has(frame)) + Number(page !== null);
    if (owners !== 1) yield `frame ${frame} is ${owners === 0 ? 'lost' : `${owners} things at once`}`;
  }
  for (let node = 0; node < map.nodes; node++)
    if (frames.free(node) !== free[node])
      yield `node ${node} has ${free[node]} free frames and counts ${frames.free(node)}`;
}

/** Pmaps and users of pages agree. */
function* pmapsOf({ memory }: MemoryCheck): Iterable<string> {
  for (const pmap of memory.pmaps.all)
    for (const [physical, page] of pmap.mapped()) {
      const where = `physical page ${physical} of ${pmap.name}`;
      if (memory.memmap.pageOf(page.frame) !== page) yield `${where} is page ${page.id}, which has no frame`;
      const times = page.users.filter(user => user.pmap === pmap && user.physical === physical).length;
      if (times !== 1) yield `${where} is ${times} times a user of page ${page.id}`;
    }
}

/** Each page by itself, and its copies. */
function* pagesOf({ memory, contents, keepers }: MemoryCheck): Iterable<string> {
  for (const page of memory.memmap.all()) {
    const { id, users, replicas } = page;
    for (const { pmap, physical } of users)
      if (!memory.pmaps.all.has(pmap) || pmap.get(physical) !== page)
        yield `page ${id} has a user, physical page ${physical} of ${pmap.name}, that does not know`;
    if (page.busy || page.waiters.length > 0) yield `page ${id} is busy at rest`;
    if (page.pins !== 0 || page.inputs !== 0) yield `page ${id} is pinned at rest`;
    if (users.length + page.keepers + page.pins === 0) yield `page ${id} is nobody's`;
    if (keepers !== undefined && keepers(page) !== page.keepers)
      yield `page ${id} counts ${page.keepers} keepers and has ${keepers(page)}`;
    if (page.home !== memory.frames.map.homeOfFrame(page.frame)) yield `page ${id} is not on node ${page.home}`;
    if (memory.states.replicated.has(page) !== (replicas !== null)) yield `replicas of page ${id} are not known`;
    for (const [node, frame] of replicas ?? []) {
      if (memory.memmap.pageOf(frame) !== page || memory.frames.map.homeOfFrame(frame) !== node || node === page.home)
        yield `page ${id} has a replica on node ${node} that is no replica`;
      const word = contents === undefined ? -1 : firstDifference(contents(page.frame), contents(frame));
      if (word >= 0) yield `word ${word} of page ${id} differs on node ${node}`;
    }
  }
}

/** What the hardware translates is what the backmaps say, of pages that exist, and writable only for whoever is alone. */
function* tlbOf({ processor, hardware, number, node }: MonitorCpu, { memory }: MemoryCheck): Iterable<string> {
  const base = 2 * hardware.entries * number;
  const halves = Array.from({ length: 2 * hardware.entries }, (_, half) => half).filter(
    half => hardware.pageAt(half) !== null,
  );
  const mappings = [...processor.tlb.mappings()];
  if (mappings.length !== halves.length)
    yield `processor ${number} translates ${mappings.length} pages, the monitor knows ${halves.length}`;
  for (const [i, half] of halves.entries()) {
    const page = hardware.pageAt(half)!;
    const what = `page ${page.id} as processor ${number} maps it`;
    const { frame, writable } = mappings[i] ?? { frame: page.frameFor(node), writable: false };
    if (memory.memmap.pageOf(page.frame) !== page) yield `${what} does not exist`;
    if (frame !== page.frameFor(node)) yield `${what} is frame ${frame}, not ${page.frameFor(node)}`;
    if (writable && !page.single) yield `${what} is writable, but is not one user's alone`;
    if (writable !== hardware.mayWrite(base + half)) yield `${what} is not writable as the monitor knows`;
    if (!page.mappings.has(base + half)) yield `${what} lacks its backmap`;
    const { owner } = hardware;
    if (owner !== null && !page.users.some(({ pmap }) => pmap === owner)) yield `${what} is not ${owner.name}'s`;
  }
  for (const page of memory.memmap.all())
    for (const mapping of page.mappings)
      if (mapping >= base && mapping < base + 2 * hardware.entries && hardware.pageAt(mapping - base) !== page)
        yield `page ${page.id} has a backmap of processor ${number} that maps something else`;
}

function firstDifference(a: Int32Array, b: Int32Array): number {
  return a.findIndex((word, i) => word !== b[i]);
}
