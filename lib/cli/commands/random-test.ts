/** `disco-sim random-test`: random tests of protocols on every kind of machine; a failing one is made short and explained. */
import { DIRECTORY_FORMATS } from '../../coherence/directory-format.js';
import { PROTOCOL_NAMES } from '../../coherence/protocols/protocols.js';
import { VERSION } from '../../engine/version.js';
import { linesOf, type Column } from '../../report/tables/layout.js';
import { RANDOM_NETWORKS, RANDOM_TOPOLOGIES, type RandomTestResult } from '../../testing/random/options.js';
import { shrinkRandomTest, shrunkText } from '../../testing/random/shrink.js';
import { randomSweep, type RandomSweep, type SweptTest } from '../../testing/random/sweep.js';
import { RandomTester } from '../../testing/random/tester.js';
import { UsageError } from '../errors.js';
import { namesOf, parseOptions, wholeNumber } from '../options.js';
import { print } from '../output.js';
import { JobPace, progress } from '../process/progress.js';

const HELP = `disco-sim random-test [options]

Stores and loads at random on machines with tiny caches, and checks every value, the number of writers, that everybody
finishes, and that everything is at rest in the end; for every protocol and directory
on every topology over both networks. A failure is made short and
explained by the history of its line; exit code 1.

--accesses N     checked accesses of all tests together (default 1000000)
--seed TEXT      master seed (default 1997); equal seeds give equal tests
--protocol A,B   protocols (default ${PROTOCOL_NAMES.join()})
--directory A,B  formats of the directory (default ${DIRECTORY_FORMATS.join()})
--topology A,B   topologies (default ${RANDOM_TOPOLOGIES.join()})
--network A,B    networks (default ${RANDOM_NETWORKS.join()})
--nodes N        nodes of each machine (default 4)
--processors N   processors of each node (default 2)
--json           print one JSON object instead of a table
--help           this text
`;

const OPTIONS = {
  accesses: { type: 'string' },
  seed: { type: 'string' },
  protocol: { type: 'string' },
  directory: { type: 'string' },
  topology: { type: 'string' },
  network: { type: 'string' },
  nodes: { type: 'string' },
  processors: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Events between two looks at the clock. */
const SLICE = 20_000;

interface Tested {
  readonly test: SweptTest;
  readonly result: RandomTestResult;
}

/** Runs the command. */
export async function randomCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length > 0)
    throw new UsageError(`random-test takes no files, but was given ${positionals.join(' ')}`);
  const tests = sweep({
    seed: values.seed ?? '1997',
    accesses: wholeNumber('--accesses', values.accesses ?? '1000000', 1, 1e12),
    protocols: namesOf('protocol', values.protocol ?? PROTOCOL_NAMES.join(), PROTOCOL_NAMES),
    directories: namesOf('directory', values.directory ?? DIRECTORY_FORMATS.join(), DIRECTORY_FORMATS),
    topologies: namesOf('topology', values.topology ?? RANDOM_TOPOLOGIES.join(), RANDOM_TOPOLOGIES),
    networks: namesOf('network', values.network ?? RANDOM_NETWORKS.join(), RANDOM_NETWORKS),
    nodes: wholeNumber('--nodes', values.nodes ?? '4', 1, 64),
    processorsPerNode: wholeNumber('--processors', values.processors ?? '2', 1, 16),
  });
  const tested = runAll(tests);
  await print(values.json === true ? json(tested) : table(tested));
  if (tested.some(({ result }) => result.failure !== null)) process.exitCode = 1;
}

/** As `randomSweep`, whose refusals are the user's to mend. */
function sweep(options: RandomSweep): SweptTest[] {
  try {
    return randomSweep(options);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function runAll(tests: readonly SweptTest[]): Tested[] {
  const total = tests.reduce((sum, { options }) => sum + options.accesses, 0);
  progress.does(`tests protocols with ${total} random accesses on ${tests.length} machines`);
  const pace = new JobPace(total, 'accesses');
  const tested: Tested[] = [];
  let before = 0;
  for (const test of tests) {
    const far = (done: number): string =>
      `${pace.far(done)}, ${tested.length} of ${tests.length} tests finished, at ${test.name}`;
    progress.at(far(before));
    const tester = new RandomTester(test.options);
    while (!tester.advance(SLICE))
      progress.update(() => {
        const done = before + tester.result().accesses;
        return { line: `${pace.line(done)}  ${test.name}`, far: far(done) };
      });
    const result = tester.result();
    before += result.accesses;
    tested.push({ test, result });
    if (result.failure === null) continue;
    progress.at(`${test.name} failed, looking for a shorter failure`);
    // The others would most likely tell the same story.
    break;
  }
  return tested;
}

/** A line for each protocol and directory, over all topologies and networks. */
function table(tested: readonly Tested[]): string {
  const groups = new Map<string, Tested[]>();
  for (const one of tested) {
    const key = `${one.test.protocol} ${one.test.directory}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()];
  const number = (heading: string, value: (result: RandomTestResult) => number): Column => ({
    heading,
    align: 'right',
    gap: 2,
    expendable: 0,
    cells: rows.map(row => String(row.reduce((sum, { result }) => sum + value(result), 0))),
  });
  const text = (heading: string, gap: number, cell: (row: readonly Tested[]) => string): Column => ({
    heading,
    align: 'left',
    gap,
    expendable: 0,
    cells: rows.map(cell),
  });
  const lines = linesOf([
    text('protocol', 0, ([first]) => first.test.protocol),
    text('directory', 2, ([first]) => first.test.directory),
    number('machines', () => 1),
    number('accesses', ({ accesses }) => accesses),
    number('misses', ({ misses }) => misses),
    number('events', ({ events }) => events),
    text('verdict', 2, row => row.find(({ result }) => result.failure)?.result.failure?.check ?? 'nothing found'),
  ]);
  const failed = tested.find(({ result }) => result.failure !== null);
  const accesses = tested.reduce((sum, { result }) => sum + result.accesses, 0);
  const verdict =
    failed === undefined
      ? `${accesses} accesses checked, nothing found.`
      : `${failed.test.name} failed.\n${shrunkText(shrinkRandomTest(failed.test.options))}`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}

function json(tested: readonly Tested[]): string {
  const results = tested.map(({ test, result }) => {
    const { protocol, plant: _, ...options } = test.options;
    return { name: test.name, options: { ...options, protocol: protocol.name }, ...result };
  });
  return `${JSON.stringify({ version: VERSION, results }, null, 1)}\n`;
}
