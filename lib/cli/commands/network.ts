/** `disco-sim network`: latency against load of an interconnect, flit by flit and booked. */
import { VERSION } from '../../engine/version.js';
import { loadChart } from '../../report/charts/load.js';
import {
  networkSweep,
  SWEEP_TOPOLOGIES,
  USUAL_SWEEP,
  type NetworkSweep,
  type NetworkSweepOptions,
} from '../../experiments/hardware/network-sweep.js';
import { networkText } from '../../report/tables/network.js';
import { TRAFFIC_PATTERNS } from '../../testing/networks/traffic.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files.js';
import { namesOf, parseOptions, wholeNumber } from '../options.js';
import { print, report } from '../output.js';
import { progress } from '../process/progress.js';

const HELP = `disco-sim network [options]

Measures latency against load of a network of routers with virtual channels, credits and finite buffers, under
synthetic traffic, up to the first load that it cannot bear; and of the network that only books links, beside it.

--topology NAME       ${SWEEP_TOPOLOGIES.join(', ')} (default ${USUAL_SWEEP.topology})
--k N                 routers along each dimension, or of the ring; dimensions of a hypercube (default ${USUAL_SWEEP.k})
--pattern NAME        ${TRAFFIC_PATTERNS.join(', ')}
                      (default ${USUAL_SWEEP.pattern})
--flits N             length of every packet, 1 to 64 (default ${USUAL_SWEEP.flits})
--rates A,B           loads in flits per node and cycle (default 0.02, then 0.05 to 1 in steps of 0.05)
--virtual-channels N  of a virtual network, 1 to 16 (default ${USUAL_SWEEP.routers.virtualChannels})
--buffer-flits N      of a virtual channel, 1 to 1024 (default ${USUAL_SWEEP.routers.bufferFlits})
--pipeline N          cycles of a router, 1 to 64 (default ${USUAL_SWEEP.routers.pipelineCycles})
--cycles N            cycles that are measured, 100 to 10000000; half as many go before (default ${USUAL_SWEEP.cycles})
--seed TEXT           master seed (default ${USUAL_SWEEP.seed}); equal seeds give equal results
--json                print one JSON object instead of a table
--report FILE         also draw it, as SVG
--help                this text
`;

const OPTIONS = {
  topology: { type: 'string' },
  k: { type: 'string' },
  pattern: { type: 'string' },
  flits: { type: 'string' },
  rates: { type: 'string' },
  'virtual-channels': { type: 'string' },
  'buffer-flits': { type: 'string' },
  pipeline: { type: 'string' },
  cycles: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  report: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Runs the command. */
export async function networkCommand(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseOptions(words, OPTIONS);
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  if (positionals.length > 0) throw new UsageError(`network takes no files, but was given ${positionals.join(' ')}`);
  const options = chosen(values);
  if (values.report !== undefined) checkWritable(values.report);
  const sweep = run(options);
  await print(
    values.json === true ? `${JSON.stringify({ version: VERSION, ...sweep }, null, 1)}\n` : `${networkText(sweep)}\n`,
  );
  if (values.report !== undefined) report(values.report, () => loadChart(sweep), values.json === true, 'chart');
}

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values'];

function chosen(values: Values): NetworkSweepOptions {
  const usual = USUAL_SWEEP;
  const number = (name: keyof Values & string, value: number, least: number, most: number): number => {
    const text = values[name];
    return typeof text === 'string' ? wholeNumber(`--${name}`, text, least, most) : value;
  };
  const [topology, ...others] = namesOf('topology', values.topology ?? usual.topology, SWEEP_TOPOLOGIES);
  const [pattern, ...more] = namesOf('pattern', values.pattern ?? usual.pattern, TRAFFIC_PATTERNS);
  if (others.length + more.length > 0) throw new UsageError('network measures one topology under one pattern');
  const squares = topology === 'mesh' || topology === 'torus';
  return {
    topology,
    pattern,
    k: number('k', usual.k, 1, squares ? 32 : topology === 'ring' ? 1024 : 10),
    flits: number('flits', usual.flits, 1, 64),
    rates: values.rates === undefined ? usual.rates : ratesOf(values.rates),
    routers: {
      ...usual.routers,
      virtualChannels: number('virtual-channels', usual.routers.virtualChannels, 1, 16),
      bufferFlits: number('buffer-flits', usual.routers.bufferFlits, 1, 1024),
      pipelineCycles: number('pipeline', usual.routers.pipelineCycles, 1, 64),
    },
    cycles: number('cycles', usual.cycles, 100, 10_000_000),
    seed: values.seed ?? usual.seed,
  };
}

function ratesOf(list: string): number[] {
  const rates = list.split(',').map(text => {
    const rate = Number(text);
    if (!/^\s*\d*\.?\d+\s*$/.test(text) || !(rate > 0 && rate <= 1))
      throw new UsageError(`--rates takes numbers above 0 and at most 1, not ${JSON.stringify(text)}`);
    return rate;
  });
  return [...new Set(rates)].sort((a, b) => a - b);
}

/** Load by load. */
function run(options: NetworkSweepOptions): NetworkSweep {
  const { topology, pattern, rates } = options;
  progress.does(`measures latency against load of a ${topology} under ${pattern} traffic`);
  const sweep = networkSweep(options);
  for (let measured = 0; ; measured++) {
    progress.at(`${measured} of up to ${rates.length} loads measured, at ${rates[measured] ?? 'the result'}`);
    const step = stepOf(sweep);
    if (step.done === true) return step.value;
  }
}

/** A step of a sweep, which says what cannot be as a RangeError: the user's to mend. */
function stepOf(sweep: ReturnType<typeof networkSweep>): ReturnType<typeof sweep.next> {
  try {
    return sweep.next();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
