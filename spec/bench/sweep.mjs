/**
 * What a sweep costs: 1,000 points of 10 ms in a process of its own, start-up included, over points x time / cores; should be below 1.3.
 * Elapsed time, so on a machine that does nothing else: `node spec/bench/sweep.mjs`. Also processor time of 1,000 empty points.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const POINTS = 1000;
const PACKAGE = new URL('../../dist/experiments/index.js', import.meta.url).href;
const MODEL = `export function run({ ms }) { const end = performance.now() + ms; while (performance.now() < end); return { ms }; }`;
const PROGRAM = `import { sweep } from '${PACKAGE}';
const n = Array.from({ length: ${POINTS} }, (_, i) => i);
const options = { seeds: 1, fixed: { ms: Number(process.argv[2]) }, base: import.meta.dirname, folder: process.argv[3] };
const { counts } = await sweep({ n }, { module: 'model.mjs' }, options);
if (counts.computed !== ${POINTS}) throw new Error(JSON.stringify(counts));
const { user, system } = process.cpuUsage();
console.log((user + system) / 1e6);`;

const folder = mkdtempSync(join(tmpdir(), 'disco-sweep-'));
try {
  writeFileSync(join(folder, 'model.mjs'), MODEL);
  writeFileSync(join(folder, 'program.mjs'), PROGRAM);
  const cores = availableParallelism();
  for (const ms of [10, 0]) {
    const start = performance.now();
    const words = [join(folder, 'program.mjs'), String(ms), join(folder, `out-${ms}`)];
    const { stdout, stderr, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const seconds = (performance.now() - start) / 1000;
    const ratio = ms === 0 ? '' : `, ${((1000 * seconds * cores) / (POINTS * ms)).toFixed(2)} of points x time / cores`;
    console.log(
      `${POINTS} points of ${ms} ms on ${cores} cores: ${seconds.toFixed(2)} s${ratio}, ${Number(stdout).toFixed(2)} s of processor time`,
    );
  }
  console.log(`load ${loadavg()[0].toFixed(1)} before and meanwhile`);
} finally {
  rmSync(folder, { recursive: true });
}
