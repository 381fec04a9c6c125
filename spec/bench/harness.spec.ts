/** Runs the checks of the benchmark harness, which is plain JavaScript and no part of the library, in Node itself. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

it('passes its checks', () => {
  const { status, stdout } = spawnSync(process.execPath, ['--test', join(__dirname, 'harness.check.mjs')], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(status === 0 ? '' : stdout).toBe('');
});
