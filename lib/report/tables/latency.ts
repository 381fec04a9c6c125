/** Read latencies as text. */
import { sumNs, type LatencyPart } from '../../machine/latency.js';
import { DASH_CLOCK_NS, dashParts, type PublishedPart } from '../../machine/presets/published.js';
import type { PresetLatencies, ReadLatency } from '../../experiments/hardware/latency.js';
import { linesOf, type Column } from './layout.js';

const UNVERIFIED = 'unverified, untested';

/** Tables of a preset: measured beside published, the parts of each read, and averages if there are any. */
export function latencyText(latencies: PresetLatencies): string {
  const { preset, reads, averages } = latencies;
  const blocks = [preset, ...linesOf(readColumns(reads)), '', ...reads.map(partsLine)];
  if (preset === 'dash-1992') blocks.push('', ...publishedParts());
  if (averages.length > 0) {
    const column = (heading: string, cells: readonly string[]): Column => ({ ...right, heading, cells });
    blocks.push(
      '',
      `averages over remote memory (${averages[0].source}; ${UNVERIFIED})`,
      ...linesOf([
        column(
          'processors',
          averages.map(row => String(row.processors)),
        ),
        column(
          'ours, ns',
          averages.map(row => row.ns.toFixed(0)),
        ),
        column(
          'published, ns',
          averages.map(row => String(row.publishedNs)),
        ),
      ]),
    );
  }
  return blocks.join('\n');
}

const right = { align: 'right', gap: 2, expendable: 0 } as const;
const left = { ...right, align: 'left' } as const;

function readColumns(reads: readonly ReadLatency[]): Column[] {
  return [
    { ...left, heading: 'read', cells: reads.map(({ what }) => what) },
    { ...right, heading: 'measured, ns', cells: reads.map(({ measuredNs }) => String(measuredNs)) },
    { ...right, heading: 'by parts, ns', cells: reads.map(({ parts }) => String(sumNs(parts))) },
    { ...right, heading: 'published, ns', cells: reads.map(({ published }) => String(published?.ns ?? '-')) },
    { ...left, heading: 'verdict', cells: reads.map(verdict) },
    { ...left, heading: 'source', cells: reads.map(({ published }) => published?.source ?? 'none') },
  ];
}

function verdict({ measuredNs, published }: ReadLatency): string {
  if (published === null) return '-';
  if (published.withinNs === null) return UNVERIFIED;
  const off = Math.round(100 * Math.abs(measuredNs - published.ns)) / 100;
  if (off === 0) return 'equal';
  return off <= published.withinNs
    ? `${off} ns off, within ${published.withinNs}`
    : `MISSED: ${off} ns off, more than ${published.withinNs}`;
}

function partsLine({ what, parts }: ReadLatency): string {
  const said = parts.map(({ part, ns }: LatencyPart) => `${part} ${ns}`).join(' + ');
  return `${what}: ${said} = ${sumNs(parts)} ns`;
}

function publishedParts(): string[] {
  const say = (name: string, parts: readonly PublishedPart[]): string =>
    `${name}: ${parts.map(({ part, clocks }) => `${part} ${clocks.toFixed(1)}`).join(' + ')} = ${total(parts)} clocks`;
  return [
    `published parts, in clocks of ${DASH_CLOCK_NS} ns, measured from a figure to plus or minus 1.5`,
    say('home cluster', dashParts.home),
    say('a third cluster adds', dashParts.third),
  ];
}

function total(parts: readonly PublishedPart[]): string {
  return parts.reduce((sum, { clocks }) => sum + clocks, 0).toFixed(1);
}
