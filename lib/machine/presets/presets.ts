/** Machines by name: complete specifications, each with its source and how far to trust it (docs/machine.md). */
import { dash1992 } from './dash-1992.js';
import { disco1997, uma } from './disco-1997.js';
import { flash1994 } from './flash-1994.js';
import { epyc2s, xeon2s, xeon2sCxl } from './modern.js';
import { origin2000 } from './origin2000-1997.js';
import type { MachineSpecification } from '../specification/specification.js';

/** What can be asked of a preset without spreading it. */
export interface PresetOptions {
  /**
   * Number of nodes; of processors for `uma`. Meshes and hypercubes have the next number that they can have: 5 nodes of
   * DASH make a mesh of 3 by 2. `xeon-2s-cxl` has 3 and no other number.
   */
  readonly nodes?: number;
  /** Size of the second-level cache. */
  readonly l2Bytes?: number;
}

/**
 * Makes a specification. Throws a RangeError for numbers that no machine has; others that make no machine are refused when it is
 * resolved or built.
 */
export type Preset = (options?: PresetOptions) => MachineSpecification;

/** All presets by name. */
export const presets = {
  /** The machine of the Disco paper: 300 ns local, 900 ns remote. */
  'disco-1997': disco1997,
  /** Its comparison machine: a bus with 300 ns for every miss. */
  uma,
  /** FLASH, from recalled latencies: unverified. */
  'flash-1994': flash1994,
  /** DASH, from the parts of its published read latencies. */
  'dash-1992': dash1992,
  /** Origin 2000, from recalled latencies: unverified. */
  'origin2000-1997': origin2000,
  /** Two Xeon sockets, as somebody measured them. */
  'xeon-2s': xeon2s,
  /** Two EPYC sockets, as somebody measured them. */
  'epyc-2s': epyc2s,
  /** Two Xeon sockets and a memory-only CXL node. */
  'xeon-2s-cxl': xeon2sCxl,
} as const satisfies Record<string, Preset>;

/** Name of a preset. */
export type PresetName = keyof typeof presets;

/** The names, in the order of the documentation. */
export const presetNames = Object.keys(presets) as readonly PresetName[];
