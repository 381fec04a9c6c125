/** Machine memory on a machine, and guests that are nothing but loads and stores through the hardware's TLBs. */
import { machineFacts } from '../../../lib/machine/load-meter.js';
import { machineFrame, physicalPage } from '../../../lib/messages/addresses.js';
import { HOT_PAGE, InterruptMessage } from '../../../lib/messages/coherence-messages.js';
import { checkMemory } from '../../../lib/monitor/memory/check-memory.js';
import { frameContents } from '../../../lib/monitor/memory/frame-contents.js';
import { MachineMemory } from '../../../lib/monitor/memory/machine-memory.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { Pmap } from '../../../lib/monitor/memory/pmap.js';
import { SHOOTDOWN } from '../../../lib/monitor/memory/shootdown.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { firstTouch } from '../../../lib/placement/policies/static/first-touch.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { compute, load, store, wait } from '../../../lib/processor/operations.js';
import { StepsBench, type Piece, type StepsBenchOptions } from './steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

const PAGE_BYTES = 4096;
/** Virtual pages of a machine: an even number for each of its physical pages, so that entries map one page each. */
const MACHINE_PAGES = 4096;

/** What a case changes. */
export interface MemoryBenchOptions extends StepsBenchOptions {
  readonly policy?: PlacementPolicy;
  /** Processors flush when they turn to another virtual machine, as the scheduler of the monitor has them do. Not unless given. */
  readonly owners?: boolean;
}

/** Memory, and virtual machines numbered from 0 of so many physical pages each. */
export class MemoryBench extends StepsBench {
  readonly memory: MachineMemory;
  readonly pmaps: readonly Pmap[];
  /** Frames of which the miss counters were cleared, in order. */
  readonly cleared: number[] = [];
  private readonly owners: boolean;
  private readonly next: number[];

  constructor(machines: number, pages: number, options: MemoryBenchOptions = {}) {
    super(options);
    const { machine, frames, space, code, cpus } = this;
    this.owners = options.owners ?? false;
    this.next = cpus.map(() => 0);
    this.memory = new MachineMemory({
      ...{ cpus, frames, space, code, policy: options.policy ?? firstTouch(), keepDecisions: 100 },
      nowNs: () => machine.elapsedNs,
      facts: machineFacts(machine, 'monitor'),
      clearCounters: frame => this.cleared.push(frame),
    });
    this.handlers.set(SHOOTDOWN, (cpu, a) => this.memory.shootdown.acknowledge(cpu, a));
    this.pmaps = Array.from({ length: machines }, (_, number) =>
      this.memory.pmaps.add(number, `vm${number}`, pages, number % machine.map.nodes),
    );
  }

  /** Runs lists of pieces, one for each processor, phase after phase: each begins when all have ended the one before. */
  phases(...phases: readonly (readonly (readonly Piece[])[])[]): void {
    const lists: Piece[][] = this.cpus.map(() => []);
    for (const phase of phases) {
      const all = { arrived: 0 };
      for (const [i, list] of lists.entries()) list.push(...(phase[i] ?? []), cpu => this.meet(cpu, all));
    }
    const ended: number[] = [];
    this.run(...lists.map((list, i) => [...list, () => noted(ended, i)]));
    if (ended.length < this.cpus.length) throw new Error(`only processors ${ended.join(', ')} came to the end`);
  }

  /** What does not hold now, with everything at rest. */
  check(keepers?: (page: MachinePage) => number): string[] {
    const { memory, cpus, space, machine } = this;
    const contents = frameContents(machine);
    return checkMemory({
      memory,
      cpus,
      owned: [...space.owned],
      contents,
      ...(keepers === undefined ? {} : { keepers }),
    });
  }

  private *meet({ processor }: MonitorCpu, all: { arrived: number }): Code {
    all.arrived++;
    for (const cpu of this.cpus) if (cpu.processor !== processor) cpu.processor.wake();
    while (all.arrived < this.cpus.length) yield wait();
  }

  /** A store of a guest: through a translation that it has, or else through one that the monitor loads. False without memory. */
  *write(cpu: MonitorCpu, machine: number, physical: number, word: number, value: number): Code<boolean> {
    if (!(yield* this.translate(cpu, machine, physical, true))) return false;
    yield store(this.address(machine, physical, word), value);
    return true;
  }

  /** A load of a guest. -1 without memory. */
  *read(cpu: MonitorCpu, machine: number, physical: number, word: number): Code<number> {
    if (!(yield* this.translate(cpu, machine, physical, false))) return -1;
    return yield load(this.address(machine, physical, word));
  }

  /** What the hardware says when a node has missed often on a frame, in its first interval. */
  hotPage(cpu: MonitorCpu, frame: number, misses: readonly number[], writeBacks = 0): Code {
    const counts = Int32Array.from([...misses, 0, writeBacks, 0]);
    return this.memory.placement.hotPage(
      cpu,
      new InterruptMessage(1, HOT_PAGE, -1, cpu.number, frame, cpu.node, counts),
    );
  }

  /** Value of a word of a frame at rest. */
  word(frame: number, word: number): number {
    return frameContents(this.machine)(machineFrame(frame))[word];
  }

  /** The page of a physical page that has one. */
  page(machine: number, physical: number): MachinePage {
    return this.pmaps[machine].get(physicalPage(physical))!;
  }

  private address(machine: number, physical: number, word: number): number {
    return (machine * MACHINE_PAGES + 2 * physical) * PAGE_BYTES + 4 * word;
  }

  private *translate(cpu: MonitorCpu, machine: number, physical: number, write: boolean): Code<boolean> {
    const pmap = this.pmaps[machine];
    const { hardware, processor, node, number } = cpu;
    if (this.owners && hardware.owner !== pmap) hardware.flush(pmap);
    const pair = (machine * MACHINE_PAGES) / 2 + physical;
    const present = processor.tlb.probe(pair, 0);
    if (present >= 0 && (!write || processor.tlb.translate(2 * pair, 1) >= 0)) return true;
    const page = write
      ? yield* this.memory.ownPage(cpu, pmap, physicalPage(physical), false)
      : yield* this.memory.pageAt(cpu, pmap, physicalPage(physical), false);
    if (page === null) return false;
    const again = processor.tlb.probe(pair, 0);
    const index = again >= 0 ? again : this.next[number]++ % hardware.entries;
    hardware.write(index, pair, 0, { page, frame: page.frameFor(node), writable: page.single }, null);
    return true;
  }
}

function* noted(ended: number[], processor: number): Code {
  ended.push(processor);
  yield compute(1);
}
