import { describe, expect, it } from '@jest/globals';
import { latencyText } from '../../../lib/report/tables/latency.js';
import { measureRead, meetsPublished, presetLatencies } from '../../../lib/experiments/hardware/latency.js';
import { sumNs } from '../../../lib/machine/latency.js';
import { presetNames, presets } from '../../../lib/machine/presets/presets.js';
import {
  DASH_CLOCK_NS,
  dashParts,
  publishedLatencies,
  type PublishedPart,
} from '../../../lib/machine/presets/published.js';

const clocks = (parts: readonly PublishedPart[]): number => parts.reduce((sum, part) => sum + part.clocks, 0);

describe('a read on a quiet machine', () => {
  it.each(presetNames)('of %s takes the sum of its parts, to the tick', preset => {
    const { reads } = presetLatencies(preset);
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.map(({ what, measuredNs }) => [what, measuredNs])).toEqual(
      reads.map(({ what, parts }) => [what, sumNs(parts)]),
    );
  });

  it.each(presetNames)('of %s is as published wherever the source is verified', preset => {
    expect(meetsPublished(presetLatencies(preset))).toBe(true);
  });

  it('is noticed when it is not as published', () => {
    const latencies = presetLatencies('dash-1992');
    const late = latencies.reads.map(read => ({ ...read, measuredNs: read.measuredNs + 70 }));
    expect(meetsPublished({ ...latencies, reads: late })).toBe(false);
    expect(latencyText({ ...latencies, reads: late })).toContain('MISSED: 70 ns off, more than 60');
  });

  it('is refused between nodes that the machine does not have', () => {
    const uma = presets.uma();
    expect(() => measureRead(uma, { reader: 1, home: 0, owner: null })).toThrow('uma has no processor 0 on a node 1');
    expect(() => measureRead(uma, { reader: 0, home: 2, owner: null })).toThrow('uma has no node 2');
    const cxl = presets['xeon-2s-cxl']();
    expect(() => measureRead(cxl, { reader: 0, home: 1, owner: 2 })).toThrow('no processor 0 on a node 2');
  });
});

describe('DASH’s published parts', () => {
  it('are eleven, and add up to its latencies within two clocks', () => {
    expect(dashParts.home).toHaveLength(11);
    const [, home, third] = presetLatencies('dash-1992').reads;
    expect(Math.abs(clocks(dashParts.home) - home.measuredNs / DASH_CLOCK_NS)).toBeLessThan(2);
    const both = clocks(dashParts.home) + clocks(dashParts.third);
    expect(Math.abs(both - third.measuredNs / DASH_CLOCK_NS)).toBeLessThan(2);
  });
});

describe('recollected latencies', () => {
  it('are shown as unverified and untested', () => {
    const text = latencyText(presetLatencies('origin2000-1997'));
    expect(text.match(/unverified, untested/g)).toHaveLength(3);
    const recollected = publishedLatencies.filter(({ source }) => source.includes('recollected'));
    expect(recollected.map(({ withinNs }) => withinNs)).toEqual(recollected.map(() => null));
  });

  it('of the Origin are laid beside averages by arithmetic, which grow with the machine', () => {
    const { averages } = presetLatencies('origin2000-1997');
    expect(averages.map(({ processors }) => processors)).toEqual([8, 16, 32, 64, 128]);
    for (const [i, { ns }] of averages.entries()) expect(ns).toBeGreaterThan(i === 0 ? 540 : averages[i - 1].ns);
  });
});
