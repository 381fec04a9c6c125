/** `disco-sim litmus FILE...`: litmus tests on simulated machines, against all that the memory model allows. */
import { linesOf, type Column } from '../../report/tables/layout.js';
import { VERSION } from '../../engine/version.js';
import { litmusSteps, shownWeak, type LitmusReport } from '../../testing/litmus/litmus.js';
import { litmusShares } from '../../testing/litmus/share.js';
import { classicLitmusTests } from '../../litmus/classics.js';
import { cycleLitmusTests } from '../../litmus/families.js';
import { MOST_LITMUS_STATES } from '../../litmus/outcomes.js';
import { LitmusError, type LitmusTest } from '../../litmus/litmus-test.js';
import { UsageError } from '../errors.js';
import { parseLitmusArguments, type LitmusArguments } from './litmus-arguments.js';
import { readLitmusFiles } from '../input/litmus-files.js';
import { print } from '../output.js';
import { progress } from '../process/progress.js';

const HELP = `disco-sim litmus FILE...|FOLDER|--classic|--cycles N [options]

Runs litmus tests on simulated machines of many shapes and timings, and compares what is observed with all outcomes
that the memory model allows, which are found by complete enumeration. Says what share of the conditions that the model
allows has been observed.

FILE              herd's .litmus format, for X86, X86_64 or MIPS: loads, stores, fences, indivisible updates,
                  arithmetic, and in MIPS branches
FOLDER            all .litmus files below it
--classic         the 44 classic tests, which are built in
--cycles N        tests of all cycles of 2 to N threads, N from 2 to 4 (24, 134 or 232 tests)
--model NAME      sc, without store buffers, or tso, with them (default sc)
--runs N          rounds of each test (default 2000)
--seed TEXT       master seed (default 1997); equal seeds give equal results
--protocol NAME   coherence protocol (default MESI)
--no-late-drains  stores leave their buffers at once; else most tso machines keep them for random times
--max-states N    states after which a test is refused as too large (default ${MOST_LITMUS_STATES}: some hundred MB)
--json            print one JSON object instead of a table
--help            this text

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
  if (chosen.paths.length === 0 && !chosen.classic && chosen.cycles === 0)
    throw new UsageError('litmus needs FILEs, a FOLDER, --classic or --cycles; see disco-sim litmus --help');
  progress.does('runs litmus tests on simulated machines');
  const { reports, refused, tooLarge } = await runAll(chosen);
  const bad = [...refused, ...tooLarge];
  for (const message of bad) progress.remark(message);
  const shown = shownWeak(reports);
  if (chosen.json) {
    const result = { version: VERSION, ...settings(chosen), shownWeak: shown, refused: bad };
    await print(`${JSON.stringify({ ...result, shares: litmusShares(reports), reports }, null, 1)}\n`);
  } else if (reports.length > 0) await print(`${table(reports, shown)}\n`);
  const wrong = reports.some(({ forbidden }) => forbidden.length > 0) || (chosen.classic && shown === false);
  process.exitCode = wrong ? 1 : bad.length > 0 ? 2 : 0;
}

function settings({ model, runs, seed, protocol, lateDrains, mostStates }: LitmusArguments) {
  return { model, runs, seed, protocol, lateDrains, mostStates };
}

/** Reads the tests and runs them one after the other. */
async function runAll(chosen: LitmusArguments) {
  progress.at('reading litmus tests');
  const files = await readLitmusFiles(chosen.paths, count => progress.at(`${count} litmus files read`));
  const { cycles } = chosen;
  const builtIn = [...(chosen.classic ? classicLitmusTests() : []), ...(cycles === 0 ? [] : cycleLitmusTests(cycles))];
  const tests: readonly LitmusTest[] = [...builtIn, ...files.tests];
  const reports: LitmusReport[] = [];
  const tooLarge: string[] = [];
  for (const [index, test] of tests.entries())
    try {
      reports.push(runOne(test, chosen, `${index} of ${tests.length} tests done`));
    } catch (error) {
      if (!(error instanceof LitmusError)) throw error;
      tooLarge.push(error.message);
    }
  return { reports, refused: files.refused, tooLarge };
}

function runOne(test: LitmusTest, chosen: LitmusArguments, done: string): LitmusReport {
  const steps = litmusSteps(test, settings(chosen));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const { phase, done: count } = step.value;
    progress.update(() => {
      const where = phase === 'running' ? `round ${count} of ${chosen.runs}` : `${count} states enumerated`;
      const far = `${done}, ${where} of ${test.name}`;
      return { line: far, far };
    });
  }
}

function table(reports: readonly LitmusReport[], shown: boolean | null): string {
  const column = (
    heading: string,
    cell: (report: LitmusReport) => string | number,
    align: Column['align'],
  ): Column => ({
    heading,
    align,
    gap: 2,
    expendable: 0,
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
  const { model, seed } = reports[0];
  const never = reports.flatMap(({ test, allowed }) =>
    allowed.filter(({ count }) => count === 0).map(({ outcome }) => `  ${test}: ${outcome}`),
  );
  return [
    `Memory model ${model}, seed ${seed}`,
    '',
    ...linesOf(columns),
    ...(never.length === 0 ? [] : ['', 'Allowed, but never observed:', ...never]),
    ...shareLines(reports),
    ...reports.flatMap(forbiddenLines),
    ...(shown === false
      ? ['', 'NEVER SHOWN: some tests may show what SC forbids, and none did. More rounds may help.']
      : []),
  ].join('\n');
}

/** What share of the allowed conditions has been seen, and in which families some are missing. */
function shareLines(reports: readonly LitmusReport[]): string[] {
  const [all, ...families] = litmusShares(reports);
  const missing = families.filter(({ allowed, shown }) => shown < allowed);
  const lines = missing.map(({ family, allowed, shown }) => `  ${family}: ${shown} of ${allowed}`);
  if (all.allowed === 0) return [];
  return [
    '',
    `Conditions that ${reports[0].model} allows: ${all.shown} of ${all.allowed} observed${lines.length > 0 ? '; by family, where some are missing:' : ''}`,
    ...lines,
  ];
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
