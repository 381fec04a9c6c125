/**
 * Every constant that the predictions of the Disco paper rest on, with its source. Values stand in the code, and nowhere else: this list says where.
 * spec/experiments/paper/constants.spec.ts reads the code and finds what is not listed.
 */
import { CONSTANT_KINDS, type Constant, type ConstantKind } from './constant.js';
import { KERNEL_CONSTANTS } from './kernel.js';
import { MACHINE_CONSTANTS } from './machine.js';
import { MONITOR_CONSTANTS } from './monitor.js';
import { SPLASH_CONSTANTS } from './splash.js';
import { LINUX_CONSTANTS, STEP_CONSTANTS } from './steps.js';
import { SYSTEM_CONSTANTS } from './systems.js';
import { WORKLOAD_CONSTANTS } from './workloads.js';

/** Constants that the experiments use. */
export const PAPER_CONSTANTS: readonly Constant[] = [
  ...MACHINE_CONSTANTS,
  ...KERNEL_CONSTANTS,
  ...STEP_CONSTANTS,
  ...SPLASH_CONSTANTS,
  ...MONITOR_CONSTANTS,
  ...WORKLOAD_CONSTANTS,
  ...SYSTEM_CONSTANTS,
];

/** Constants of what the experiments could use and do not: the profile linux-mips. */
export const OTHER_CONSTANTS: readonly Constant[] = LINUX_CONSTANTS;

/** How many constants of each kind the experiments use. */
export function countConstants(): Readonly<Record<ConstantKind, number>> {
  const count = (kind: ConstantKind): number => PAPER_CONSTANTS.filter(constant => constant.kind === kind).length;
  return Object.fromEntries(CONSTANT_KINDS.map(kind => [kind, count(kind)])) as Record<ConstantKind, number>;
}
