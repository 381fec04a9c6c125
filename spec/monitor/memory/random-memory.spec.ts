import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DEEDS, MACHINES, MemoryPlayers, PAGES, type Deed } from '../support/memory-players.js';

const SEED = Number(process.env.SEED ?? 1997);
const RUNS = Number(process.env.RUNS ?? 60);
const slot = fc.nat({ max: MACHINES * PAGES - 1 });
const deed: fc.Arbitrary<Deed> = fc.record({
  kind: fc.constantFrom(...DEEDS),
  a: slot,
  b: slot,
  c: fc.nat({ max: 7 }),
});
const list = fc.array(deed, { minLength: 5, maxLength: 40, size: 'max' });

describe('machine memory under several processors at once', () => {
  it.each([
    ['plenty of memory', { nodes: 3 }, Infinity],
    ['hardly any memory', { nodes: 3 }, 7],
    ['translations of one virtual machine at a time', { nodes: 3, owners: true }, 11],
    ['two processors a node', { nodes: 2, processors: 2 }, 12],
  ])(
    `holds what a reference model says, and all invariants, with %s (seed ${SEED})`,
    (_what, options, spare) => {
      fc.assert(
        fc.property(fc.array(list, { minLength: 3, maxLength: 4 }), lists => {
          const players = new MemoryPlayers({ framesPerNode: 64, ...options });
          players.play(lists, spare);
          expect(players.faults).toEqual([]);
        }),
        { seed: SEED, numRuns: RUNS, endOnFailure: process.env.QUICK !== undefined },
      );
    },
    300_000,
  );
});
