/**
 * A minimal kernel for the bare machine, which replays of recorded programs use: page tables, first touch, and the
 * decisions of a placement policy carried out and paid for. It runs recorded user programs (threads in one address space) and
 * recorded systems, whose own kernel is part of the recording: then TLB refills and page faults cost nothing here,
 * because their instructions are in the trace.
 */
import { callable, plainObject, wholeNumber } from '../../engine/checks.js';
import type { AddressMap } from '../../messages/address-map.js';
import { HOT_PAGE, type InterruptMessage } from '../../messages/coherence-messages.js';
import type { DecisionLog } from '../../placement/decision-log.js';
import { Context } from '../../processor/context.js';
import type { Processor } from '../../processor/processor.js';
import { EXCEPTION_NAMES, ExceptionCode } from '../../processor/registers.js';
import { Activity, type Exception, type Refill, type SystemSoftware } from '../../processor/software.js';
import { GLOBAL } from '../../processor/tlb.js';
import { EvidenceSources } from '../../system/evidence-sources.js';
import { FramePool } from '../../system/frame-pool.js';
import { GuestError } from '../../system/guest-error.js';
import type { PlacementWork } from '../../system/placement-work.js';
import type { PolicySettings } from '../../system/policy-host.js';
import type { KernelCosts } from './costs.js';
import { KernelData } from './kernel-data.js';
import { PageMover, SHOOTDOWN } from './page-mover.js';
import { PageStore, frameFor, type Page } from './pages.js';
import { Placement } from './placement.js';
import type { Process } from './process.js';

/** What a kernel is made with. */
export interface BareKernelOptions extends Omit<PolicySettings, 'frames'> {
  readonly map: AddressMap;
  readonly costs: KernelCosts;
  /** Colours of frames: pages in a way of the second-level cache. */
  readonly colours: number;
}

/** A refill whose cost is in the recording. */
const FREE_REFILL: Refill = { cycles: 0, frame: -1, offset: 0 };

/** Interrupt codes of evidence, beside HOT_PAGE and SHOOTDOWN. */
const CODES = { interval: 2, scan: 3, samples: 4 } as const;

/** The kernel. One object serves all processors of a machine. */
export class BareKernel implements SystemSoftware {
  readonly pages: PageStore;
  readonly frames: FramePool;
  private readonly costs: KernelCosts;
  private readonly pageBytes: number;
  private readonly data: KernelData;
  private readonly mover: PageMover;
  private readonly placement: Placement;
  private readonly processes = new Map<Processor, Process>();
  private readonly sources: EvidenceSources;

  constructor(options: BareKernelOptions) {
    plainObject(options, 'the options of a bare kernel');
    const { map, costs } = options;
    plainObject(costs, 'a bare kernel: costs');
    for (const [name, cycles] of Object.entries(costs)) wholeNumber(cycles, `a bare kernel: costs.${name}`, 0, 2 ** 40);
    for (const key of ['nowNs', 'clearCounters'] as const) callable(options[key], `a bare kernel: ${key}`);
    this.costs = costs;
    this.pageBytes = map.pageBytes;
    this.pages = new PageStore(map.frames);
    this.frames = new FramePool(map, options.colours);
    this.data = new KernelData(this.frames);
    this.mover = new PageMover({ costs, frames: this.frames, pages: this.pages, data: this.data });
    this.sources = new EvidenceSources(options.policy, CODES, () => this.running());
    this.placement = new Placement({
      settings: { ...options, frames: this.frames },
      costs,
      pages: this.pages,
      data: this.data,
      mover: this.mover,
    });
  }

  /** What the policy decided. */
  get log(): DecisionLog {
    return this.placement.host.log;
  }

  /** What was done to pages. Times are those of the processor that did it, waiting included. */
  get work(): PlacementWork {
    return this.placement.host.work;
  }

  /** Says what a processor runs. Before the simulation starts. */
  assign(processor: Processor, process: Process): void {
    this.processes.set(processor, process);
    processor.tlb.enter(process.spaceOf(processor));
    this.sources.add(processor);
    this.sources.start(processor.simulation.now);
  }

  refill(processor: Processor, number: number): Refill | null {
    const process = this.processOf(processor);
    const page = process.lookup(processor, number, this.pages);
    if (page === undefined) return null;
    if (page.frame < 0 && process.recordedKernel) this.placement.placeAtOnce(processor, page);
    if (!isThere(page)) return null;
    const { nodeNumber, tlb } = processor;
    const unmapped = process.physicalOf(number);
    if (unmapped >= 0) {
      page.holders.add(processor);
      tlb.setWindow(unmapped, frameFor(page, nodeNumber), page.replicas === null);
      return FREE_REFILL;
    }
    const other = process.mapped(processor, number ^ 1);
    const twin = other !== undefined && isThere(other) ? other : undefined;
    const [even, odd] = (number & 1) === 0 ? [page, twin] : [twin, page];
    page.holders.add(processor);
    twin?.holders.add(processor);
    const space = process.isGlobal(number) ? GLOBAL : tlb.space;
    const pair = number >>> 1;
    // A pair that is there lacks the half that was missed: it is replaced, so that no page has two entries.
    const present = tlb.probe(pair, space);
    tlb.write(present >= 0 ? present : processor.tlbRandom(), {
      pair,
      space,
      even: even === undefined ? -1 : frameFor(even, nodeNumber),
      odd: odd === undefined ? -1 : frameFor(odd, nodeNumber),
      evenWritable: even !== undefined && even.replicas === null,
      oddWritable: odd !== undefined && odd.replicas === null,
    });
    if (process.recordedKernel) return FREE_REFILL;
    const { frame, offset } = this.data.tableEntry(space, number, nodeNumber);
    return { cycles: this.costs.refill, frame, offset };
  }

  exception(processor: Processor, { code, address, context, message }: Exception): Context | null {
    const page = Math.floor(address / this.pageBytes);
    switch (code) {
      case ExceptionCode.TlbLoad:
      case ExceptionCode.TlbStore:
        return this.fault(processor, page, code === ExceptionCode.TlbStore);
      case ExceptionCode.Modified:
        return this.modified(processor, page);
      case ExceptionCode.Interrupt:
        return this.interrupt(processor, message!);
      case ExceptionCode.SystemCall:
        return this.call(processor, context!);
      default:
        throw new GuestError(
          `${processor.path}: the bare-machine kernel does not serve the exception ${EXCEPTION_NAMES[code]}`,
        );
    }
  }

  ended(processor: Processor): void {
    this.processes.get(processor)?.ended(processor);
    if (this.sources.ticking && !this.running()) processor.simulation.end();
  }

  private running(): boolean {
    for (const processor of this.processes.keys()) if (!processor.ended) return true;
    return false;
  }

  private fault(processor: Processor, number: number, store: boolean): Context {
    const process = this.processOf(processor);
    const page = process.touch(processor, number, this.pages);
    const { placement } = this;
    if (page.busy) return new Context(placement.untilFree(processor, page), Activity.PageFault);
    if (page.frame < 0) return new Context(placement.firstTouch(processor, page, store), Activity.PageFault);
    return new Context(placement.hintFault(processor, page, store), Activity.PageMoving);
  }

  private modified(processor: Processor, number: number): Context {
    const page = this.processOf(processor).lookup(processor, number, this.pages)!;
    const { placement } = this;
    if (page.busy) return new Context(placement.untilFree(processor, page), Activity.PageFault);
    return new Context(placement.replicaWrite(processor, page), Activity.PageMoving);
  }

  private interrupt(processor: Processor, message: InterruptMessage): Context {
    if (message.code === SHOOTDOWN)
      return new Context(this.mover.acknowledge(processor, message.a), Activity.Interrupt);
    const { host } = this.placement;
    const { sources } = this;
    const { code } = message;
    switch (code) {
      case CODES.interval:
        return new Context(sources.serve(code, host.interval(processor)), Activity.PageMoving);
      case CODES.scan:
        return new Context(sources.serve(code, host.scan(processor)), Activity.PageMoving);
      case CODES.samples:
        return new Context(host.sampled(processor, sources.samplesOf(processor)), Activity.PageMoving);
    }
    if (message.code === HOT_PAGE) return new Context(this.placement.hotPage(processor, message), Activity.PageMoving);
    throw new Error(`${processor.path}: the kernel does not know interrupt ${message.code}`);
  }

  private call(processor: Processor, caller: Context): Context | null {
    const program = this.processOf(processor).request(processor, caller.operation!.request);
    caller.complete();
    return program === null ? null : new Context(program, Activity.Synchronisation);
  }

  private processOf(processor: Processor): Process {
    const process = this.processes.get(processor);
    if (process === undefined) throw new Error(`${processor.path} runs no process of this kernel`);
    return process;
  }
}

/** Whether a translation of a page may be loaded. */
function isThere({ frame, busy, unmappedNs }: Page): boolean {
  return frame >= 0 && !busy && !(unmappedNs >= 0);
}
