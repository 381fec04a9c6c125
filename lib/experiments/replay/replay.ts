/** Replays a recorded trace on a machine under a placement policy, and says what happened. */
import { plainObject, shown, wholeNumbers } from '../../engine/checks.js';
import type { EventQueue } from '../../engine/queue/queue.js';
import type { RunEnd, RunLimits } from '../../engine/simulation.js';
import { validatePolicy } from '../../placement/validate-policy.js';
import { VERSION } from '../../engine/version.js';
import { BareKernel } from '../../guest/bare/bare-kernel.js';
import { leanKernel } from '../../guest/bare/costs.js';
import type { Process } from '../../guest/bare/process.js';
import { SystemProcess } from '../../guest/bare/system-process.js';
import { ThreadProcess } from '../../guest/bare/thread-process.js';
import { machineFacts } from '../../machine/load-meter.js';
import { buildMachine, type Machine } from '../../machine/machine.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import type { Program } from '../../processor/operations.js';
import type { Processor } from '../../processor/processor.js';
import { ACTIVITIES } from '../../processor/software.js';
import type { ActionWork } from '../../system/placement-work.js';
import { replaySystem, replayThread } from '../../traces/replay.js';
import type { RecordedTrace } from '../../traces/trace.js';
import { LocalityRecorder } from './locality.js';
import { processorsOf } from '../systems/machine-size.js';
import { queuesOf } from '../hardware/queues.js';
import { fittingPolicies, lackingFacts } from './comparison.js';
import type { RunResult } from './result.js';

/** What a replay is made with. */
export interface ReplayOptions {
  readonly trace: RecordedTrace;
  readonly machine: ResolvedSpecification;
  readonly policy: PlacementPolicy;
  readonly seed: string | number;
  /** Copies of the trace side by side, each with processors and memory of its own; a positive integer. */
  readonly copies: number;
  /** Cycles between the starts of two copies, so that they do not run in step. */
  readonly staggerCycles: number;
  /** Pages whose locality over time is reported. */
  readonly localityPages: number;
  /** Run-ahead of processors; on unless false. Results do not depend on it. */
  readonly runAhead?: boolean;
  /** The event queue; that of the machine unless given. Results do not depend on it. */
  readonly queue?: EventQueue;
}

/** A trace, a machine and a policy that do not fit each other. The message says what to change. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

/** Events of a slice. */
const SLICE_EVENTS = 20_000;
/** Ticks of a slice, for replays that hardly leave their caches: a fifth of a million cycles of each processor at the most. */
const SLICE_TICKS = 200_000;
/** Address space identifiers that a copy of a recorded system has for its tasks. */
const SPACES = 255;

/** A replay under way. Run it, in pieces if you like, then ask for the result. */
export class Replay {
  readonly machine: Machine;
  readonly kernel: BareKernel;
  /** Packed references that the whole replay will execute. */
  readonly totalReferences: number;
  private readonly options: ReplayOptions;
  private readonly locality: LocalityRecorder;
  private end: RunEnd | null = null;

  /** Throws a ReplayError if the trace lacks what the policy needs or the machine has too few processors. */
  constructor(options: ReplayOptions) {
    plainObject(options, 'the options of a replay');
    plainObject(options.trace, 'a replay: trace');
    validatePolicy(options.policy);
    wholeNumbers(options, ['localityPages'], 'a replay', 0, 2 ** 20);
    wholeNumbers(options, ['staggerCycles'], 'a replay', 0, 2 ** 40);
    const { trace, policy, copies } = options;
    this.options = options;
    checkFit(options);
    const { runAhead, queue, seed } = options;
    this.machine = buildMachine(options.machine, {
      seed,
      ...(runAhead === undefined ? {} : { runAhead }),
      ...(queue === undefined ? {} : { queue }),
      counters: policy.counters ?? null,
    });
    const { machine } = this;
    this.kernel = new BareKernel({
      map: machine.map,
      policy,
      costs: leanKernel,
      facts: machineFacts(machine, 'kernel'),
      nowNs: () => machine.simulation.time.ns(machine.simulation.now),
      colours: coloursOf(machine.specification),
      clearCounters: frame => machine.controllers[machine.map.homeOfFrame(frame)].counters?.clear(frame),
      keepDecisions: 0,
    });
    this.totalReferences = copies * trace.streams.reduce((sum, stream) => sum + stream.words.length, 0);
    this.locality = new LocalityRecorder(this.kernel.pages, frame => machine.map.homeOfFrame(frame));
    for (const controller of machine.controllers) controller.observeMisses(this.locality.miss);
    machine.load(this.kernel, this.programs());
  }

  /** Packed references executed so far. */
  get references(): number {
    return this.machine.processors.reduce((sum, processor) => sum + processor.stats.references, 0);
  }

  /** Runs on, until the end or a limit. */
  run(limits: RunLimits = {}): RunEnd {
    const end = this.machine.run(limits);
    this.end = end;
    return end;
  }

  /** Simulates a slice. False when the replay is over. */
  advance(): boolean {
    return this.run({ events: SLICE_EVENTS, until: this.machine.simulation.now + SLICE_TICKS }) !== 'finished';
  }

  /** What happened so far. */
  result(): RunResult {
    const { machine, kernel, options } = this;
    const { simulation, processors } = machine;
    const { trace } = options;
    for (const processor of processors) processor.settle();
    const ns = (ticks: number): number => simulation.time.ns(ticks);
    const inNs = (times: Readonly<Record<string, number>>): Record<string, number> =>
      Object.fromEntries(Object.entries(times).map(([name, ticks]) => [name, ns(ticks)]));
    return {
      version: VERSION,
      seed: simulation.seed,
      fingerprint: simulation.fingerprint.toString(),
      partial: this.end === 'finished' ? null : (this.end ?? 'not run'),
      machine: machine.specification,
      trace: {
        name: trace.name,
        format: trace.format,
        system: trace.system,
        description: trace.description,
        copies: options.copies,
        streams: trace.streams.length,
        lacks: trace.lacks,
        remarks: trace.remarks,
        ...(trace.headlines === undefined ? {} : { headlines: trace.headlines }),
      },
      policy: options.policy.name,
      elapsedNs: ns(simulation.now),
      events: simulation.events,
      references: this.references,
      time: inNs(sumTimes(processors)),
      processors: processors.map(processor => ({
        path: processor.path,
        node: processor.nodeNumber,
        time: inNs(processor.account.report()),
        localMisses: processor.stats.localMisses,
        remoteMisses: processor.stats.remoteMisses,
        tlbMisses: processor.stats.tlbMisses,
      })),
      misses: {
        local: total(processors, 'localMisses'),
        remote: total(processors, 'remoteMisses'),
      },
      tlbMisses: total(processors, 'tlbMisses'),
      placement: placementOf(kernel, machine.map.pageBytes),
      queues: queuesOf(machine, simulation.now),
      locality: this.locality.report(simulation.now, ns(1), options.localityPages),
    };
  }

  private programs(): (Program | null)[] {
    const { trace, copies, staggerCycles } = this.options;
    const { processors } = this.machine;
    const programs: (Program | null)[] = processors.map(() => null);
    const count = trace.streams.length;
    for (let copy = 0; copy < copies; copy++) {
      const own = processors.slice(copy * count, (copy + 1) * count);
      const process = this.processFor(copy, own);
      own.forEach((processor, index) => {
        this.kernel.assign(processor, process);
        const stream = trace.streams[index];
        const replay = trace.system ? replaySystem : replayThread;
        programs[processor.processor] = replay(stream, copy * staggerCycles);
      });
    }
    return programs;
  }

  private processFor(copy: number, threads: readonly Processor[]): Process {
    const prefix = this.options.copies === 1 ? '' : `copy ${copy + 1}, `;
    // Copies never share a processor, so they may use the same identifiers.
    return this.options.trace.system
      ? new SystemProcess(0, SPACES, prefix)
      : new ThreadProcess(copy % 256, prefix, threads);
  }
}

function checkFit({ trace, machine, policy, copies }: ReplayOptions): void {
  const lacking = lackingFacts(trace, policy);
  if (lacking.length > 0)
    throw new ReplayError(
      `the policy ${policy.name} needs to know ${lacking.join(' and ')}, which ${trace.name} (${trace.format}) does not record; ` +
        `use ${fittingPolicies(trace).slice(0, 2).join(' or ')}, or a trace that records it`,
    );
  if (!Number.isSafeInteger(copies) || copies < 1)
    throw new ReplayError(`a trace is replayed in 1 copy or more, not ${shown(copies)}`);
  const wanted = copies * trace.streams.length;
  const present = processorsOf(machine);
  if (wanted > present)
    throw new ReplayError(
      `${trace.name} in ${copies} ${copies === 1 ? 'copy' : 'copies'} needs ${wanted} processors, ${machine.name} has ${present}; give it more nodes or replay fewer copies`,
    );
}

/** Pages in a way of the second-level cache. */
function coloursOf({ processor, pageBytes }: ResolvedSpecification): number {
  return Math.max(1, processor.l2.sizeBytes / processor.l2.ways / pageBytes);
}

function total(processors: readonly Processor[], name: keyof Processor['stats']): number {
  return processors.reduce((sum, processor) => sum + processor.stats[name], 0);
}

function sumTimes(processors: readonly Processor[]): Record<string, number> {
  const sums = ACTIVITIES.map((name, index): [string, number] => [
    name,
    processors.reduce((sum, processor) => sum + processor.account.ticks[index], 0),
  ]);
  return Object.fromEntries(sums.filter(([, ticks]) => ticks !== 0));
}

function placementOf({ pages, work, log }: BareKernel, pageBytes: number): RunResult['placement'] {
  const { migrations, replications, collapses, promotions, demotions, exchanges } = work;
  const copied = migrations.count + replications.count + promotions.count + demotions.count + 2 * exchanges.count;
  return {
    pages: pages.pages.length,
    hotPages: work.hotPages,
    migrations: migrations.count,
    replications: replications.count,
    collapses: collapses.count,
    promotions: promotions.count,
    demotions: demotions.count,
    exchanges: exchanges.count,
    pingPongs: work.pingPongs,
    bytesMoved: copied * pageBytes,
    hintFaults: work.hintFaults.count,
    unmappings: work.unmappings.count,
    samples: work.samples.count,
    plans: work.plans.count,
    meanMigrationNs: meanNs(migrations),
    meanReplicationNs: meanNs(replications),
    decisions: [...log.counts()].sort((a, b) => b.count - a.count),
  };
}

function meanNs({ count, ns }: ActionWork): number {
  return count === 0 ? 0 : ns / count;
}
