/** `disco-sim explore PROTOCOL`: every state that a protocol can get into with a few caches, and what it found. */
import { DIRECTORY_FORMATS, protocolFor, type DirectoryFormat } from '../../coherence/directory-format.js';
import { Explorer, type Exploration } from '../../coherence/explore/explorer.js';
import { MOST_CACHES, MOST_LINES } from '../../coherence/explore/packing.js';
import { sequenceChart } from '../../coherence/explore/sequence-chart.js';
import type { CoherenceProtocol } from '../../coherence/protocol.js';
import { PROTOCOLS } from '../../coherence/protocols/protocols.js';
import { VERSION } from '../../engine/version.js';
import { UsageError } from '../errors.js';
import { namesOf, parseOptions, unknown, wholeNumber } from '../options.js';
import { print } from '../output.js';
import { SearchPace, progress } from '../process/progress.js';

const HELP = `disco-sim explore PROTOCOL [options]

Goes through every order of deliveries, accesses and evictions that the protocol's tables allow, and checks single
writer or many readers, the value of every copy and of memory, and that everything can always come to rest. Exit code
1 and a shortest way to the fault, as a sequence chart, if one is found.

PROTOCOL         msi, mesi, mosi, moesi or mesi-retry
--caches N       caches, 1 to ${MOST_CACHES} (default 3)
--lines N        lines, 1 or ${MOST_LINES}, each with a home of its own (default 1)
--directory NAME what the directory is like: ${DIRECTORY_FORMATS.join(', ')}
                 (default full); the model takes every superset of the sharers for an inexact one, recalls lines
                 whenever it likes for one with too few entries, and names two sharers for limited-evict
--unordered      let forwards overtake each other, to see why they must not
--no-symmetry    count states that differ only in the names of caches and lines apart, as most published counts do
--one-kind-of-data  owners send data as the same kind of message as homes, as in published counts; cells for an owner's
                 data are not reached then
--json           print one JSON object instead of text
--help           this text
`;

const OPTIONS = {
  caches: { type: 'string' },
  lines: { type: 'string' },
  directory: { type: 'string' },
  unordered: { type: 'boolean' },
  'no-symmetry': { type: 'boolean' },
  'one-kind-of-data': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A format of each name, for the rows that it needs; its sizes play no part. */
const SMALL: Readonly<Record<DirectoryFormat['format'], DirectoryFormat>> = {
  full: { format: 'full' },
  coarse: { format: 'coarse', bits: 1 },
  'limited-broadcast': { format: 'limited-broadcast', pointers: 1 },
  'limited-evict': { format: 'limited-evict', pointers: 2 },
  sparse: { format: 'sparse', sets: 1, ways: 1 },
  'dynamic-pointers': { format: 'dynamic-pointers', cells: 1 },
};

/** Steps between two looks at the clock. */
const SLICE = 20_000;

/** Runs the command. */
export async function exploreCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const [format = 'full', ...formats] = namesOf('directory', values.directory ?? 'full', DIRECTORY_FORMATS);
  if (formats.length > 0) throw new UsageError('explore takes one directory at a time');
  const protocol = protocolFor(chosen(positionals), SMALL[format]);
  const caches = wholeNumber('--caches', values.caches ?? '3', 1, MOST_CACHES);
  const lines = wholeNumber('--lines', values.lines ?? '1', 1, MOST_LINES);
  const forwards = values.unordered === true ? 'bag' : 'fifo';
  const symmetry = values['no-symmetry'] !== true;
  const oneKindOfData = values['one-kind-of-data'] === true;
  const result = search(new Explorer(protocol, { caches, lines, forwards, symmetry, oneKindOfData }));
  if (!result.complete && result.violation === null)
    throw new UsageError(
      `gave up after ${number(result.states)} states of ${what(result)} without a verdict; take fewer caches or lines`,
    );
  await print(
    values.json === true
      ? `${JSON.stringify({ version: VERSION, ...result }, null, 1)}\n`
      : explorationText(result, oneKindOfData),
  );
  if (result.violation !== null) process.exitCode = 1;
}

function chosen(names: readonly string[]): CoherenceProtocol {
  const all: Readonly<Record<string, CoherenceProtocol>> = PROTOCOLS;
  const known = Object.keys(all).map(name => name.toLowerCase());
  const [name, ...others] = names;
  if (name === undefined || others.length > 0)
    throw new UsageError(`explore takes one protocol: ${known.join(', ')}; see disco-sim explore --help`);
  const protocol = Object.entries(all).find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1];
  if (protocol === undefined) throw new UsageError(unknown('protocol', name, known));
  return protocol;
}

function search(explorer: Explorer): Exploration {
  const { name } = explorer.protocol;
  const pace = new SearchPace();
  progress.does(`goes through the states of ${name}`);
  progress.at(`preparing ${name}`);
  while (!explorer.run(SLICE))
    progress.update(() => ({
      line: `${name}: ${pace.line(explorer.states, explorer.steps)}`,
      far: `${number(explorer.states)} states of ${name}`,
    }));
  progress.at(`${number(explorer.states)} states of ${name}, summing up`);
  return explorer.result();
}

function explorationText(result: Exploration, oneKindOfData: boolean): string {
  const { violation, cells } = result;
  const counts =
    `${number(result.states)} states${result.symmetry ? ` but for the names of caches${result.lines > 1 ? ' and lines' : ''}` : ''}, ` +
    `${number(result.steps)} steps, ${result.depth} steps deep, at most ${result.mostMessagesInFlight} messages in flight`;
  if (violation !== null) {
    const way = violation.steps.map((step, index) => `${String(index + 1).padStart(4)}  ${step.text}`);
    return [
      `${what(result)}: violated, ${violation.kind}`,
      `  ${violation.what}`,
      `  after ${number(violation.depth)} steps; ${counts}`,
      '',
      ...way,
      '',
      sequenceChart(violation, result),
      '',
    ].join('\n');
  }
  const excused = cells.excused.map(({ cell, reason }) => `    ${cell}: ${reason}`);
  const why = (cell: string): string =>
    oneKindOfData && cell.includes(' DataOwner')
      ? 'owners send the data of homes'
      : 'not reached, and the table does not say why';
  const bare = [...cells.unexplained.map(cell => `    ${cell}: ${why(cell)}`), ...cells.contradicted.map(cell => `    ${cell}: reached, although the table says why not`)]; // prettier-ignore
  return [
    `${what(result)}: verified`,
    `  ${counts}`,
    '  single writer or many readers, values of copies and memory, and a way to rest hold in every state',
    `  ${cells.reached.length} of ${cells.reached.length + cells.excused.length + cells.unexplained.length} cells of the tables were reached`,
    ...excused,
    ...bare,
    '',
  ].join('\n');
}

function what({ protocol, caches, lines }: Exploration): string {
  const several = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;
  return `${protocol} with ${several(caches, 'cache')} and ${several(lines, 'line')}`;
}

/** With commas, whatever the locale. */
function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
