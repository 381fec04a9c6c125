/** Unloaded latencies: what a quiet machine measures, what arithmetic says, and what the sources say. */
import { describe, expect, it } from '@jest/globals';
import { presetNames, presets, type PresetName } from '../../lib/machine/presets/presets.js';
import { build, readNs } from './running.js';

/** Clean reads in nanoseconds by preset, from a node to a node; sources are in docs/machine.md. */
const CLEAN: readonly (readonly [PresetName, from: number, to: number, ns: number])[] = [
  ['disco-1997', 0, 0, 300],
  ['disco-1997', 7, 7, 300],
  ['disco-1997', 0, 1, 900],
  ['disco-1997', 7, 2, 900],
  ['uma', 0, 0, 300],
  ['flash-1994', 0, 0, 270],
  ['flash-1994', 0, 5, 1110],
  ['dash-1992', 0, 0, 29 * 30],
  ['dash-1992', 0, 5, 3012], // 100.4 clocks
  ['dash-1992', 5, 2, 3012],
  ['dash-1992', 2, 0, 3012],
  ['origin2000-1997', 0, 0, 310],
  ['origin2000-1997', 0, 1, 540],
  ['origin2000-1997', 0, 2, 640],
  ['origin2000-1997', 0, 7, 740],
  ['xeon-2s', 0, 0, 81],
  ['xeon-2s', 1, 0, 131],
  ['epyc-2s', 1, 1, 130],
  ['epyc-2s', 0, 1, 310],
  ['xeon-2s-cxl', 0, 0, 99],
  ['xeon-2s-cxl', 0, 1, 169],
  ['xeon-2s-cxl', 0, 2, 243],
  ['xeon-2s-cxl', 1, 0, 175],
  ['xeon-2s-cxl', 1, 1, 105],
  ['xeon-2s-cxl', 1, 2, 394],
];

/** Reads of a line that another processor wrote: reader, home and owner are nodes. */
const DIRTY: readonly (readonly [PresetName, reader: number, home: number, owner: number, ns: number])[] = [
  ['dash-1992', 0, 5, 2, 3969], // 132.3 clocks
  ['dash-1992', 5, 2, 0, 3969],
  ['flash-1994', 0, 0, 5, 1430],
  ['flash-1994', 0, 5, 5, 1450],
  ['flash-1994', 0, 5, 2, 1910],
  ['disco-1997', 0, 1, 2, 1660], // ours, with FLASH's recalled parts
  ['origin2000-1997', 0, 1, 2, 810], // ours
  ['xeon-2s', 0, 1, 1, 131],
  ['epyc-2s', 0, 1, 1, 310],
];

const firstOf = (preset: PresetName, node: number): number => build(presets[preset]()).map.firstProcessor[node];

describe('a single clean read', () => {
  it.each(CLEAN)('on %s from node %i to node %i takes %d ns', (preset, from, to, ns) => {
    expect(build(presets[preset]()).readLatencyNs(from, to)).toBe(ns);
    expect(readNs(presets[preset](), firstOf(preset, from), to)).toBe(ns);
  });

  it.each(presetNames)('on %s takes what arithmetic says, between any nodes', preset => {
    const { map, specification } = build(presets[preset]());
    const machine = build(specification);
    for (const from of new Set([0, 1 % map.nodes, map.nodes - 1]))
      for (let to = 0; to < Math.min(map.nodes, 6); to++)
        if (map.firstProcessor[from + 1] > map.firstProcessor[from])
          expect([from, to, readNs(specification, map.firstProcessor[from], to)]).toEqual([
            from,
            to,
            machine.readLatencyNs(from, to),
          ]);
  });
});

describe('a read of a line that another cache has dirty', () => {
  it.each(DIRTY)('on %s from node %i, home %i, owner %i takes %d ns', (preset, reader, home, owner, ns) => {
    expect(readNs(presets[preset](), firstOf(preset, reader), home, firstOf(preset, owner))).toBe(ns);
  });

  it.each(['uma', 'xeon-2s', 'epyc-2s', 'xeon-2s-cxl'] as const)(
    'takes as long as from memory within a node of %s',
    preset => {
      expect(readNs(presets[preset](), 0, 0, 1)).toBe(build(presets[preset]()).readLatencyNs(0, 0));
    },
  );
});
