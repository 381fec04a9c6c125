/** What the experiments take of a run: numbers by name, so that a point of a sweep can be kept and read again. */
import { resultMetrics } from '../sweeps/named/result-metrics.js';
import type { Metrics } from '../sweeps/run.js';
import type { Work } from '../../monitor/work.js';
import type { MEMORY_USES } from '../systems/system-result.js';
import { type SystemResult, type SystemTime } from '../systems/system-result.js';
import type { Parts } from './published.js';

/** All numbers of a result that have a name: also services, the monitor's work for each, and memory of the first guest. Throws an Error for a partial run. */
export function paperMetrics(result: SystemResult): Metrics {
  const { services, monitor, guests, misses } = result;
  const metrics: Record<string, number> = { ...resultMetrics(result).metrics };
  for (const { name, count, meanNs } of services) {
    metrics[`service.${name}.count`] = count;
    metrics[`service.${name}.meanNs`] = meanNs;
  }
  for (const { service, work, share } of monitor?.work ?? []) metrics[`work.${service}.${work}`] = share;
  for (const [use, bytes] of Object.entries(guests[0].memory)) metrics[`memory.${use}`] = bytes;
  metrics.processors = result.processors.length;
  for (const [cause, count] of Object.entries(misses.causes?.kernel ?? {})) metrics[`kernelMisses.${cause}`] = count;
  return metrics;
}

/** A run that was made, with readings by name; what was not measured is 0. */
export class Measured {
  private readonly metrics: Metrics;

  constructor(metrics: Metrics) {
    this.metrics = metrics;
  }

  /** A number by its path, 0 if there is none. */
  at(path: string): number {
    return this.metrics[path] ?? 0;
  }

  /** Percent of the processors' time. */
  time(part: keyof SystemTime): number {
    return this.at(`time.${part}`);
  }

  /** Bytes by use; only of guests of the monitor. */
  memory(kind: 'virtual' | 'machine', use: (typeof MEMORY_USES)[number]): number {
    return this.at(`monitor.memory.${kind}.${use}`);
  }

  /** Processor time of all instances of a service, in the kernel, in nanoseconds. */
  serviceNs(service: string): number {
    return this.at(`service.${service}.count`) * this.at(`service.${service}.meanNs`);
  }

  /** Processor time of the monitor's work for a service, in nanoseconds. */
  workNs(service: string, ...kinds: readonly Work[]): number {
    const shares = kinds.reduce((sum, kind) => sum + this.at(`work.${service}.${kind}`), 0);
    return (shares / 100) * this.at('elapsedNs') * this.at('processors');
  }
}

/** Parts of a run in percent of the time that another takes for the whole of the same job. */
export function relativeTo(base: Measured, run: Measured, parts: Parts): Parts {
  return scaledBy(run.at('elapsedNs') / base.at('elapsedNs'), parts);
}

/** Parts of a run in percent of the time that another takes for as many user instructions: for windows of what goes on all the time. */
export function perWorkOf(base: Measured, run: Measured, parts: Parts): Parts {
  return scaledBy(base.time('user') / run.time('user'), parts);
}

function scaledBy(factor: number, parts: Parts): Parts {
  return Object.fromEntries(Object.entries(parts).map(([name, percent]) => [name, percent * factor]));
}
