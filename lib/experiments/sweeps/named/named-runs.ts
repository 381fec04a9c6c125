/** The module of the runs that have a name: threads import it. It keeps traces and images that it has read: they do not change. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { PlacementPolicy } from '../../../placement/policy.js';
import { readTrace } from '../../../traces/formats/detect.js';
import { shorten } from '../../../traces/shorten.js';
import type { RecordedTrace } from '../../../traces/trace.js';
import { namedPolicy } from '../../policies.js';
import { policyMaker, type PolicyModule } from '../../policy-module.js';
import { Replay, type ReplayOptions } from '../../replay/replay.js';
import { GuestImages } from '../../systems/guests/guest-images.js';
import { SWITCH_NAMES, systemOptions } from '../../systems/named-runs.js';
import { SystemRun } from '../../systems/system-run.js';
import type { SystemOptions } from '../../systems/plan.js';
import { machineOf, monitorOptionsOf, namedParameters, optionsOf } from './named-parameters.js';
import type { SweepParameters } from '../points.js';
import { resultMetrics } from './result-metrics.js';
import type { RunContext, RunOutcome, SweepRun } from '../run.js';

/** Cycles between the starts of copies, as in `disco-sim trace`. */
const STAGGER = 10_000;
/** Size of a line of the instruction cache for which fetches are cut: that of every preset is a multiple of it. */
const FETCH_BYTES = 64;

/** What a thread has read. */
class NamedRuns {
  private readonly images = new GuestImages();
  private readonly traces = new Map<string, RecordedTrace>();

  native(parameters: SweepParameters, seed: string): RunOutcome {
    const { workload, os, scale, ...rest } = namedParameters('native', parameters);
    const machine = machineOf(rest, parameters);
    return ran(systemOptions({ workload, system: os, machine, scale, seed, images: this.images, monitor: null }));
  }

  async vm(parameters: SweepParameters, seed: string, context: RunContext): Promise<RunOutcome> {
    const { workload, os, scale, guests, switches, ...rest } = namedParameters('vm', parameters);
    const machine = machineOf({ ...rest, processors: rest.processors ?? guests }, parameters);
    const chosen = os === 'splashos' || switches === 'none' ? [] : switches === 'all' ? SWITCH_NAMES : switches;
    const options = monitorOptionsOf(parameters);
    const monitor = { guests, switches: chosen, policy: 'first-touch', options };
    const whole = systemOptions({ workload, system: os, machine, scale, seed, images: this.images, monitor });
    const policy = await policyOf(rest.policy, parameters, context);
    return ran({ ...whole, host: { kind: 'disco', monitor: { ...options, policy } } });
  }

  async trace(parameters: SweepParameters, seed: string, context: RunContext): Promise<RunOutcome> {
    const replay = new Replay(await this.replayOptions(parameters, seed, context));
    replay.run();
    return resultMetrics(replay.result());
  }

  async replayOptions(parameters: SweepParameters, seed: string, context: RunContext): Promise<ReplayOptions> {
    const { trace: named, copies, part, ...rest } = namedParameters('trace', parameters);
    const whole = this.traceIn(resolve(context.folder, named.file));
    const trace = part === 1 ? whole : shorten(whole, part);
    const machine = machineOf(rest, parameters, copies * trace.streams.length);
    const policy = await policyOf(rest.policy, parameters, context);
    return { trace, machine, policy, seed, copies, staggerCycles: STAGGER, localityPages: 0 };
  }

  private traceIn(path: string): RecordedTrace {
    const known = this.traces.get(path);
    if (known !== undefined) return known;
    const content = readFileSync(path);
    const bytes = content[0] === 0x1f && content[1] === 0x8b ? gunzipSync(content) : content;
    const name = path.split(/[\\/]/).at(-1)!.replace(/\.gz$/, '');
    const trace = readTrace(bytes, { name, fetchLineBytes: FETCH_BYTES });
    this.traces.set(path, trace);
    return trace;
  }
}

function ran(options: SystemOptions): RunOutcome {
  return resultMetrics(new SystemRun(options).run());
}

/** A policy by name, or what a module exports: a policy, or a function that makes one of `options`. */
export async function policyOf(
  policy: string | PolicyModule,
  parameters: SweepParameters,
  { folder }: RunContext,
): Promise<PlacementPolicy> {
  const options = optionsOf('policy', parameters);
  if (typeof policy === 'string') return namedPolicy(policy, options);
  return (await policyMaker(policy, folder, options))();
}

const runs = new NamedRuns();

/** A workload on a bare machine. */
export const native: SweepRun = (parameters, seed) => runs.native(parameters, seed);
/** Guests under the monitor. */
export const vm: SweepRun = (parameters, seed, context) => runs.vm(parameters, seed, context);
/** A recorded trace under a policy. */
export const trace: SweepRun = (parameters, seed, context) => runs.trace(parameters, seed, context);
/** What a replay of the run `trace` is made with. */
export const traceOptions = (parameters: SweepParameters, seed: string, context: RunContext): Promise<ReplayOptions> =>
  runs.replayOptions(parameters, seed, context);
