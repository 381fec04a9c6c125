/** What users import into their own specs, as `disco-sim/testing`. */
export { page, memory } from './views.js';
export type { MemoryOverrides } from './views.js';
export {
  countedMiss,
  firstTouchBy,
  hintFault,
  hotPage,
  interval,
  memoryPressure,
  replicaWrite,
  sampledAccess,
} from './evidence.js';
export type { EvidenceOverrides } from './evidence.js';
export { repeat, scenario } from './scenario.js';
export type { Miss, ScenarioResult } from './scenario.js';
