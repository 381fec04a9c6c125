import { describe, expect, it } from '@jest/globals';
import { pageLayout } from '../../../../lib/experiments/systems/hosts/layouts.js';
import { sizedMachine } from '../../../../lib/experiments/systems/machine-size.js';
import { buildMachine } from '../../../../lib/machine/machine.js';

const MB = 2 ** 20;

describe('the layout of a workload', () => {
  it.each([
    // Section 5.4 of the Disco paper for the first two; the others were chosen by Figure 8.
    ['pmake', 8, 'coloured'],
    ['radix', 8, 'coloured'],
    ['engineering', 8, 'coloured'],
    ['raytrace', 16, 'linear'],
    ['engineering', 1, 'linear'],
  ] as const)('%s on %d nodes is %s', (name, processors, layout) => {
    expect(pageLayout(name, sizedMachine('disco-1997', { processors }))).toBe(layout);
  });

  it.each([
    ['nodes do not divide the colours', { processors: 3 }],
    ['memories are no whole ways', { processors: 8, memoryBytes: 8 * (8 * MB + 4096) }],
  ])('keeps no colours where %s', (_, options) => {
    const machine = sizedMachine('disco-1997', options);
    expect(pageLayout('engineering', machine)).toBe('interleaved');
    expect(() => buildMachine(machine, { seed: 1, layout: 'coloured' })).toThrow('use the layout interleaved');
  });
});
