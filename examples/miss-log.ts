/** Policies on one log of misses, beside the least that any policy could cost. Recorded logs come from `disco-sim record`. */
import { decodeMissLog, encodeMissLog, MissLog } from 'disco-sim';
import { discoEngineeringCosts, firstTouch, missCounting, offlineOptimum, verghese1996 } from 'disco-sim';
import { replayLog } from 'disco-sim/testing';

const NODES = [0, 1, 2, 3];
const log = new MissLog({
  madeBy: 'examples/miss-log.ts',
  source: 'three pages by hand',
  pageBytes: 4096,
  frames: NODES.map(() => 100),
  processors: NODES.map(() => true),
  tiers: NODES.map(() => 0),
  latencyNs: NODES.map(from => NODES.map(to => (from === to ? 300 : 900))),
  records: ['thread', 'write', 'time', 'data'],
});

// Page 0 is used by node 0 and then by node 1, page 1 is read by all, page 2 is written by all.
for (let round = 0; round < 8000; round++) {
  const timeNs = round * 1000;
  const turn = round % 4;
  log.add(timeNs, round < 500 ? 0 : 1, 0, 0, false);
  log.add(timeNs, turn, turn, 1, false);
  log.add(timeNs, turn, turn, 2, true);
}

const { costs } = discoEngineeringCosts;
const read = decodeMissLog(encodeMissLog(log), 'three-pages.misses');
const us = (ns: number): string => `${(ns / 1000).toFixed(0).padStart(6)} us`;

for (const trigger of [Infinity, 512, 128, 32]) {
  const options = { ...verghese1996.options, trigger, sharing: trigger / 4 };
  const policy = trigger === Infinity ? firstTouch() : missCounting(options);
  const { totalNs, localShare, moves } = replayLog(policy, read, costs);
  const label = trigger === Infinity ? 'first touch' : `trigger ${trigger}`;
  console.log(`${label.padEnd(11)} ${us(totalNs)}  ${(100 * localShare).toFixed(0)} % local  ${moves.migrate} migrations  ${moves.replicate} replications`); // prettier-ignore
}
console.log(`at least    ${us(offlineOptimum(read, costs).replicatingNs)}`);
