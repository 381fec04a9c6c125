/** Which operating system runs which workload, for commands that take both. */
import { nativeChoices, type NativeSystem } from '../experiments/systems/native-choices.js';
import { UsageError } from './errors.js';

/** Throws a UsageError, with those that do, if a system does not run a workload. */
export function checkSystem(workload: string, system: NativeSystem): void {
  const { systems } = nativeChoices[workload]!;
  if (!systems.includes(system))
    throw new UsageError(`${system} is not available for ${workload}; use --os ${systems.join(' or --os ')}`);
}
