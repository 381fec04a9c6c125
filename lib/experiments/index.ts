/**
 * disco-sim/experiments: replays of recorded programs, runs of operating systems on the bare machine and under the monitor, their results, tables and reports.
 * @packageDocumentation
 */
export * from './hardware/latency.js';
export * from './hardware/network-sweep.js';
export type { QueueResult } from './hardware/queues.js';
export { compare, type Comparison, type ServiceCost } from './paper/compare.js';
export { paperExperiments, rerunPaper, type PaperOptions } from './paper/paper.js';
export * from './paper/published.js';
export { PAPER_LENGTHS, PAPER_RUNS, type PaperLength, type PaperRun, type PaperRunName } from './paper/runs.js';
export type {
  Order,
  PaperExperiment,
  PaperOrder,
  PaperResult,
  PaperRow,
  PaperRunResult,
  Reading,
  RowKind,
  RunsOf,
} from './paper/experiment.js';
export { Measured } from './paper/measures.js';
export * from './job.js';
export * from './bench/bench.js';
export * from './policies.js';
export { policyMaker, type PolicyModule } from './policy-module.js';
export * from './replay/comparison.js';
export * from './replay/record.js';
export * from './replay/replay.js';
export * from './replay/result.js';
export { collect } from './sweeps/store/collect.js';
export type { Collected, CollectedPoint, PointState, SweepSpecification } from './sweeps/store/collected.js';
export {
  estimate,
  pairedDifference,
  quantile,
  type Estimate,
  type PairedDifference,
} from './sweeps/statistics/estimate.js';
export * from './sweeps/statistics/held-out.js';
export type { Json } from './sweeps/store/json.js';
export { seedsFrom, type Grid, type GridOptions, type SweepParameters, type SweepPoint } from './sweeps/points.js';
export * from './sweeps/replicate.js';
export type { Metrics, RunContext, RunModule, RunOutcome, SweepRun, WholeOutcome } from './sweeps/run.js';
export {
  summariseSweep,
  type MetricSummary,
  type SummaryOptions,
  type SummaryRow,
  type SweepSummary,
} from './sweeps/summary.js';
export * from './sweeps/sweep-error.js';
export { readSweepFile, type SweepFile } from './sweeps/named/sweep-file.js';
export * from './sweeps/sweep.js';
export * from './sweeps/statistics/warm-up.js';
export * from './systems/choices.js';
export * from './systems/guests/commodity-guest.js';
export * from './systems/guests/guest-images.js';
export type { Host, MappedCounts } from './systems/hosts/host.js';
export * from './systems/guests/instances.js';
export * from './systems/machine-size.js';
export { MonitorHost, type VirtualGuest } from './systems/hosts/monitor-host.js';
export * from './systems/named-runs.js';
export * from './systems/paper-workloads.js';
export type {
  BareHost,
  BootStyle,
  CommonStart,
  DiscoHost,
  GuestPhase,
  GuestPlace,
  GuestNetwork,
  GuestPlan,
  GuestRun,
  Guests,
  GuestSoftware,
  RemoteMount,
  SystemOptions,
} from './systems/plan.js';
export * from './systems/guests/splash-guest.js';
export * from './systems/guests/splash-program.js';
export type { MachineDisk } from './systems/hosts/system-disks.js';
export * from './systems/system-result.js';
export * from './systems/system-run.js';
export { loadChart } from '../report/charts/load.js';
export * from '../report/replay/report.js';
export * from '../report/systems/report.js';
export { comparisonText } from '../report/tables/compare.js';
export { answerWhatIf, whatIfOf, type WhatIf, type WhatIfAnswer, type WhatIfOptions } from './whatif/whatif.js';
export { WHAT_IFS, type WhatIfName } from './whatif/what-ifs.js';
export { explain, type ExplainedSide, type Explanation } from './explain/explain.js';
export type { ExplainedEventName } from './explain/events.js';
export type { Hop, Miss, Recording, Step } from './explain/recording.js';
export type { Actor, Deed } from './explain/words.js';
export { explanationCsv } from '../report/explain/csv.js';
export { explanationSvg } from '../report/explain/figure.js';
export { explanationText, type ExplanationTextOptions } from '../report/tables/explain.js';
export { withRemoteLatency } from './hardware/remote-latency.js';
export { whatIfText } from '../report/tables/what-if.js';
export { paperText } from '../report/tables/paper.js';
export { paperReportHtml, type PaperReportOptions } from '../report/paper/report.js';
export * from '../report/tables/latency.js';
export * from '../report/tables/network.js';
export * from '../report/tables/replay.js';
export { sweepText } from '../report/tables/sweep.js';
export { sweepCharts, type SweepChart } from '../report/sweeps/pictures.js';
export { sweepReportHtml, type SweepReportOptions } from '../report/sweeps/report.js';
export * from '../report/tables/system.js';
