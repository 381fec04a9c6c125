/** `disco-sim litmus FILE...`: litmus tests on simulated machines, against all that the memory model allows. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { linesOf, type Column } from '../experiments/table-layout.js';
import { VERSION } from '../engine/version.js';
import { litmusSteps, shownWeak, type LitmusReport } from '../testing/litmus.js';
import { classicLitmusTests } from '../workloads/litmus-classics.js';
import { LitmusError, type LitmusTest } from '../workloads/litmus-test.js';
import { Interrupted, UsageError } from './errors.js';
import { parseLitmusArguments, type LitmusArguments } from './litmus-arguments.js';
import { readLitmusFiles } from './litmus-files.js';

const HELP = `disco-sim litmus FILE...|FOLDER|--classic [options]

Runs litmus tests on simulated machines of many shapes and timings, and compares what is observed with all outcomes
that the memory model allows, which are found by complete enumeration.

FILE             herd's .litmus format, for X86 and X86_64 (MOV, MFENCE) or MIPS (LW, SW, LL, SC, SYNC)
FOLDER           all .litmus files below it
--classic        the 44 classic tests, which are built in
--model NAME     sc, without store buffers, or tso, with them (default sc)
--runs N         rounds of each test (default 2000)
--seed TEXT      master seed (default 1997); equal seeds give equal results
--protocol NAME  coherence protocol (default MESI)
--json           print one JSON object instead of a table
--help           this text

Exit code 1 if a forbidden outcome was observed, or if machines with store buffers showed in no classic test what SC
forbids and TSO allows; else 2 if a file could not be read; else 0.
`;

/** Runs the command. */
export async function litmusCommand(words: readonly string[]): Promise<void> {
  const chosen = parseLitmusArguments(words);
  if (chosen.help) {
    process.stdout.write(HELP);
    return;
  }
  if (chosen.paths.length === 0 && !chosen.classic)
    throw new UsageError('litmus needs FILEs, a FOLDER or --classic; see disco-sim litmus --help');
  const { tests, refused } = await readLitmusFiles(chosen.paths);
  const { reports, tooLarge } = await runAll([...(chosen.classic ? classicLitmusTests() : []), ...tests], chosen);
  const bad = [...refused, ...tooLarge];
  for (const message of bad) process.stderr.write(`disco-sim: ${message}\n`);
  const shown = shownWeak(reports);
  if (chosen.json) {
    const result = { version: VERSION, ...settings(chosen), shownWeak: shown, refused: bad, reports };
    process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  } else if (reports.length > 0) process.stdout.write(`${table(reports, shown)}\n`);
  const wrong = reports.some(({ forbidden }) => forbidden.length > 0) || (chosen.classic && shown === false);
  process.exitCode = wrong ? 1 : bad.length > 0 ? 2 : 0;
}

function settings({ model, runs, seed, protocol }: LitmusArguments) {
  return { model, runs, seed, protocol };
}

/** Runs tests one after the other, in slices, so that Ctrl-C is heard at once. */
async function runAll(
  tests: readonly LitmusTest[],
  chosen: LitmusArguments,
): Promise<{ reports: LitmusReport[]; tooLarge: string[] }> {
  let interrupted = false;
  const onSignal = (): void => {
    interrupted = true;
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const reports: LitmusReport[] = [];
  const tooLarge: string[] = [];
  const { stderr } = process;
  try {
    for (const [index, test] of tests.entries())
      try {
        const steps = litmusSteps(test, settings(chosen));
        for (let step = steps.next(); ; step = steps.next()) {
          if (step.done === true) {
            reports.push(step.value);
            break;
          }
          if (stderr.isTTY)
            stderr.write(
              `\r\x1b[K${index + 1} of ${tests.length}: ${test.name}, round ${step.value} of ${chosen.runs}`,
            );
          await nextTurn();
          if (interrupted) throw new Interrupted(`interrupted in ${test.name}, ${index} of ${tests.length} tests done`);
        }
      } catch (error) {
        if (!(error instanceof LitmusError)) throw error;
        tooLarge.push(error.message);
      }
  } finally {
    if (stderr.isTTY) stderr.write('\r\x1b[K');
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  return { reports, tooLarge };
}

function table(reports: readonly LitmusReport[], shown: boolean | null): string {
  const column = (
    heading: string,
    cell: (report: LitmusReport) => string | number,
    align: Column['align'],
  ): Column => ({
    ...{ heading, align, gap: 2, expendable: 0 },
    cells: reports.map(report => String(cell(report))),
  });
  const seen = (list: readonly { readonly count: number }[]): number => list.filter(({ count }) => count > 0).length;
  const columns = [
    { ...column('test', ({ test }) => test, 'left'), gap: 0 },
    column('condition', ({ verdict }) => verdict, 'left'),
    column('held', ({ conditionHeld }) => conditionHeld, 'right'),
    column('rounds', ({ runs }) => runs, 'right'),
    column('allowed', ({ allowed }) => allowed.length, 'right'),
    column('observed', ({ allowed }) => seen(allowed), 'right'),
    column('beyond SC', ({ weak }) => (weak.length === 0 ? '' : `${seen(weak)} of ${weak.length}`), 'right'),
    column('verdict', ({ forbidden }) => (forbidden.length === 0 ? 'ok' : 'FORBIDDEN OUTCOME'), 'left'),
  ];
  const { model, seed } = reports[0]!;
  const never = reports.flatMap(({ test, allowed }) =>
    allowed.filter(({ count }) => count === 0).map(({ outcome }) => `  ${test}: ${outcome}`),
  );
  return [
    `Memory model ${model}, seed ${seed}`,
    '',
    ...linesOf(columns),
    ...(never.length === 0 ? [] : ['', 'Allowed, but never observed:', ...never]),
    ...reports.flatMap(forbiddenLines),
    ...(shown === false
      ? ['', 'NEVER SHOWN: some tests may show what SC forbids, and none did. More rounds may help.']
      : []),
  ].join('\n');
}

function forbiddenLines({ test, model, seed, forbidden }: LitmusReport): string[] {
  return forbidden.flatMap(({ outcome, count, machine, round, runAhead, setting, history }) => [
    '',
    `FORBIDDEN under ${model}: ${test}: ${outcome}`,
    `  observed ${count} times, first with seed ${seed}, machine ${machine}${runAhead ? ', running ahead' : ''}, round ${round}`,
    ...setting.map(line => `  ${line}`),
    ...history.map(({ time, thread, what }) => `  ${String(time).padStart(10)}  thread ${thread}: ${what}`),
  ]);
}
