/** One draw is not a result: a grid with five seeds each, means with intervals, differences with the same seeds. */
import { networkSweep, summariseSweep, sweep, sweepText, USUAL_SWEEP } from 'disco-sim/experiments';

/** Mean latency of a small mesh at one load. */
const run = ({ virtualChannels }: { readonly [name: string]: unknown }, seed: string) => {
  const routers = { ...USUAL_SWEEP.routers, virtualChannels: Number(virtualChannels) };
  const [row] = networkSweep({ ...USUAL_SWEEP, k: 4, rates: [0.3], cycles: 500, routers, seed });
  return { latency: row.routers.meanLatency };
};

const found = await sweep({ virtualChannels: [1, 2, 4, 8] }, run, { seeds: 5 });
console.log(found.counts);
console.log(sweepText(summariseSweep(found, { baseline: { virtualChannels: 4 } })));
