/**
 * Where pages live under the bare-machine kernel: what its policy host decides is carried out by the page mover, and paid for
 * by the processor that touched the page or was interrupted.
 */
import { NO_FRAME, type MachineFrame } from '../../messages/addresses.js';
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { Decision } from '../../placement/decision.js';
import type { EvidenceKind } from '../../placement/evidence.js';
import { clearFrame, compute, machineLoad, machineStore, wait } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import type { Code } from '../../system/code.js';
import { GuestError } from '../../system/guest-error.js';
import {
  REFUSED_BUSY,
  REFUSED_GONE,
  REFUSED_NO_SPARE,
  type PageChange,
  type PlacementMechanism,
} from '../../system/placement-mechanism.js';
import { PolicyHost, type PolicySettings } from '../../system/policy-host.js';
import type { KernelCosts } from './costs.js';
import type { KernelData } from './kernel-data.js';
import type { PageMover } from './page-mover.js';
import { frameFor, type Page, type PageStore } from './pages.js';

/** What placement is made with. */
export interface PlacementOptions {
  readonly settings: PolicySettings;
  readonly costs: KernelCosts;
  readonly pages: PageStore;
  readonly data: KernelData;
  readonly mover: PageMover;
}

/** All but counted misses: the counters of a machine interrupt at their threshold only. */
const PRODUCED: readonly EvidenceKind[] = [
  'first-touch',
  'hot-page',
  'replica-write',
  'hint-fault',
  'sampled-access',
  'interval',
  'memory-pressure',
];

/** Serves the evidence of placement, and moves pages as the policy has it. */
export class Placement implements PlacementMechanism<Page> {
  readonly host: PolicyHost<Page>;
  private readonly options: PlacementOptions;

  /** Throws a RangeError for a policy that wants evidence which the kernel does not produce. */
  constructor(options: PlacementOptions) {
    this.options = options;
    this.host = new PolicyHost({
      ...options.settings,
      owner: 'the bare-machine kernel',
      mechanism: this,
      produced: PRODUCED,
    });
  }

  /** Places a page of a recorded system: it has been in memory all along, so placing it takes no time. */
  placeAtOnce(processor: Processor, page: Page): void {
    this.place(processor, page, false);
    this.host.writes.clear(page.frame);
  }

  /** Serves the first touch of a page that has no frame. */
  *firstTouch(processor: Processor, page: Page, store: boolean): Code {
    const { costs, settings } = this.options;
    this.place(processor, page, store);
    page.busy = true;
    yield compute(costs.pageFault);
    yield clearFrame(page.frame, costs.clearLine);
    this.host.writes.fill(page.frame);
    if (store) this.host.writes.serveStore(page.frame, settings.nowNs());
    this.release(page);
    yield* this.host.relieve(processor);
  }

  /** Waits until a page is not busy. */
  *untilFree(processor: Processor, page: Page): Code {
    while (page.busy) {
      if (!page.waiters.includes(processor)) page.waiters.push(processor);
      yield wait();
    }
  }

  /** The handler of a hot-page interrupt, at a processor of the node that missed. */
  hotPage(processor: Processor, message: InterruptMessage): Code {
    return this.host.hotPage(processor, message);
  }

  /** Serves a store to a page with replicas, which cannot continue before they are collapsed. The page is not busy. */
  *replicaWrite(processor: Processor, page: Page): Code {
    const { costs, mover, settings } = this.options;
    const started = settings.nowNs();
    if (page.replicas === null) {
      // The translation is from before the collapse: dropped, it is loaded anew.
      yield compute(costs.interrupt + mover.drop(processor, page) * costs.dropTranslation);
      return;
    }
    page.busy = true;
    yield compute(costs.interrupt);
    yield* this.touchRecord(page);
    this.host.replicaWritten(processor, page);
    yield* this.host.collapse(processor, page, started);
    this.host.writes.serveStore(page.frame, settings.nowNs());
  }

  /** Serves an access to a page whose mappings the scanner took away. The page is not busy. */
  hintFault(processor: Processor, page: Page, store: boolean): Code {
    return this.host.hintFault(processor, page, store);
  }

  /** For the host: finds out what a hot frame holds. Kernel data stay. */
  *hotPageOf(_processor: Processor, frame: MachineFrame): Code<Page | null> {
    const page = this.options.pages.ofFrame(frame) ?? null;
    yield compute(this.options.costs.interrupt);
    if (page !== null) yield* this.touchRecord(page);
    return page;
  }

  /** For the host. */
  pageOfFrame(frame: MachineFrame): Page | null {
    return this.options.pages.ofFrame(frame) ?? null;
  }

  /** For the host. */
  *pages(): Iterable<Page> {
    for (const page of this.options.pages.pages) if (page.frame >= 0) yield page;
  }

  /** For the host. */
  page(id: number): Page | null {
    const page = this.options.pages.pages[id] as Page | undefined;
    return page !== undefined && page.frame >= 0 ? page : null;
  }

  /** For the host: entry and return, and the records. */
  *lookAt(_processor: Processor, pages: number): Code {
    const { interrupt, decision, lookAtPage } = this.options.costs;
    yield compute(interrupt + decision + pages * lookAtPage);
  }

  /** For the host. */
  unmap(processor: Processor, pages: readonly Page[]): Code {
    return this.options.mover.unmap(processor, pages);
  }

  /** For the host: what this kernel does not move now, whatever the policy wishes. */
  obstacle({ nodeNumber }: Processor, page: Page, frame: MachineFrame, { action }: Decision): Decision | null {
    if (page.busy) return REFUSED_BUSY;
    if (action === 'exchange' && !this.options.mover.canExchange) return REFUSED_NO_SPARE;
    if (frame === NO_FRAME) return null;
    return frameFor(page, nodeNumber) === frame ? null : REFUSED_GONE;
  }

  /** For the host: carries out a change. */
  *change(processor: Processor, page: Page, change: PageChange<Page>, done: () => void): Code {
    const { mover } = this.options;
    const { writes } = this.host;
    const before = [page.frame, ...(page.replicas?.values() ?? [])];
    switch (change.action) {
      case 'migrate':
        yield* mover.migrate(processor, page, change.frame);
        writes.fill(change.frame);
        break;
      case 'replicate':
        yield* mover.replicate(processor, page, change.frame);
        writes.fill(change.frame);
        break;
      case 'exchange':
        before.push(change.other.frame);
        yield* mover.exchange(processor, page, change.other);
        for (const frame of [page.frame, change.other.frame]) writes.fill(frame);
        break;
      case 'collapse':
        yield* mover.collapse(processor, page);
    }
    done();
    // The counts that led here, and the misses of the copy itself, are no evidence about the page where it is now.
    // Frames given back are cleared, too, so that what is put there next begins at 0.
    for (const frame of before) writes.clear(frame);
    yield* this.touchRecord(page);
    this.release(page);
    if (change.action === 'exchange') this.release(change.other);
  }

  /** Chooses and takes a frame for a page that has none. */
  private place(processor: Processor, page: Page, store: boolean): void {
    const { frame, because } = this.host.firstTouch(processor, page, store);
    if (frame < 0) throw new GuestError(`${processor.path}: out of memory: ${because}; give the machine more memory`);
    page.frame = frame;
    page.home = this.options.settings.frames.map.homeOfFrame(frame);
    this.options.pages.setFrame(frame, page);
  }

  private release(page: Page): void {
    page.busy = false;
    for (const waiter of page.waiters.splice(0)) waiter.wake();
  }

  /** Reads and writes the page's record, and decides. */
  private *touchRecord(page: Page): Code {
    const { data, costs } = this.options;
    const { frame, offset } = data.record(page.id, page.home);
    yield machineLoad(frame, offset);
    yield machineStore(frame, offset, page.id);
    yield compute(costs.decision);
  }
}
