/** The first policy beside first touch on two machines. Half-way two threads change their memories, and pages are elsewhere. */
import { firstTouch, randomStream, syntheticTrace, uniform } from 'disco-sim';
import { Replay, sizedMachine } from 'disco-sim/experiments';
import { majority } from './first-policy.js';

const random = randomStream('first policy', 'references');
const size = { baseAddress: 0x10000000, footprintBytes: 2 ** 18, streamDistanceBytes: 2 ** 18 };
const shape = { streams: 2, references: 40_000, gapInstructions: 3, storePercent: 30, ...size };
const threads = uniform(shape, () => random.next());
const trace = syntheticTrace(
  'two phases',
  threads.map(({ words, gaps, counts, ...rest }, thread) => {
    const { words: later, counts: more } = threads[1 - thread];
    const [loads, stores] = [counts.loads + more.loads, counts.stores + more.stores];
    const all = { instructions: counts.instructions + more.instructions, loads, stores };
    return { ...rest, words: Int32Array.from([...words, ...later]), gaps: Uint16Array.from([...gaps, ...gaps]), counts: all }; // prettier-ignore
  }),
);

for (const preset of ['disco-1997', 'flash-1994'] as const) {
  for (const policy of [firstTouch(), majority()]) {
    const machine = sizedMachine(preset, { processors: 2, l2Bytes: 2 ** 16 });
    const replay = new Replay({ trace, machine, policy, seed: 1997, copies: 1, staggerCycles: 0, localityPages: 0 });
    replay.run();
    const { elapsedNs, misses, placement } = replay.result();
    const local = (100 * misses.local) / (misses.local + misses.remote);
    console.log(`${preset}, ${policy.name}: ${(elapsedNs / 1e6).toFixed(2)} ms, ${local.toFixed(0)} % local, ${placement.migrations} moved`); // prettier-ignore
  }
}
