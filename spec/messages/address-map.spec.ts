import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressMap, type AddressMapOptions } from '../../lib/messages/address-map.js';
import { lineNumber, machineFrame } from '../../lib/messages/addresses.js';

const OPTIONS: AddressMapOptions = { frames: [4, 4], processors: [1, 1], pageBytes: 4096, lineBytes: 128 };

function map(changes: Partial<AddressMapOptions> = {}): AddressMap {
  return new AddressMap({ ...OPTIONS, ...changes });
}

const nodes = fc.array(fc.record({ frames: fc.nat({ max: 5 }), processors: fc.nat({ max: 3 }) }), {
  minLength: 1,
  maxLength: 8,
});

describe('an address map', () => {
  it('numbers frames and processors densely, node after node, whatever each node has', () => {
    fc.assert(
      fc.property(nodes, list => {
        const all = map({ frames: list.map(node => node.frames), processors: list.map(node => node.processors) });
        const homes = list.flatMap(({ frames }, node) => Array.from({ length: frames }, () => node));
        const owners = list.flatMap(({ processors }, node) => Array.from({ length: processors }, () => node));
        expect(Array.from(homes, (_, frame) => all.homeOfFrame(machineFrame(frame)))).toEqual(homes);
        expect([...all.nodeOfProcessor]).toEqual(owners);
        expect([all.frames, all.processors, all.nodes]).toEqual([homes.length, owners.length, list.length]);
        homes.forEach((node, frame) => {
          expect([all.homeOfLine(lineNumber(32 * frame)), all.homeOfLine(lineNumber(32 * frame + 31))]).toEqual([
            node,
            node,
          ]);
        });
      }),
    );
  });

  it('has nodes with memory only and nodes with processors only', () => {
    const mixed = map({ frames: [0, 3, 0, 2], processors: [2, 0, 1, 0] });
    expect([0, 1, 2, 3, 4].map(frame => mixed.homeOfFrame(machineFrame(frame)))).toEqual([1, 1, 1, 3, 3]);
    expect([...mixed.nodeOfProcessor]).toEqual([0, 0, 2]);
    expect([...mixed.firstFrame]).toEqual([0, 0, 3, 3, 5]);
    expect([...mixed.firstProcessor]).toEqual([0, 2, 2, 3, 3]);
  });

  it('numbers bridges behind all processors, node after node', () => {
    const all = map({ frames: [1, 1, 1], processors: [2, 0, 1], bridges: [1, 0, 1] });
    expect([all.processors, all.caches]).toEqual([3, 5]);
    expect([...all.nodeOfProcessor]).toEqual([0, 0, 2, 0, 2]);
    expect([...all.bridgeOfNode]).toEqual([3, -1, 4]);
    expect([map().caches, ...map().bridgeOfNode]).toEqual([2, -1, -1]);
  });

  it('takes a machine of 2^31 lines, and no larger', () => {
    const frames = 2 ** 31 / 32;
    const whole = map({ frames: [frames], processors: [1] });
    expect(whole.homeOfLine(lineNumber(2 ** 31 - 1))).toBe(0);
    expect(map({ frames: [frames / 2, frames / 2] }).homeOfLine(lineNumber(2 ** 31 - 1))).toBe(1);
    expect(() => map({ frames: [frames + 1], processors: [1] })).toThrow('hold more than 2^31 lines of 128 bytes');
  });

  it.each<[Partial<AddressMapOptions>, string]>([
    [{ frames: [4] }, 'memory is given for 1 nodes, processors for 2'],
    [{ frames: [4, -1] }, 'node 1 has a whole number of frames, not -1'],
    [{ processors: [0.5, 1] }, 'node 0 has a whole number of processors, not 0.5'],
    [{ bridges: [1] }, 'memory is given for 2 nodes, bridges for 1'],
    [{ bridges: [0, 2] }, 'node 1 has 0 or 1 bridges, not 2'],
    [{ pageBytes: 4095 }, 'a page is a power of two of bytes, not 4095'],
    [{ pageBytes: 0 }, 'a page is a power of two of bytes, not 0'],
    [{ lineBytes: 96 }, 'a line is a power of two of bytes, not 96'],
    [{ lineBytes: 2 }, 'a line is a power of two of bytes, not 2'],
    [{ lineBytes: NaN }, 'a line is a power of two of bytes, not NaN'],
    [{ lineBytes: 8192 }, 'a line of 8192 bytes does not fit a page of 4096'],
  ])('with %p is refused', (changes, message) => {
    expect(() => map(changes)).toThrow(message);
  });
});
