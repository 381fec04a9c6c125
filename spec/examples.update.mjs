/** Records the outputs of the examples anew, by the spec that compares them: build, run, write `examples/*.out`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

function run(tool, args, environment = {}) {
  const { status } = spawnSync(join(ROOT, 'node_modules', '.bin', tool), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  if (status !== 0) process.exit(status ?? 1);
}

run('tsc', ['-p', 'tsconfig.build.json']);
run('jest', ['--runTestsByPath', 'spec/examples.spec.ts'], { UPDATE_EXAMPLES: '1' });
