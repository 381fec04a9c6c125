/** A sweep of loads as text. */
import type { NetworkSweep, NetworkSweepRow } from '../../experiments/hardware/network-sweep.js';
import { linesOf, type Column } from './layout.js';

/** A table with a line for each load; latencies in cycles. */
export function networkText({ options, name, rows }: NetworkSweep): string {
  const { pattern, flits, routers } = options;
  const { virtualChannels, bufferFlits, pipelineCycles } = routers;
  const title =
    `${name}, ${pattern}, packets of ${flits} ${flits === 1 ? 'flit' : 'flits'}; ${virtualChannels} virtual channels of ` +
    `${bufferFlits} flits, routers of ${pipelineCycles} cycles`;
  const column = (heading: string, text: (row: NetworkSweepRow) => string): Column => ({
    heading,
    align: 'right',
    gap: 2,
    expendable: 0,
    cells: rows.map(text),
  });
  const columns = [
    column('offered', ({ routers: { rate } }) => String(rate)),
    column('accepted', ({ routers: { accepted } }) => accepted.toFixed(4)),
    column('mean', ({ routers: { meanLatency } }) => meanLatency.toFixed(1)),
    column('median', ({ routers: { medianLatency } }) => medianLatency.toFixed(0)),
    column('99 %', ({ routers: { p99Latency } }) => p99Latency.toFixed(0)),
    column('most', ({ routers: { maxLatency } }) => maxLatency.toFixed(0)),
    column('booked mean', ({ booking: { meanLatency } }) => meanLatency.toFixed(1)),
    column('booking error', ({ bookingError }) => `${(100 * bookingError).toFixed(1)} %`),
    column('verdict', ({ routers: { stable } }) => (stable ? 'stable' : 'saturated')),
  ];
  return [title, 'offered and accepted in flits per node and cycle, latencies in cycles', '', ...linesOf(columns)].join(
    '\n',
  );
}
