/** What it costs to move pages, for replays of a miss log, where no processor carries it out. */
import { finiteNumber, plainObject } from '../../engine/checks.js';

/** Nanoseconds of processor time for each action and for each time that a policy is told something. All at least 0. */
export interface MoveCosts {
  /** Of a migration, a promotion or a demotion. */
  readonly migrateNs: number;
  /** Of one replica more. */
  readonly replicateNs: number;
  /** Of dropping all replicas of a page. */
  readonly collapseNs: number;
  /** Of two pages changing places. */
  readonly exchangeNs: number;
  /** Of a fault on a page whose mapping was taken away. */
  readonly hintFaultNs: number;
  /** Of an interrupt that brings a buffer of samples. */
  readonly sampleInterruptNs: number;
  /** Of a hot-page interrupt, apart from what is then done. */
  readonly hotPageNs: number;
}

/** Costs with where they come from. */
export interface MoveCostsPreset {
  readonly costs: MoveCosts;
  readonly source: string;
}

const COSTS = ['migrateNs', 'replicateNs', 'collapseNs', 'exchangeNs', 'hintFaultNs', 'sampleInterruptNs', 'hotPageNs'] as const; // prettier-ignore

/** Throws a RangeError that names the field unless `costs` has a number of at least 0 for each. */
export function checkCosts(costs: MoveCosts, where: string): void {
  plainObject(costs, where);
  for (const name of COSTS) finiteNumber(costs[name], `${where}: ${name}`);
}

/** Every action free: what is left is where misses are served. */
export const freeMoves: MoveCosts = {
  migrateNs: 0,
  replicateNs: 0,
  collapseNs: 0,
  exchangeNs: 0,
  hintFaultNs: 0,
  sampleInterruptNs: 0,
  hotPageNs: 0,
};

/** A trap and a short handler on Disco's processors, which Disco does not print. Ours. */
const TRAP_NS = 2000;

/**
 * Disco's means of migrations and replications. Disco prints no other cost: a collapse is charged as a replication and
 * an exchange as two migrations; a hot page that is left alone is free, as nothing is known of it; traps are ours.
 */
function table3(workload: string, migrateUs: number, replicateUs: number): MoveCostsPreset {
  return {
    costs: {
      migrateNs: 1000 * migrateUs,
      replicateNs: 1000 * replicateUs,
      collapseNs: 1000 * replicateUs,
      exchangeNs: 2000 * migrateUs,
      hintFaultNs: TRAP_NS,
      sampleInterruptNs: TRAP_NS,
      hotPageNs: 0,
    },
    source: `Bugnion, Devine and Rosenblum, SOSP 1997, Table 3, ${workload}: migrateNs and replicateNs; the others are ours`,
  };
}

/** The costs of the Engineering workload on 8 processors. */
export const discoEngineeringCosts = table3('Engineering', 67, 57);
/** The costs of the Raytrace workload on 16 processors. */
export const discoRaytraceCosts = table3('Raytrace', 102, 73);
