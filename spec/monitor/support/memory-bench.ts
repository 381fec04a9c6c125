/** Machine memory on a machine, and guests that are nothing but loads and stores through the hardware's TLBs. */
import { HOT_PAGE, InterruptMessage } from '../../../lib/coherence/messages.js';
import { wordOf } from '../../../lib/coherence/line-data.js';
import { MachineMemory } from '../../../lib/monitor/memory/machine-memory.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { Pmap } from '../../../lib/monitor/memory/pmap.js';
import { SHOOTDOWN } from '../../../lib/monitor/memory/shootdown.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import type { Steps } from '../../../lib/monitor/steps.js';
import { firstTouch } from '../../../lib/placement/first-touch.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { load, store } from '../../../lib/processor/operations.js';
import { StepsBench, type StepsBenchOptions } from './steps-bench.js';

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
      latencyNs: (from, to) => machine.readLatencyNs(from, to),
      clearCounters: frame => this.cleared.push(frame),
    });
    this.handlers.set(SHOOTDOWN, (cpu, a) => this.memory.shootdown.acknowledge(cpu, a));
    this.pmaps = Array.from({ length: machines }, (_, number) =>
      this.memory.addPmap(number, `vm${number}`, pages, number % machine.map.nodes),
    );
  }

  /** A store of a guest: through a translation that it has, or else through one that the monitor loads. False without memory. */
  *write(cpu: MonitorCpu, machine: number, physical: number, word: number, value: number): Steps<boolean> {
    if (!(yield* this.translate(cpu, machine, physical, true))) return false;
    yield store(this.address(machine, physical, word), value);
    return true;
  }

  /** A load of a guest. -1 without memory. */
  *read(cpu: MonitorCpu, machine: number, physical: number, word: number): Steps<number> {
    if (!(yield* this.translate(cpu, machine, physical, false))) return -1;
    return yield load(this.address(machine, physical, word));
  }

  /** What the hardware says when a node has missed often on a frame. */
  hotPage(cpu: MonitorCpu, frame: number, misses: readonly number[], writes = 0): Steps {
    const counts = Int32Array.from([...misses, writes]);
    return this.memory.placement.hotPage(
      cpu,
      new InterruptMessage(1, HOT_PAGE, -1, cpu.number, frame, cpu.node, counts),
    );
  }

  /** Value of a word of a frame, wherever it is at rest. */
  word(frame: number, word: number): number {
    const { map, processors, controllers } = this.machine;
    const line = (frame << map.frameShift) + Math.floor((word * 4) / map.lineBytes);
    const place = word % (map.lineBytes / 4);
    for (const { caches } of processors)
      for (const copy of caches.lines()) if (copy.line === line && copy.state !== 'I') return wordOf(copy.data, place);
    return wordOf(controllers[map.homeOfLine(line)]!.lineInMemory(line), place);
  }

  /** The page of a physical page that has one. */
  page(machine: number, physical: number): MachinePage {
    return this.pmaps[machine]!.get(physical)!;
  }

  private address(machine: number, physical: number, word: number): number {
    return (machine * MACHINE_PAGES + 2 * physical) * PAGE_BYTES + 4 * word;
  }

  private *translate(cpu: MonitorCpu, machine: number, physical: number, write: boolean): Steps<boolean> {
    const pmap = this.pmaps[machine]!;
    const { hardware, processor, node, number } = cpu;
    if (this.owners && hardware.owner !== pmap) hardware.flush(pmap);
    const pair = (machine * MACHINE_PAGES) / 2 + physical;
    const present = processor.tlb.probe(pair, 0);
    if (present >= 0 && (!write || processor.tlb.translate(2 * pair, 1) >= 0)) return true;
    const page = write
      ? yield* this.memory.ownPage(cpu, pmap, physical, false)
      : yield* this.memory.pageAt(cpu, pmap, physical, false);
    if (page === null) return false;
    const again = processor.tlb.probe(pair, 0);
    const index = again >= 0 ? again : this.next[number]!++ % hardware.entries;
    hardware.write(index, pair, 0, { page, frame: page.frameFor(node), writable: page.single }, null);
    return true;
  }
}
