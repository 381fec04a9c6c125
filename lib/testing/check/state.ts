/** Whether what a policy keeps grows with the misses: looked at through the heap, as closures hide their state. */
import { finiteNumber } from '../../engine/checks.js';
import { randomStream } from '../../engine/random.js';
import { DecisionLog } from '../../placement/decision-log.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { memory } from '../views.js';
import { ToyHost } from '../toy/host.js';
import type { Pace } from './draw.js';
import { Watch } from './watch.js';

/** Growth of the heap over a long run on few pages. */
export interface StateGrowth {
  /** Calls of the policy while the heap was watched. */
  readonly calls: number;
  /** The heap at the end, less that after a quarter of the run. */
  readonly bytes: number;
}

const PAGES = 8;
const NODES = 4;
/** Calls of each of the four quarters of a run. The first lets every page be known and the code be compiled. */
const CALLS = 15_000;
/** Misses after which a quarter ends that has not had its calls. */
const MISSES = 1_000_000;

/** Runs a policy on eight pages, and reads the heap after a quarter and at the end. Violations are not its concern. */
export function stateGrowth(make: () => PlacementPolicy, pace: Pace, heapBytes: () => number): StateGrowth {
  const watch = new Watch(make(), false);
  const log = new DecisionLog({ keep: 0 });
  const host = new ToyHost({
    policy: watch.policy,
    view: memory(),
    log,
    seed: 'state',
    strict: false,
    path: 'the check',
  });
  const random = randomStream('state', 'misses');
  const reads: { readonly calls: number; readonly bytes: number }[] = [];
  let timeNs = 0;
  for (let quarter = 0; quarter < 4; quarter++) {
    for (let misses = 0; misses < MISSES && watch.calls < (quarter + 1) * CALLS;) {
      const [node, page] = [random.below(NODES), random.below(PAGES)];
      // Long enough to make a page hot now and then, and short enough for many pages.
      const count = 1 + random.below(2 * pace.heat);
      const store = random.below(16) === 0;
      timeNs += Math.floor((pace.shortNs / 20) * random.next());
      for (let i = 0; i < count; i++) host.miss(node, page, store, node, timeNs);
      misses += count;
    }
    watch.decided.length = 0;
    const bytes = heapBytes();
    finiteNumber(bytes, 'checkPolicy: what heapBytes returned');
    reads.push({ calls: watch.calls, bytes });
  }
  const [first, last] = [reads[0], reads[3]];
  return { calls: last.calls - first.calls, bytes: last.bytes - first.bytes };
}
