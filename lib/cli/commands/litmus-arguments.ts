/** The command line of `litmus` as data: parsed, checked, with suggestions for what is misspelt. */
import { PROTOCOL_NAMES, type ProtocolName } from '../../coherence/protocols/protocols.js';
import { MEMORY_MODELS, MOST_LITMUS_STATES, type MemoryModel } from '../../litmus/outcomes.js';
import { parseOptions, unknown, wholeNumber } from '../options.js';
import { UsageError } from '../errors.js';

/** What `litmus` is asked to do. */
export interface LitmusArguments {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly classic: boolean;
  /** The most threads of the tests from cycles; 0 for none of them. */
  readonly cycles: 0 | 2 | 3 | 4;
  readonly model: MemoryModel;
  readonly runs: number;
  readonly seed: string;
  readonly protocol: ProtocolName;
  readonly lateDrains: boolean;
  readonly mostStates: number;
  readonly json: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  classic: { type: 'boolean' },
  cycles: { type: 'string' },
  model: { type: 'string' },
  runs: { type: 'string' },
  seed: { type: 'string' },
  protocol: { type: 'string' },
  'no-late-drains': { type: 'boolean' },
  'max-states': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The most rounds of a test: some hours. */
const MOST_RUNS = 10_000_000;
/** The largest bound on states: a set holds no more than 2^24 of them. */
const LARGEST_BOUND = 16_000_000;

/** Parses what follows the command. Throws a UsageError. */
export function parseLitmusArguments(words: readonly string[]): LitmusArguments {
  const { values, positionals } = parseOptions(words, OPTIONS);
  const { classic = false, model = 'sc', runs = '2000', seed = '1997', protocol = 'MESI' } = values;
  const { json = false, help = false, cycles, 'no-late-drains': eager = false } = values;
  const { 'max-states': mostStates = String(MOST_LITMUS_STATES) } = values;
  return {
    paths: positionals,
    classic,
    seed,
    json,
    help,
    model: one('memory model', model.toLowerCase(), MEMORY_MODELS),
    protocol: protocolOf(protocol),
    runs: wholeNumber('--runs', runs, 1, MOST_RUNS),
    cycles: cycles === undefined ? 0 : (wholeNumber('--cycles', cycles, 2, 4) as 2 | 3 | 4),
    lateDrains: !eager,
    mostStates: wholeNumber('--max-states', mostStates, 1, LARGEST_BOUND),
  };
}

function protocolOf(name: string): ProtocolName {
  const found = PROTOCOL_NAMES.find(candidate => candidate.toLowerCase() === name.toLowerCase());
  return found ?? one('protocol', name.toUpperCase(), PROTOCOL_NAMES);
}

function one<T extends string>(what: string, name: string, known: readonly T[]): T {
  const found = known.find(candidate => candidate === name);
  if (found === undefined) throw new UsageError(unknown(what, name, known));
  return found;
}
