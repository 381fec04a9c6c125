/** A small machine with the bare-machine kernel on it, for specs: tiny caches, few frames, programs as threads. */
import { machineFacts } from '../../lib/machine/load-meter.js';
import { BareKernel } from '../../lib/guest/bare/bare-kernel.js';
import { leanKernel } from '../../lib/guest/bare/costs.js';
import { frameFor } from '../../lib/guest/bare/pages.js';
import type { Process } from '../../lib/guest/bare/process.js';
import { ThreadProcess } from '../../lib/guest/bare/thread-process.js';
import { buildMachine, type Machine } from '../../lib/machine/machine.js';
import { presets } from '../../lib/machine/presets/presets.js';
import type { MachineSpecification } from '../../lib/machine/specification/specification.js';
import { lineNumber, machineFrame } from '../../lib/messages/addresses.js';
import { firstTouch } from '../../lib/placement/policies/static/first-touch.js';
import { missCounting, type MissCountingOptions } from '../../lib/placement/policies/counters/miss-counting.js';
import { place, stay } from '../../lib/placement/decision.js';
import type { Decision } from '../../lib/placement/decision.js';
import type { Evidence } from '../../lib/placement/evidence.js';
import type { PlacementPolicy } from '../../lib/placement/policy.js';
import type { PageView } from '../../lib/placement/views.js';
import { call, type Operation, type Program } from '../../lib/processor/operations.js';
import type { Processor } from '../../lib/processor/processor.js';

/** Bytes of a page, and of a line. */
export const PAGE = 4096;
export const LINE = 128;

/** What a case changes. */
export interface KernelMachineOptions {
  readonly nodes?: number;
  readonly processorsPerNode?: number;
  readonly framesPerNode?: number;
  readonly tlbEntries?: number;
  /** Size of the second-level cache. */
  readonly l2Bytes?: number;
  readonly policy?: PlacementPolicy;
  readonly runAhead?: boolean;
  readonly seed?: number;
  /** Instead of one process of threads for all processors that have a program. */
  readonly process?: (processor: Processor) => Process;
}

/** A machine with its kernel. */
export interface KernelMachine {
  readonly machine: Machine;
  readonly kernel: BareKernel;
  readonly processors: readonly Processor[];
}

/** The paper's machine, but small: eight lines of first-level cache, 16 of second-level unless told. */
export function smallMachine(options: KernelMachineOptions = {}): MachineSpecification {
  const { nodes = 4, processorsPerNode = 1, framesPerNode = 16, tlbEntries = 4, l2Bytes = 2048 } = options;
  const disco = presets['disco-1997']({ nodes });
  const level = { sizeBytes: 512, ways: 2, lineBytes: 64 };
  return {
    ...disco,
    nodes: { count: nodes, processors: processorsPerNode, memoryBytes: framesPerNode * PAGE },
    processor: {
      ...disco.processor,
      ...{ tlbEntries, l1i: level, l1d: level },
      l2: { sizeBytes: l2Bytes, ways: 2, lineBytes: LINE },
    },
  };
}

/** Wires it and loads one program per processor, null for none. */
export function kernelMachine(
  programs: readonly (Program | null)[],
  options: KernelMachineOptions = {},
): KernelMachine {
  const { policy = firstTouch(), runAhead = true, seed = 1 } = options;
  const machine = buildMachine(smallMachine(options), { seed, runAhead, counters: policy.counters ?? null });
  const { processors } = machine;
  const all = processors.map((_, i) => programs[i] ?? null);
  const kernel = new BareKernel({
    map: machine.map,
    policy,
    costs: leanKernel,
    facts: machineFacts(machine, 'kernel'),
    nowNs: () => machine.elapsedNs,
    colours: 1,
    clearCounters: frame => machine.controllers[machine.map.homeOfFrame(frame)].counters?.clear(frame),
    keepDecisions: 1000,
  });
  const threads = new ThreadProcess(
    7,
    '',
    processors.filter((_, i) => all[i] !== null),
  );
  for (const processor of processors) kernel.assign(processor, options.process?.(processor) ?? threads);
  machine.load(kernel, all);
  return { machine, kernel, processors };
}

/** Looks at the invariants after which a game of a few hundred accesses goes round in circles: it takes up to some thousand. */
const MOST_LOOKS = 20_000;

/** Runs to the end, and checks the invariants there and every `events` events. Throws if the end does not come. */
export function runChecked(system: KernelMachine, events = Infinity): void {
  for (let looks = 0; system.machine.run({ events }) === 'event limit'; looks++) {
    demand(looks < MOST_LOOKS, `the game does not end within ${MOST_LOOKS * events} events`);
    checkInvariants(system);
  }
  checkInvariants(system);
}

/**
 * Throws unless translations and frames are consistent: whoever has a translation is a known holder and uses the frame
 * meant for its node, replicas are read-only everywhere, frames belong to one page each, and none is lost.
 */
export function checkInvariants({ machine, kernel, processors }: KernelMachine): void {
  const owned = new Set<number>();
  for (const page of kernel.pages.pages) {
    const replicas = [...(page.replicas ?? [])];
    for (const [node, frame] of replicas) {
      demand(
        machine.map.homeOfFrame(frame) === node && node !== page.home,
        `${page.label} has a replica on a wrong node`,
      );
    }
    const frames = [...(page.frame < 0 ? [] : [page.frame]), ...replicas.map(([, frame]) => frame)];
    for (const frame of frames) {
      demand(!owned.has(frame), `frame ${frame} belongs to two pages`);
      demand(kernel.pages.ofFrame(frame) === page, `frame ${frame} does not know that it is of ${page.label}`);
      owned.add(frame);
    }
    if (page.frame >= 0) demand(machine.map.homeOfFrame(page.frame) === page.home, `${page.label} is not at home`);
  }
  for (let frame = 0; frame < machine.map.frames; frame++)
    demand(
      kernel.pages.ofFrame(machineFrame(frame)) === undefined || owned.has(frame),
      `frame ${frame} is not what it says`,
    );
  for (const processor of processors) checkTranslations(kernel, processor);
}

function checkTranslations(kernel: BareKernel, processor: Processor): void {
  for (const { page: number, space, frame, writable } of processor.tlb.mappings()) {
    const what = `${processor.path} maps page ${number} to frame ${frame}, which`;
    const page = kernel.pages.ofFrame(machineFrame(frame));
    if (page === undefined) throw new Error(`${what} holds no page`);
    const mapped = page.mappings.some(mapping => mapping.space === space && mapping.page === number);
    demand(mapped, `${what} holds another page, ${page.label}`);
    demand(page.holders.has(processor), `${what} does not know it as a holder`);
    if (page.busy) continue;
    demand(frame === frameFor(page, processor.nodeNumber), `${what} is not the one for its node`);
    demand(!writable || page.replicas === null, `${what} has replicas, for writing`);
  }
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** A word of a frame as the machine has it: in the owner's cache, or else in memory. */
export function wordAt({ machine }: Pick<KernelMachine, 'machine'>, frame: number, offset: number): number {
  const line = (frame << machine.map.frameShift) + Math.floor(offset / LINE);
  const home = machine.controllers[machine.map.homeOfLine(lineNumber(line))];
  const owner = home.directory.owner[home.directory.entry(lineNumber(line))];
  const copy = owner < 0 ? undefined : [...machine.processors[owner].caches.lines()].find(held => held.line === line);
  const data = copy === undefined ? home.lineInMemory(lineNumber(line)) : copy.data;
  return data === null ? 0 : data[(offset % LINE) / 4];
}

/** Frames in use that belong to no page: those of the kernel. */
export function kernelFrames({ machine, kernel }: KernelMachine): number {
  const { map } = machine;
  let free = 0;
  for (let node = 0; node < map.nodes; node++) free += kernel.frames.free(node);
  const pages = kernel.pages.pages.reduce(
    (sum, page) => sum + (page.frame < 0 ? 0 : 1) + (page.replicas?.size ?? 0),
    0,
  );
  return map.frames - free - pages;
}

/** Miss counting that moves pages at once: every second miss, as often as it likes. */
export function eager(changes: Partial<MissCountingOptions> = {}): PlacementPolicy {
  return missCounting({
    ...{ trigger: 2, sharing: 1, writes: 1, moves: 1000, migration: true, replication: true },
    ...{ sampling: 1, bits: 16, delayNs: 0, resetNs: 1e9 },
    ...changes,
  });
}

/** Everybody meets: two operations of every program. */
export const barrier: readonly Operation[] = [call({ sync: 'barrier-enter' }), call({ sync: 'barrier-leave' })];

/** A program of these operations; what they return goes into `results`. */
export function* run(operations: readonly Operation[], results: number[] = []): Program {
  for (const operation of operations) results.push(yield operation);
}

/** A policy that places every page on a node, and answers everything else with `answer`. */
export function onNode(
  home: number,
  answer: (evidence: Evidence, page: PageView) => Decision = () => stay('told'),
  threshold = 2,
): PlacementPolicy {
  return {
    name: 'told',
    wants: ['hot-page', 'replica-write'],
    needs: [],
    counters: { threshold, sampling: 1, bits: 16, delayNs: 0, resetNs: 1e9 },
    decide: (evidence, page) => (evidence.kind === 'first-touch' ? place(home, 'told') : answer(evidence, page)),
  };
}
