/** Unloaded latencies: what a quiet machine measures, what arithmetic says, and what the sources say. */
import { describe, expect, it } from '@jest/globals';
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { disco1997 } from '../../lib/machine/presets/disco-1997.js';
import { presetNames, presets, type PresetName } from '../../lib/machine/presets/presets.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import { Activity } from '../../lib/processor/software.js';
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

/** Bytes of a small second level, of two ways. */
const SECOND_LEVEL = 65536;

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

/**
 * Nanoseconds that node 0 stalls for a line of `home` where its caches have room only in place of a line of `victim`, which
 * it has read or written. The printed 300 and 900 ns are those of machines whose caches are full.
 */
function missNs(home: number, victim: number, dirty: boolean): number {
  const machine = build(disco1997({ nodes: 3, l2Bytes: SECOND_LEVEL }));
  const [cpu] = machine.processors;
  // As many pages of each node as a way has, so that line 0 of page 0 of each part falls into one set.
  const pagesOfAWay = SECOND_LEVEL / 2 / 4096;
  const nodeOfPart = [victim, 2, home];
  const software = new FlatMemory(machine.map, {
    nodeOfPage: page => nodeOfPart[Math.floor(page / pagesOfAWay)],
    refillCycles: 14,
  });
  const address = (part: number, page: number): number => 4096 * (part * pagesOfAWay + page);
  let before = 0;
  function* program(): Program {
    for (let part = 0; part < 3; part++)
      for (let page = 0; page < pagesOfAWay; page++) yield load(address(part, page) + 2048);
    yield dirty ? store(address(0, 0), 1) : load(address(0, 0));
    yield load(address(1, 0));
    yield compute(10_000);
    before = stallTicks();
    yield load(address(2, 0));
  }
  const stallTicks = (): number => {
    cpu.settle();
    return cpu.account.ticks[Activity.LocalStall] + cpu.account.ticks[Activity.RemoteStall];
  };
  machine.load(software, [program(), null, null]);
  machine.run();
  expect(cpu.caches.evictions).toBeGreaterThan(0);
  return machine.simulation.time.ns(stallTicks() - before);
}

describe('a clean read that puts another line out', () => {
  const cases = [0, 1].flatMap(home =>
    [0, 1].flatMap(victim => [false, true].map(dirty => ({ home, victim, dirty, ns: home === 0 ? 300 : 900 }))),
  );

  it.each(cases)('of node $home takes $ns ns though a line of node $victim leaves, dirty: $dirty', each => {
    expect(missNs(each.home, each.victim, each.dirty)).toBe(each.ns);
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
