/** Records the misses of a replay as a miss log (docs/miss-log.md). */
import { VERSION } from '../../engine/version.js';
import { machineFacts } from '../../machine/load-meter.js';
import type { Machine } from '../../machine/machine.js';
import type { MachineFrame } from '../../messages/addresses.js';
import { REFERENCE_FACTS, type MissLogHeader } from '../../placement/log/header.js';
import { MissLog } from '../../placement/log/miss-log.js';
import type { SlicedRun } from '../job.js';
import { Replay, type ReplayOptions } from './replay.js';

/** The misses of a whole replay. Throws what a replay throws. */
export function recordMisses(options: ReplayOptions): MissLog {
  const recording = new MissRecording(options);
  while (recording.advance());
  return recording.result();
}

/**
 * A recording under way. Takes down the misses of processors on pages of programs, in the order in which homes serve them, with
 * times rounded down to whole nanoseconds; a thread is a processor, as threads of a replay do not move. Leaves out misses on the
 * kernel's own data and on a page that the kernel is clearing or moving: under another policy they would not be. Only the first
 * line that is cleared stands, as a load, for the first touch, so that the log says who touched the page first.
 */
export class MissRecording implements SlicedRun<MissLog> {
  /** The replay that is recorded. Its result has no locality over time. */
  readonly replay: Replay;
  private readonly log: MissLog;
  /** Pages that are in the log. */
  private readonly known = new Set<number>();

  /** Throws what a replay throws. */
  constructor(options: ReplayOptions) {
    this.replay = new Replay(options);
    this.log = new MissLog(headerOf(this.replay.machine, options));
    for (const controller of this.replay.machine.controllers) controller.observeMisses(this.miss);
  }

  /** Simulates a slice. False when the replay is over. */
  advance(): boolean {
    return this.replay.advance();
  }

  /** What was recorded so far. */
  result(): MissLog {
    return this.log;
  }

  private readonly miss = (frame: MachineFrame, node: number, now: number, requester: number, store: boolean): void => {
    const { machine, kernel } = this.replay;
    const page = kernel.pages.ofFrame(frame);
    if (page === undefined || requester >= machine.map.processors) return;
    if (page.busy && this.known.has(page.id)) return;
    this.known.add(page.id);
    this.log.add(Math.floor(machine.simulation.time.ns(now)), node, requester, page.id, store && !page.busy);
  };
}

function headerOf(machine: Machine, { trace, policy, copies }: ReplayOptions): MissLogHeader {
  const { map, specification, simulation } = machine;
  const each = Array.from({ length: map.nodes }, (_, node) => node);
  const facts = machineFacts(machine, 'miss log');
  const copied = copies === 1 ? '' : `${copies} copies of `;
  return {
    madeBy: `disco-sim ${VERSION}`,
    source: `${copied}${trace.name} (${trace.format}) on ${specification.name} under ${policy.name}, seed ${simulation.seed}`,
    pageBytes: map.pageBytes,
    frames: each.map(node => map.firstFrame[node + 1] - map.firstFrame[node]),
    processors: each.map(node => facts.hasProcessors(node)),
    tiers: each.map(node => facts.tier(node)),
    latencyNs: each.map(from => each.map(to => facts.latencyNs(from, to))),
    records: REFERENCE_FACTS.filter(fact => !trace.lacks.includes(fact)),
  };
}
