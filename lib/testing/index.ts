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
export { policyMatchers } from './matchers.js';
export type { MatcherAnswer, PolicyMatcher, PolicyMatchers } from './matchers.js';
export { assertPolicy, checkPolicy, policyCheckText } from './check/check-policy.js';
export type { PolicyCheck, PolicyCheckOptions, PolicyFailure } from './check/check-policy.js';
export type { PolicyProperty } from './check/properties.js';
export * from './random/options.js';
export { randomTest, RandomTester } from './random/tester.js';
export { randomSweep, type RandomSweep, type SweptTest } from './random/sweep.js';
export { shrinkRandomTest, shrunkText, type ShrunkTest } from './random/shrink.js';
export type { RandomMachine } from './random/machine.js';
export type { RandomDriver, RandomDriverClient } from './random/driver.js';
export { replayLog } from './toy/replay-log.js';
export type { LogReplay, LogReplayOptions, MovingTimes } from './toy/replay-log.js';
export type { ToyMoves } from './toy/counts.js';
export { conformance, conformanceScenarios } from './conformance.js';
export type { ConformanceRow, ConformanceScenario } from './conformance.js';
export { repeat, scenario } from './scenario.js';
export type { Miss, ScenarioOptions, ScenarioResult } from './scenario.js';
export { explore, Explorer } from '../coherence/explore/explorer.js';
export type { Exploration, ExploreOptions, Violation } from '../coherence/explore/explorer.js';
export type { CellReport } from '../coherence/explore/coverage.js';
export type { ViolationKind } from '../coherence/explore/invariants.js';
export type { ModelOptions } from '../coherence/explore/model.js';
export type { TracedStep } from '../coherence/explore/trace.js';
export { sequenceChart } from '../coherence/explore/sequence-chart.js';
export type { ChartSize } from '../coherence/explore/sequence-chart.js';
export { withRows } from '../coherence/with-rows.js';
export type { ChangedRow, RowChanges } from '../coherence/with-rows.js';
export { litmusSteps, runLitmus, shownWeak } from './litmus/litmus.js';
export type {
  ForbiddenOutcome,
  LitmusOptions,
  LitmusProgress,
  LitmusReport,
  ObservedOutcome,
} from './litmus/litmus.js';
export type { LitmusEvent } from './litmus/rounds.js';
export { litmusShares, type LitmusShare } from './litmus/share.js';
