import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { copyBytes, zeroBytes } from '../../../../lib/guest/commodity/files/byte-copy.js';
import { Rig } from './rig.js';

const FROM = 0x10000000;
const TO = 0x90000000;

describe('bytes that kernel code moves', () => {
  const background = Array.from({ length: 96 }, (_, k) => 200 + (k % 50));
  const source = Array.from({ length: 96 }, (_, k) => k);
  const few = fc.nat(40);

  it('arrive where they belong and nowhere else, at any alignment', () => {
    fc.assert(
      fc.property(few, few, few, (from, to, bytes) => {
        const rig = new Rig('1', 1);
        rig.putBytes(FROM, source);
        rig.putBytes(TO, background);
        rig.call(() => copyBytes(FROM + from, TO + to, bytes));
        const expected = background.slice();
        expected.splice(to, bytes, ...source.slice(from, from + bytes));
        expect(rig.bytes(TO, 96)).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('become zeros where they should and nowhere else', () => {
    fc.assert(
      fc.property(few, few, (to, bytes) => {
        const rig = new Rig('1', 1);
        rig.putBytes(TO, background);
        rig.call(() => zeroBytes(TO + to, bytes));
        const expected = background.slice();
        expected.splice(to, bytes, ...new Array<number>(bytes).fill(0));
        expect(rig.bytes(TO, 96)).toEqual(expected);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
