/** Which operating system runs which workload, for commands that take both. */
import { workloadChoices, type SystemName } from '../experiments/systems/choices.js';
import { UsageError } from './errors.js';

/** Throws a UsageError, with those that do, if a system does not run a workload. */
export function checkSystem(workload: string, system: SystemName): void {
  const { systems } = workloadChoices[workload];
  if (!systems.includes(system))
    throw new UsageError(`${system} is not available for ${workload}; use --os ${systems.join(' or --os ')}`);
}
