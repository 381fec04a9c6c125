/**
 * The whole gate behind `npm test`: stages in order, stopping at the first that fails.
 * `node spec/gate.mjs lint specs` runs only the stages named (those from `layering` on work on what was built before).
 * What a stage printed is kept in `.cache/gate/`. The last line is `N passed, N failed`: specs, and a failed stage of
 * another kind counts as one failure.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage } from './support/package-check.mjs';

const ROOT = join(import.meta.dirname, '..');
const LOGS = join(ROOT, '.cache', 'gate');
const TERMINAL = process.stdout.isTTY === true;

/** A stage returns nothing or `{ passed, failed, note, report }`; it throws a `StageError` to fail as a whole. */
const STAGES = {
  async build() {
    rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
    await tool('tsc', '-p', 'tsconfig.build.json');
  },
  // After the build, because examples see the types of the built package.
  types: () => tool('tsc', '--noEmit'),
  async lint() {
    await tool('eslint', '.', '--max-warnings', '0');
    await tool('prettier', '--check', '--log-level', 'warn', '.');
  },
  layering: () => jest('--runTestsByPath', 'spec/layering.spec.ts'),
  specs: () => jest('--testPathIgnorePatterns', '/node_modules/', '/spec/(layering|examples)\\.spec\\.ts$'),
  examples: () => jest('--runTestsByPath', 'spec/examples.spec.ts'),
  docs: () => tool('typedoc', '--logLevel', 'Warn'),
  async pack() {
    await tool('publint', '--strict');
    await tool('attw', '--pack', '.', '--profile', 'esm-only');
    const faults = checkPackage(JSON.parse((await run('npm', ['pack', '--dry-run', '--json'])).stdout)[0]);
    if (faults.length > 0) throw new StageError(faults.join('\n'));
  },
  async tree() {
    if (process.env.CI !== 'true') return { note: 'skipped, CI is not true' };
    const { stdout } = await run('git', ['status', '--porcelain']);
    if (stdout !== '') throw new StageError(`the gate left changes, or they were there before:\n${stdout}`);
  },
};

class StageError extends Error {}

let log = '';

/** Runs a command to its end; throws with what it printed unless it exits with one of `codes`. */
async function run(command, args, codes = [0]) {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NO_UPDATE_NOTIFIER: '1' },
  });
  let stdout = '';
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', text => ((stdout += text), (printed += text)));
  child.stderr.setEncoding('utf8').on('data', text => (printed += text));
  const code = await new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (status, signal) => resolve(status ?? signal)),
  );
  log += `$ ${[command, ...args].join(' ')}\n${printed}\n`;
  if (!codes.includes(code)) throw new StageError(`${[command, ...args].join(' ')} ended with ${code}\n\n${printed}`);
  return { stdout, printed };
}

/** Runs a tool that the development dependencies bring. */
async function tool(name, ...args) {
  await run(join(ROOT, 'node_modules', '.bin', name), args);
}

/** Runs some specs, and reads the totals from Jest's own report. */
async function jest(...args) {
  const file = join(LOGS, 'jest.json');
  rmSync(file, { force: true });
  const command = [
    join(ROOT, 'node_modules', '.bin', 'jest'),
    ['--ci', '--json', '--outputFile', file, ...args],
    [0, 1],
  ];
  const { printed } = await run(...command);
  const report = readReport(file, printed);
  const suites = report.testResults.filter(suite => suite.status === 'failed');
  // A suite that could not be loaded has no failed tests, and counts as one.
  const unloadable = suites.filter(suite => suite.assertionResults.every(({ status }) => status !== 'failed'));
  const failed = report.numFailedTests + unloadable.length;
  return {
    passed: report.numPassedTests,
    failed: report.success ? failed : Math.max(1, failed),
    note: `${report.numPassedTests} passed, ${failed} failed` + skippedNote(report),
    report: suites.map(suite => `${suite.name}\n${suite.message}`).join('\n'),
  };
}

function readReport(file, printed) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new StageError(`jest left no report\n\n${printed}`);
  }
}

function skippedNote({ numPendingTests, numTodoTests }) {
  const skipped = numPendingTests + numTodoTests;
  return skipped === 0 ? '' : `, ${skipped} skipped`;
}

/** Runs one stage and prints its line; returns its totals. */
async function stage(name) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const ticker = TERMINAL ? setInterval(() => process.stdout.write(`\r· ${name.padEnd(9)} ${seconds()} `), 200) : null;
  log = '';
  let result;
  try {
    result = { passed: 0, failed: 0, note: '', report: '', ...(await STAGES[name]()) };
  } catch (error) {
    const report = error instanceof StageError ? error.message : String(error?.stack ?? error);
    result = { passed: 0, failed: 1, note: '', report };
  }
  clearInterval(ticker);
  if (TERMINAL) process.stdout.write('\r\x1b[K');
  writeFileSync(join(LOGS, `${name}.log`), log);
  const note = result.note === '' ? '' : `  (${result.note})`;
  console.log(`${result.failed === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(9)} ${seconds().padStart(8)}${note}`);
  if (result.failed > 0) console.log(`\n${result.report.trim()}\n\nstage '${name}' failed; .cache/gate/${name}.log\n`);
  return result;
}

async function main(chosen) {
  const unknown = chosen.filter(name => !(name in STAGES));
  if (unknown.length > 0) {
    console.error(`there is no stage ${unknown.join(', ')}, only ${Object.keys(STAGES).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(LOGS, { recursive: true });
  const total = { passed: 0, failed: 0 };
  for (const name of Object.keys(STAGES)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const { passed, failed } = await stage(name);
    total.passed += passed;
    total.failed += failed;
    if (failed > 0) break;
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
