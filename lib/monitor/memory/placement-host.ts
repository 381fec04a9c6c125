/**
 * Where pages live: asks a placement policy, and does what it decides. Migration drops all translations, copies and remaps;
 * replication makes translations read-only, copies, and points one node's at the copy. Disco, section 4.2.3.
 */
import type { InterruptMessage } from '../../coherence/messages.js';
import { DecisionLog } from '../../placement/decision-log.js';
import type { Decision, Evidence, EvidenceKind, MemoryView, PageView } from '../../placement/policy.js';
import { copyFrame, store } from '../../processor/operations.js';
import { COPY_LINE } from '../costs.js';
import type { MonitorCpu } from '../monitor-cpu.js';
import type { Steps } from '../steps.js';
import type { MachineMemory, MemoryOptions } from './machine-memory.js';
import type { MachinePage } from './machine-page.js';

/** The evidence that the monitor produces. */
const PRODUCED: readonly EvidenceKind[] = ['first-touch', 'hot-page', 'replica-write'];

const REFUSED_BUSY: Decision = { action: 'stay', because: 'already being moved' };
const REFUSED_GONE: Decision = { action: 'stay', because: 'moved since the interrupt was raised' };
const REFUSED_PINNED: Decision = { action: 'stay', because: 'a device transfers from or to it' };
const REFUSED_REPLICAS: Decision = { action: 'stay', because: 'has replicas, which migration does not move' };
const REFUSED_FULL: Decision = { action: 'stay', because: 'no free frame at the target' };

/** Hosts the policy. */
export class PlacementHost {
  readonly log: DecisionLog;
  /** What was done to pages; times are those of the processor that did it, waiting included. */
  readonly work = { hotPages: 0, migrations: 0, replications: 0, collapses: 0, migrationNs: 0, replicationNs: 0 };
  private readonly memory: MachineMemory;
  private readonly options: MemoryOptions;
  private readonly view: MemoryView;
  private readonly wanted: ReadonlySet<EvidenceKind>;
  private readonly resetNs: number;
  /** Pages that have replicas, in the order of getting them. */
  private readonly replicated = new Set<MachinePage>();

  /** Throws a RangeError for a policy that wants evidence which the monitor does not produce. */
  constructor(memory: MachineMemory, options: MemoryOptions) {
    const { policy, frames, latencyNs } = options;
    this.memory = memory;
    this.options = options;
    this.log = new DecisionLog({ keep: options.keepDecisions });
    this.view = { nodes: frames.map.nodes, freeFrames: node => frames.free(node), latencyNs };
    this.wanted = new Set(policy.wants);
    const missing = policy.wants.filter(kind => !PRODUCED.includes(kind));
    if (missing.length > 0)
      throw new RangeError(
        `the policy ${policy.name} wants ${missing.join(', ')}, which the monitor does not produce; it produces ${PRODUCED.join(', ')}`,
      );
    this.resetNs = policy.counters?.resetNs ?? Infinity;
  }

  /** The node for a physical page that has no machine page. Without any free frame the processor's own: memory is then reclaimed. */
  firstTouch(cpu: MonitorCpu, physical: number, stores: boolean): number {
    const evidence: Evidence = { kind: 'first-touch', node: cpu.node, store: stores, timeNs: this.options.nowNs() };
    const page: PageView = {
      ...{ page: physical, home: -1, replicas: [], misses: this.noMisses(), writes: 0, moves: 0, frozen: false },
    };
    const decision = this.options.policy.decide(evidence, page, this.view);
    this.log.record(evidence, page, decision);
    return decision.action === 'place' ? decision.to : cpu.node;
  }

  /** The hardware says that a frame is missed on often. */
  *hotPage(cpu: MonitorCpu, message: InterruptMessage): Steps {
    const { code, policy, clearCounters } = this.options;
    this.work.hotPages++;
    const started = this.options.nowNs();
    const frame = message.a;
    const page = this.memory.memmap[frame] ?? null;
    yield code.step('decision');
    if (page === null || !this.wanted.has('hot-page')) return; // the monitor's own memory, or freed meanwhile
    yield* this.memory.touchMemmap(frame);
    const evidence: Evidence = { kind: 'hot-page', node: cpu.node, store: false, timeNs: this.options.nowNs() };
    const view = this.viewOf(page, message.counts, evidence.timeNs);
    const decision = this.possible(cpu, page, frame, policy.decide(evidence, view, this.view));
    this.log.record(evidence, view, decision);
    yield* this.carryOut(cpu, page, decision, started);
    clearCounters(frame);
  }

  /** Drops the replicas of a page, which is busy: it has been written, or is to be. */
  *collapse(cpu: MonitorCpu, page: MachinePage): Steps {
    if (this.wanted.has('replica-write')) {
      const evidence: Evidence = { kind: 'replica-write', node: cpu.node, store: true, timeNs: this.options.nowNs() };
      const view = this.viewOf(page, null, evidence.timeNs);
      this.log.record(evidence, view, this.options.policy.decide(evidence, view, this.view));
    }
    this.work.collapses++;
    yield* this.dropReplicasOf(cpu, page);
  }

  /** Gives back up to so many frames of replicas, those of the pages that were replicated first. */
  *dropReplicas(cpu: MonitorCpu, frames: number): Steps<number> {
    let got = 0;
    for (const page of [...this.replicated]) {
      if (got >= frames) break;
      if (page.busy || page.pins > 0 || page.replicas === null) continue;
      page.busy = true;
      got += page.replicas.size;
      yield* this.dropReplicasOf(cpu, page);
      yield* this.memory.done(page);
    }
    return got;
  }

  private *dropReplicasOf(cpu: MonitorCpu, page: MachinePage): Steps {
    yield* this.memory.shootdown.drop(cpu, page);
    for (const frame of page.replicas?.values() ?? []) this.memory.giveFrame(frame);
    page.replicas = null;
    this.replicated.delete(page);
  }

  private viewOf(page: MachinePage, counts: Readonly<Int32Array> | null, timeNs: number): PageView {
    const interval = Math.floor(timeNs / this.resetNs);
    if (page.interval !== interval) {
      page.interval = interval;
      page.moves = 0;
    }
    const { nodes } = this.view;
    return {
      page: page.id,
      home: page.home,
      replicas: page.replicas === null ? [] : [...page.replicas.keys()].sort((a, b) => a - b),
      misses: counts === null ? this.noMisses() : Array.from(counts.subarray(0, nodes)),
      writes: counts === null ? 0 : counts[nodes],
      moves: page.moves,
      frozen: page.frozen,
    };
  }

  private noMisses(): number[] {
    return new Array<number>(this.view.nodes).fill(0);
  }

  /** What of a wish can be done now. */
  private possible({ node }: MonitorCpu, page: MachinePage, frame: number, wish: Decision): Decision {
    if (wish.action !== 'migrate' && wish.action !== 'replicate') return wish;
    if (page.busy) return REFUSED_BUSY;
    if (page.pins > 0) return REFUSED_PINNED;
    // Just taken and still being filled: whoever does that knows its frame.
    if (page.users.length + page.keepers === 0) return REFUSED_BUSY;
    if (page.frameFor(node) !== frame || wish.to === page.home || page.replicas?.has(wish.to) === true)
      return REFUSED_GONE;
    if (wish.action === 'migrate' && page.replicas !== null) return REFUSED_REPLICAS;
    return this.options.frames.free(wish.to) === 0 ? REFUSED_FULL : wish;
  }

  private *carryOut(cpu: MonitorCpu, page: MachinePage, decision: Decision, started: number): Steps {
    const { work, memory } = this;
    switch (decision.action) {
      case 'freeze':
      case 'thaw':
        page.frozen = decision.action === 'freeze';
        return;
      case 'migrate':
        page.busy = true;
        page.moves++;
        yield* this.migrate(cpu, page, decision.to);
        work.migrations++;
        work.migrationNs += this.options.nowNs() - started;
        return yield* memory.done(page);
      case 'replicate':
        page.busy = true;
        yield* this.replicate(cpu, page, decision.to);
        work.replications++;
        work.replicationNs += this.options.nowNs() - started;
        return yield* memory.done(page);
      case 'collapse':
        if (page.busy || page.replicas === null) return;
        page.busy = true;
        yield* this.collapse(cpu, page);
        return yield* memory.done(page);
      case 'stay':
        return;
      default:
        throw new Error(
          `the monitor cannot ${decision.action} a page; it places, migrates, replicates, collapses, freezes and thaws`,
        );
    }
  }

  /** The page is given back. */
  forget(page: MachinePage): void {
    this.replicated.delete(page);
  }

  /** Invalidate, copy, remap. */
  private *migrate(cpu: MonitorCpu, page: MachinePage, node: number): Steps {
    const { frames, clearCounters } = this.options;
    const frame = frames.take(node, page.users[0]?.physical ?? page.id);
    yield* this.memory.shootdown.drop(cpu, page);
    yield copyFrame(page.frame, frame, COPY_LINE);
    const old = page.frame;
    this.memory.memmap[frame] = page;
    page.frame = frame;
    page.home = node;
    this.memory.giveFrame(old);
    // The misses of the copy itself are no evidence about the page where it is now.
    clearCounters(frame);
    yield* this.touchUsers(page);
  }

  /** Downgrade, copy, remap those of the node. */
  private *replicate(cpu: MonitorCpu, page: MachinePage, node: number): Steps {
    const { frames, clearCounters } = this.options;
    const frame = frames.take(node, page.users[0]?.physical ?? page.id);
    yield* this.memory.shootdown.drop(cpu, page, page.replicas === null ? { writable: true } : { node });
    yield copyFrame(page.frame, frame, COPY_LINE);
    yield* this.memory.shootdown.drop(cpu, page, { node });
    page.replicas ??= new Map();
    page.replicas.set(node, frame);
    this.memory.memmap[frame] = page;
    this.replicated.add(page);
    clearCounters(frame);
    clearCounters(page.frame);
    yield* this.touchUsers(page);
  }

  private *touchUsers(page: MachinePage): Steps {
    for (const { pmap, physical } of [...page.users]) yield store(pmap.address(physical), page.id);
    yield* this.memory.touchMemmap(page.frame);
  }
}
