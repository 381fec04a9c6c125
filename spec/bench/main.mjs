/** All benchmarks, on the built package: `npm run bench -- [--json] [--quick] [part of a name]...`. */
import { runBenchmarks } from './harness.mjs';
import { benchmarks as hold } from './hold.mjs';
import { benchmarks as plainLoop } from './plain-loop.mjs';

runBenchmarks([...hold, ...plainLoop]);
