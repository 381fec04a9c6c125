/**
 * Where pages live under the monitor: what its policy host decides is carried out by page mover and page states, and
 * paid for by the processor that was interrupted. Disco, section 4.2.3.
 */
import { NO_FRAME, type MachineFrame, type PhysicalPage } from '../../messages/addresses.js';
import type { InterruptMessage } from '../../messages/coherence-messages.js';
import type { DecisionLog } from '../../placement/decision-log.js';
import type { Decision } from '../../placement/decision.js';
import type { EvidenceKind } from '../../placement/evidence.js';
import { compute } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import type { Code } from '../../system/code.js';
import {
  REFUSED_BUSY,
  REFUSED_GONE,
  REFUSED_NO_SPARE,
  type PageChange,
  type PlacementMechanism,
} from '../../system/placement-mechanism.js';
import type { PlacementWork } from '../../system/placement-work.js';
import { PolicyHost, type PolicySettings } from '../../system/policy-host.js';
import type { MonitorCode } from '../monitor-code.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { MonitorSpace } from '../monitor-space.js';
import type { MachinePage } from './machine-page.js';
import type { Memmap } from './memmap.js';
import { PageMover } from './page-mover.js';
import type { PageStates } from './page-states.js';
import type { Shootdown } from './shootdown.js';

/** What placement is made with. */
export interface PlacementOptions {
  readonly settings: PolicySettings;
  /** All processors, by number. */
  readonly cpus: readonly MonitorCpu[];
  readonly memmap: Memmap;
  readonly states: PageStates;
  readonly shootdown: Shootdown;
  readonly space: MonitorSpace;
  readonly code: MonitorCode;
}

const REFUSED_FRESH: Decision = { action: 'stay', because: 'not in use yet' };
const REFUSED_PINNED: Decision = { action: 'stay', because: 'a device is at work on it' };

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

/** What cannot be done to a page that devices use. */
const MOVES: ReadonlySet<Decision['action']> = new Set(['migrate', 'replicate', 'promote', 'demote', 'exchange']);

/** Instructions to look at one entry of the memmap among many: ours, a load, a comparison or two, and the loop. */
const LOOK_AT_PAGE = 10;

/** Serves the evidence of placement, and moves pages as the policy has it. */
export class Placement implements PlacementMechanism<MachinePage> {
  /** @internal */
  readonly host: PolicyHost<MachinePage>;
  private readonly options: PlacementOptions;
  private readonly mover: PageMover;
  private spare = NO_FRAME;

  /** Throws a RangeError for a policy that wants evidence which the monitor does not produce. */
  constructor(options: PlacementOptions) {
    const { memmap, states, shootdown } = options;
    this.options = options;
    this.host = new PolicyHost({ ...options.settings, owner: 'the monitor', mechanism: this, produced: PRODUCED });
    this.mover = new PageMover(memmap, states, shootdown, this.host.writes);
  }

  /** What the policy decided. */
  get log(): DecisionLog {
    return this.host.log;
  }

  /** What was done to pages. */
  get work(): PlacementWork {
    return this.host.work;
  }

  /** Takes a frame for a new page, of the colour of that physical page, where the policy wants it; NO_FRAME if there is none anywhere. */
  firstTouch({ processor }: MonitorCpu, physical: PhysicalPage, store: boolean): MachineFrame {
    return this.host.firstTouch(processor, { id: this.options.memmap.made, number: physical }, store).frame;
  }

  /** The handler of a hot-page interrupt, at a processor of the node that missed. */
  hotPage({ processor }: MonitorCpu, message: InterruptMessage): Code {
    return this.host.hotPage(processor, message);
  }

  /** Serves an access to a page whose mappings the scanner took away. The page is not busy. */
  hintFault({ processor }: MonitorCpu, page: MachinePage, store: boolean): Code {
    return this.host.hintFault(processor, page, store);
  }

  /** Tells the policy of nodes that have run short of frames. */
  relieve({ processor }: MonitorCpu): Code {
    return this.host.relieve(processor);
  }

  /** Makes a page writable again that has replicas, because its only holder stores to it. The page is not busy. */
  *replicaWrite({ processor }: MonitorCpu, page: MachinePage): Code {
    const { code, memmap, states } = this.options;
    const { nowNs } = this.options.settings;
    const started = nowNs();
    this.host.replicaWritten(processor, page);
    states.occupy(page);
    yield code.step('decision');
    yield* memmap.touch(page.frame);
    yield* this.host.collapse(processor, page, started);
    this.host.writes.serveStore(page.frame, nowNs());
  }

  /** Drops the replicas of a page because frames are needed. The page is not busy. */
  *dropReplicas({ processor }: MonitorCpu, page: MachinePage): Code {
    this.options.states.occupy(page);
    yield* this.host.collapse(processor, page, this.options.settings.nowNs());
  }

  /** For the host: finds out what a hot frame holds. The monitor's own data stay. */
  *hotPageOf(_processor: Processor, frame: MachineFrame): Code<MachinePage | null> {
    const { code, memmap } = this.options;
    yield code.step('decision');
    if (memmap.pageOf(frame) === null || !this.host.wants('hot-page')) return null;
    yield* memmap.touch(frame);
    return memmap.pageOf(frame);
  }

  /** For the host. */
  pageOfFrame(frame: MachineFrame): MachinePage | null {
    return this.options.memmap.pageOf(frame);
  }

  /** For the host. */
  pages(): Iterable<MachinePage> {
    return [...this.options.memmap.all()].sort((a, b) => a.id - b.id);
  }

  /** For the host. */
  page(id: number): MachinePage | null {
    for (const page of this.options.memmap.all()) if (page.id === id) return page;
    return null;
  }

  /** For the host. */
  *lookAt(_processor: Processor, pages: number): Code {
    yield this.options.code.step('decision');
    if (pages > 0) yield compute(pages * LOOK_AT_PAGE);
  }

  /** For the host. */
  *unmap({ processor: number }: Processor, pages: readonly MachinePage[]): Code {
    for (const page of pages) yield* this.options.shootdown.drop(this.options.cpus[number], page);
  }

  /** For the host: what the monitor does not move now. A wish to stay is always granted. */
  obstacle({ nodeNumber }: Processor, page: MachinePage, frame: MachineFrame, { action }: Decision): Decision | null {
    if (action === 'stay') return null;
    if (page.busy) return REFUSED_BUSY;
    if (frame !== NO_FRAME && page.frameFor(nodeNumber) !== frame) return REFUSED_GONE;
    if (page.users.length + page.keepers === 0) return REFUSED_FRESH;
    if (action === 'exchange' && this.spare < 0 && this.options.settings.frames.allFree === 0) return REFUSED_NO_SPARE;
    return page.pins > 0 && MOVES.has(action) ? REFUSED_PINNED : null;
  }

  /** For the host: carries out a change. */
  *change(
    { processor: number }: Processor,
    page: MachinePage,
    change: PageChange<MachinePage>,
    done: () => void,
  ): Code {
    const cpu = this.options.cpus[number];
    switch (change.action) {
      case 'migrate':
        yield* this.mover.migrate(cpu, page, change.frame);
        break;
      case 'replicate':
        yield* this.mover.replicate(cpu, page, change.frame);
        break;
      case 'exchange':
        yield* this.mover.exchange(cpu, page, change.other, this.spareFrame(cpu));
        yield* this.options.states.finish(change.other);
        break;
      case 'collapse':
        yield* this.mover.collapse(cpu, page);
    }
    yield* this.options.states.finish(page);
    done();
  }

  /** Where a page is while two change places; taken when it is first needed, and then kept. */
  private spareFrame({ node }: MonitorCpu): MachineFrame {
    const { space } = this.options;
    if (this.spare < 0) this.spare = space.frameOf(space.allocate(node, this.options.settings.frames.map.pageBytes));
    return this.spare;
  }
}
