/** Machines by name: complete specifications, each with its source and how far to trust it (docs/machine.md). */
import { disco1997, uma } from './presets/disco-1997.js';
import type { MachineSpecification } from './specification.js';

/** What can be asked of a preset without spreading it. */
export interface PresetOptions {
  /** Number of nodes; of processors for `uma`. A number that the machine's topology cannot have is refused by `resolve`. */
  readonly nodes?: number;
  /** Size of the second-level cache. */
  readonly l2Bytes?: number;
}

/** Makes a specification. */
export type Preset = (options?: PresetOptions) => MachineSpecification;

/** All presets by name. */
export const presets = {
  'disco-1997': disco1997,
  uma,
} as const satisfies Record<string, Preset>;

/** Name of a preset. */
export type PresetName = keyof typeof presets;

/** The names, in the order of the documentation. */
export const presetNames = Object.keys(presets) as readonly PresetName[];
