/** All benchmarks, on the built package: `npm run bench -- [--json] [--quick] [part of a name]...`. */
import { benchmarks as construction } from './construction.mjs';
import { benchmarks as explorer } from './explorer.mjs';
import { runBenchmarks } from './harness.mjs';
import { benchmarks as hold } from './hold.mjs';
import { benchmarks as missLog } from './miss-log.mjs';
import { benchmarks as monitor } from './monitor.mjs';
import { benchmarks as native } from './native.mjs';
import { benchmarks as plainLoop } from './plain-loop.mjs';
import { benchmarks as policyCheck } from './policy-check.mjs';
import { benchmarks as processor } from './processor.mjs';
import { benchmarks as randomTester } from './random-tester.mjs';
import { benchmarks as router } from './router.mjs';

runBenchmarks([
  ...hold,
  ...plainLoop,
  ...processor,
  ...construction,
  ...router,
  ...explorer,
  ...randomTester,
  ...missLog,
  ...policyCheck,
  ...monitor,
  ...native,
]);
