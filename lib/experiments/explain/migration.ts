/** A page that becomes hot on another node: the program, the policy, and the bare machine whose kernel moves pages. */
import { BareKernel } from '../../guest/bare/bare-kernel.js';
import { leanKernel } from '../../guest/bare/costs.js';
import { ThreadProcess } from '../../guest/bare/thread-process.js';
import { sproc, waitForChild } from '../../guest/commodity/calls/system-calls.js';
import { buildMachine } from '../../machine/machine.js';
import { machineFacts } from '../../machine/load-meter.js';
import type { PlacementPolicy } from '../../placement/policy.js';
import { compute, load, store, type Program } from '../../processor/operations.js';
import type { Code } from '../../system/code.js';
import { namedPolicy } from '../policies.js';
import { LINE_BYTES, LINES } from './programs.js';
import { explainedMachine, MEMORY, PAGE_BYTES, SEED, type GuestProgram, type Prepared } from './systems.js';
import { mark } from './windows.js';

/** Misses of a node that make a page hot: half as many as a page has lines. */
export const TRIGGER = 16;

/** Moves a page to the node that misses on it. */
export function movingPolicy(): PlacementPolicy {
  return namedPolicy('migrate', { trigger: TRIGGER, sharing: TRIGGER / 2 });
}

const SHARED = MEMORY + 64 * PAGE_BYTES;

/** Touches a page first, so that it is on its node, and continues to use one line of it. */
function* staysAt(): Program {
  for (let turn = 0; turn < 4000; turn++) {
    yield load(SHARED);
    yield compute(200);
  }
}

/** Reads a page of another node, line after line, so that it becomes hot. */
function* readsFar(): Program {
  yield compute(100_000);
  yield load(SHARED);
  yield mark();
  for (let turn = 0; turn < 4; turn++) {
    for (let line = 0; line < LINES; line++) {
      yield load(SHARED + line * LINE_BYTES);
      yield compute(100);
    }
  }
}

/** Two threads in a guest of two processors. */
export const migrates: GuestProgram = {
  *program() {
    yield store(SHARED, 1);
    yield sproc(readsFar);
    yield* staysAt() as Code;
    yield waitForChild();
  },
};

/** The same two threads under the kernel of replays. */
export function bareMigration(): Prepared {
  const policy = movingPolicy();
  const machine = buildMachine(explainedMachine(2), { seed: SEED, runAhead: false, counters: policy.counters });
  const { map, controllers, processors } = machine;
  const kernel = new BareKernel({
    map,
    policy,
    costs: leanKernel,
    colours: 128,
    facts: machineFacts(machine, 'kernel'),
    nowNs: () => machine.elapsedNs,
    clearCounters: frame => controllers[map.homeOfFrame(frame)].counters?.clear(frame),
    keepDecisions: 0,
  });
  const process = new ThreadProcess(0, '', processors);
  for (const processor of processors) kernel.assign(processor, process);
  machine.load(kernel, [staysAt(), readsFar()]);
  return { machine, names: () => null, run: () => void machine.run() };
}
