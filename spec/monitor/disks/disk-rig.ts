/** Virtual disks on a machine with the monitor's memory, and guests that use them from programs of the monitor. */
import { SILENT } from '../../support/counters.js';
import { physicalPage } from '../../../lib/messages/addresses.js';
import type { CommandContent } from '../../../lib/messages/io-messages.js';
import type { Disk } from '../../../lib/devices/disk.js';
import { hp97560 } from '../../../lib/devices/presets.js';
import type { DeviceHost } from '../../../lib/monitor/devices/virtual-device.js';
import { SharedDisk } from '../../../lib/monitor/disks/shared-disk.js';
import { VirtualDisk, type VirtualDiskOptions } from '../../../lib/monitor/disks/virtual-disk.js';
import { checkMemory } from '../../../lib/monitor/memory/check-memory.js';
import type { MachineMemory } from '../../../lib/monitor/memory/machine-memory.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { Pmap } from '../../../lib/monitor/memory/pmap.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { firstTouch, placeNear } from '../../../lib/placement/policies/static/first-touch.js';
import { migrate, replicate, stay } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { wait } from '../../../lib/processor/operations.js';
import { MemoryBench } from '../support/memory-bench.js';
import type { Piece } from '../support/steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

/** First code of the interrupts of disks. */
const DISKS = 16;
const MOST_GUESTS = 5;

/** Moves or replicates a page to the node that asks for it: the former if node 0 has counted a miss. */
const obedient: PlacementPolicy = {
  ...firstTouch(),
  name: 'obedient',
  wants: ['first-touch', 'hot-page'],
  counters: SILENT,
  decide({ kind, node }, { home, replicas, misses }, memory) {
    if (kind !== 'hot-page') return placeNear(node, memory);
    if (home === node || replicas.includes(node)) return stay('there already');
    return misses[0] === 0 ? replicate(node, 'asked') : migrate(node, 'asked');
  },
};

/** What a case changes. */
export interface DiskRigOptions {
  readonly nodes?: number;
  readonly framesPerNode?: number;
  readonly disks?: number;
  readonly model?: typeof hp97560;
  /** Of physical memory of each guest. */
  readonly pages?: number;
}

/** A machine, real disks, and the monitor's memory. */
export class DiskRig {
  readonly bench: MemoryBench;
  readonly memory: MachineMemory;
  readonly disks: readonly SharedDisk[];
  readonly real: readonly Disk[];
  readonly guests: Guest[] = [];
  /** What devices wanted while the monitor was at work, by processor. */
  private readonly deferred: (() => Code)[][];

  constructor({ nodes = 2, framesPerNode = 128, disks = 1, model = hp97560, pages = 4 }: DiskRigOptions = {}) {
    const devices = Array.from({ length: disks }, (_, i) => ({
      ...{ kind: 'disk' as const, node: i % nodes, model, scheduling: 'c-look' as const, immediateReport: false },
    }));
    this.bench = new MemoryBench(MOST_GUESTS, pages, { nodes, framesPerNode, devices, policy: obedient });
    const { machine, frames, space, code, cpus } = this.bench;
    this.deferred = cpus.map(() => []);
    this.memory = this.bench.memory;
    const attached = [...machine.devices.values()];
    this.real = attached.map(({ component }) => component as Disk);
    this.disks = attached.map(({ name, bridge, index, node }, i) => {
      const options = { name, bridge, index, node, interruptCode: DISKS + i };
      const { sectors } = this.real[i].mechanism;
      return new SharedDisk({ memory: this.memory, frames, space, code }, { ...options, sectors });
    });
    this.disks.forEach((disk, i) =>
      this.bench.handlers.set(DISKS + i, (cpu, a, b) => this.atWork(cpu, () => disk.interrupt(cpu, a, b))),
    );
  }

  /** A virtual machine with a disk, whose virtual processor is a processor of the machine. */
  guest(cpu: number, disk: number, options: Partial<VirtualDiskOptions> = {}): Guest {
    const guest = new Guest(this, cpu, this.disks[disk], options);
    this.guests.push(guest);
    return guest;
  }

  /** Runs programs, a list for each processor. A piece goes on when it waits for interrupts; otherwise it is a handler's. */
  run(...lists: readonly (readonly Piece[])[]): void {
    this.bench.run(...lists);
  }

  /** As the core does it: what comes while a handler is at work is done when it has ended. */
  *atWork(cpu: MonitorCpu, work: () => Code): Code {
    const deferred = this.deferred[cpu.number];
    if (cpu.busy) {
      deferred.push(work);
      return;
    }
    cpu.busy = true;
    yield* work();
    for (let next = deferred.shift(); next !== undefined; next = deferred.shift()) yield* next();
    cpu.busy = false;
    // What the work waited for may have taken the wake-up of the guest that it has interrupted.
    cpu.processor.wake();
  }

  /** Has a page of the machine moved or replicated to the node of a processor, if that is possible: the n-th there is, in a circle. */
  *move(cpu: MonitorCpu, n: number, away: boolean): Code {
    const pages = [...this.memory.memmap.all()];
    const page = pages[n % Math.max(1, pages.length)];
    if (page === undefined) return;
    const misses = this.bench.cpus.map(() => Number(away));
    yield* this.bench.hotPage(cpu, page.frameFor(cpu.node), misses);
  }

  /** What does not hold of machine memory, now that nothing is going on. */
  get faults(): string[] {
    const { memory, disks, bench } = this;
    const keepers = (page: MachinePage): number => disks.reduce((sum, disk) => sum + disk.keepersOf(page), 0);
    return checkMemory({ memory, cpus: bench.cpus, owned: [...bench.space.owned], keepers });
  }

  /** Frames that are taken, less the monitor's own. */
  get framesInUse(): number {
    const { frames, space } = this.bench;
    return frames.map.frames - frames.allFree - space.owned.size;
  }
}

/** A command without what says whom to tell. */
export interface Request {
  readonly op: unknown;
  readonly sector: unknown;
  readonly sectors: unknown;
  readonly pieces: unknown;
}

/** A virtual machine with a disk. */
export class Guest implements DeviceHost {
  readonly pmap: Pmap;
  readonly processors = 1;
  readonly disk: VirtualDisk;
  /** The processor that its only virtual one is. */
  readonly cpu: number;
  /** Status by tag. */
  readonly replies = new Map<number, number>();
  private readonly rig: DiskRig;
  private readonly more: VirtualDisk[] = [];
  private lastTag = 0;

  constructor(rig: DiskRig, cpu: number, disk: SharedDisk, options: Partial<VirtualDiskOptions>) {
    this.rig = rig;
    this.cpu = cpu;
    this.pmap = rig.bench.pmaps[rig.guests.length]!;
    const complete = { name: 'disk0', mode: 'copy-on-write', visible: false, ...options } as VirtualDiskOptions;
    this.disk = new VirtualDisk(this, disk, complete);
  }

  *interrupt(_: MonitorCpu, to: number, code: number, a: number, b: number): Code {
    if (to !== 0 || code !== 7 || this.replies.has(a)) throw new Error(`a wrong interrupt ${to} ${code} ${a} ${b}`);
    this.replies.set(a, b);
    this.rig.bench.cpus[this.cpu].processor.wake();
    yield this.rig.bench.code.step('post');
  }

  /** Sends a command and returns its tag. */
  *send(cpu: MonitorCpu, request: Request, disk = this.disk): Code<number> {
    const tag = ++this.lastTag;
    const content = { ...request, tag, interruptTo: 0, interruptCode: 7 } as CommandContent;
    yield* this.rig.atWork(cpu, () => disk.command(cpu, content));
    return tag;
  }

  /** Sends a command and waits for its status. */
  *transfer(cpu: MonitorCpu, request: Request, disk = this.disk): Code<number> {
    const tag = yield* this.send(cpu, request, disk);
    while (!this.replies.has(tag)) yield wait();
    return this.replies.get(tag)!;
  }

  /** Stores, through the TLB. Throws an Error if there is no memory for the page. */
  *store(cpu: MonitorCpu, physical: number, word: number, value: number): Code {
    const { bench } = this.rig;
    const { machine } = this.pmap;
    yield* this.rig.atWork(cpu, function* () {
      if (!(yield* bench.write(cpu, machine, physical, word, value))) throw new Error('no memory for the guest');
    });
  }

  /** Loads, through the TLB. */
  *load(cpu: MonitorCpu, physical: number, word: number): Code<number> {
    const { bench } = this.rig;
    const { machine } = this.pmap;
    let value = 0;
    yield* this.rig.atWork(cpu, function* () {
      value = yield* bench.read(cpu, machine, physical, word);
    });
    return value;
  }

  get disks(): readonly VirtualDisk[] {
    return [this.disk, ...this.more];
  }

  /** Gives it one more disk. */
  add(disk: number, options: VirtualDiskOptions): VirtualDisk {
    const added = new VirtualDisk(this, this.rig.disks[disk], options);
    this.more.push(added);
    return added;
  }

  /** Lets all go: disks and memory. */
  *end(cpu: MonitorCpu): Code {
    const { memory } = this.rig;
    const { disks, pmap } = this;
    yield* this.rig.atWork(cpu, function* () {
      for (const each of disks) yield* each.close(cpu);
      for (let physical = 0; physical < pmap.size; physical++) yield* memory.discard(cpu, pmap, physicalPage(physical));
    });
  }
}
