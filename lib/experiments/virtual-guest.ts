/** A guest of a virtual run: boots, reads its programs, waits for the others, and runs its workload. */
import type { Code } from '../guest/commodity/code.js';
import type { FileServices } from '../guest/commodity/file-services.js';
import type { CommodityKernel } from '../guest/commodity/kernel.js';
import type { Process } from '../guest/commodity/process.js';
import type { Thread } from '../guest/commodity/threads.js';
import { GuestError } from '../guest/errors.js';
import type { Disco } from '../monitor/disco.js';
import type { VirtualMachine } from '../monitor/virtual-machine.js';
import { compute } from '../processor/operations.js';
import { MEASURE, type GuestWorkload } from '../workloads/guest-workload.js';
import { lockCounts, locksOf } from './native-figures.js';
import type { VirtualGuestResult } from './virtual-result.js';
import { BOOT_BLOCK, type GuestUnderWay } from './virtual-system.js';
import { warm } from './warm.js';

/** Booting, the start of the workload that is not measured, what is measured, and all that comes after. */
export type GuestPhase = 'boot' | 'start' | 'ready' | 'over';

/** How a guest knows of the others. */
export interface CommonStart {
  /** What is measured has begun. */
  readonly go: () => boolean;
  /** All are ready: it is about to begin. */
  readonly ready: () => boolean;
}

/** How often a kernel that is ready looks for the others, and, when all are there, whether the measurement has begun. */
const WAIT_CYCLES = 4000;
const LOOK_CYCLES = 100;
/**
 * Pages of a command by which the programs are read: 64 KB, as much as the kernel itself writes at once. Page by page the host
 * takes twice as long to boot a guest: every command is a thread that sleeps, a processor that idles, and an interrupt.
 */
const PAGES_AT_ONCE = 16;

/** One guest. */
export class GuestRun {
  readonly workload: GuestWorkload;
  readonly virtual: VirtualMachine;
  readonly kernel: CommodityKernel;
  readonly files: FileServices;
  phase: GuestPhase = 'boot';
  /** When it was over, from the beginning of what is measured; null before. */
  endedNs: number | null = null;
  private readonly common: CommonStart;
  /** Calls of `measure` so far. */
  private marks = 0;
  private locksBefore: ReturnType<typeof lockCounts> = [];

  constructor({ workload, virtual, kernel, files }: GuestUnderWay, common: CommonStart) {
    this.workload = workload;
    this.virtual = virtual;
    this.kernel = kernel;
    this.files = files;
    this.common = common;
    kernel.calls.set(MEASURE, thread => this.mark(thread));
  }

  /** Powers it on. */
  start(disco: Disco): void {
    disco.start(
      this.virtual,
      this.kernel,
      this.kernel.boot(thread => this.first(thread)),
    );
  }

  /** What is measured begins. */
  begin(): void {
    this.locksBefore = lockCounts(this.kernel);
  }

  /** What there is to say of it. */
  result(): VirtualGuestResult {
    const { virtual, workload, kernel, endedNs } = this;
    return {
      name: virtual.name,
      description: workload.description,
      processors: virtual.specification.processors,
      memoryBytes: virtual.specification.memoryBytes,
      endedNs,
      processes: kernel.processes.statistics.made,
      locks: locksOf(kernel, this.locksBefore),
    };
  }

  /** What the kernel's first thread does. */
  private *first(thread: Thread): Code {
    const { kernel, workload, common } = this;
    yield* this.loadText(thread);
    yield* this.files.start(thread);
    yield* warm(thread, workload, this.files, PAGES_AT_ONCE);
    if (workload.window === undefined) {
      this.phase = 'ready';
      // Nothing of the workload is to come before what is measured.
      while (!common.go()) yield compute(common.ready() ? LOOK_CYCLES : WAIT_CYCLES);
    } else this.phase = 'start';
    const running: Process[] = [];
    for (const { path, args } of workload.start) {
      const process = yield* kernel.processes.spawn(thread, path, args);
      if (typeof process === 'number') throw new GuestError(`${path} cannot be started: error ${process}`);
      running.push(process);
    }
    while (running.some(process => !process.ended)) yield* kernel.firstEnded.sleep(thread);
    const failed = running.find(({ status }) => status !== 0);
    if (failed !== undefined) throw new GuestError(`${failed.name} ended with status ${failed.status}, not 0`);
    if (this.marks < (workload.window?.marks ?? 0))
      throw new GuestError(`${workload.name} ended before what is to be measured began`);
    this.phase = 'over';
  }

  /**
   * Reads the kernel's text from the root disk into the pages where it runs, as a boot loader does: so that guests which share
   * that disk share the text. Its content means nothing to the model; that it came from the disk does.
   */
  private *loadText(thread: Thread): Code {
    const [root] = this.files.drivers;
    if (root === undefined) return;
    const pages = Array.from({ length: this.kernel.textPages }, (_, page) => page);
    const error = yield* root.transfer(thread, 'read', BOOT_BLOCK, pages);
    if (error !== 0) throw new GuestError(`the kernel cannot be read from the root disk: error ${error}`);
  }

  /** A program says that it is where what is measured begins or ends. */
  private *mark(thread: Thread): Code<number> {
    const { window } = this.workload;
    this.marks++;
    if (this.marks === window?.marks) this.phase = 'ready';
    if (this.marks === window?.endMarks) this.phase = 'over';
    yield* this.kernel.work('system call', thread.record);
    return 0;
  }
}
