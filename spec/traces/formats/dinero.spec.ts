import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDinero, type DineroForm } from '../../../lib/traces/formats/dinero.js';
import { expectConsistent, listing, problem, text } from '../reading.js';

const options = { name: 'old.din', fetchLineBytes: 16 };

/** Binary records: [address, size, type]. */
function records(...list: readonly (readonly [number, number, number])[]): Uint8Array {
  const bytes = new Uint8Array(8 * list.length);
  const view = new DataView(bytes.buffer);
  list.forEach(([address, size, type], i) => {
    view.setUint32(8 * i, address, true);
    view.setUint16(8 * i + 4, size, true);
    view.setUint8(8 * i + 6, type);
  });
  return bytes;
}

describe('the Dinero reader', () => {
  const same = ['fetch 20 +0', 'load 2100 +0', 'store 2104 +1', 'load 2200 +0'];
  const counts = { instructions: 2, loads: 2, stores: 1 };
  it.each<[DineroForm, Uint8Array]>([
    ['din', text('2 400020 anything', '0 0x10000100', '2 400024', '1 10000104', '3\t10000200', '4 0', '05 0')],
    [
      'extended',
      text('i 400020 4', 'r 10000100 4', 'I 400024 4', 'w 0x10000104 0x4 rest', 'm 10000200 1', 'c 0 10', 'V 0 10'),
    ],
    [
      'binary',
      records(
        [0x400020, 4, 2],
        [0x10000100, 4, 0],
        [0x400024, 4, 2],
        [0x10000104, 4, 1],
        [0x10000200, 4, 3],
        [0, 16, 4],
        [0, 16, 5],
      ),
    ],
  ])('reads the %s form, counts instructions and drops cache commands', (form, bytes) => {
    const trace = readDinero(bytes, options, form);
    expect(listing(trace.streams[0])).toEqual(same);
    expect(trace.streams[0].counts).toEqual(counts);
    expectConsistent(trace.streams[0]);
    expect(trace).toMatchObject({ format: 'dinero', lacks: ['thread', 'time'] });
    expect(trace.remarks.join(' ')).toMatch(
      /1 miscellaneous accesses count as loads.* 2 copy-back and invalidation records are dropped/,
    );
  });

  it('takes extended sizes as hexadecimal', () => {
    const trace = readDinero(text('r 10000ff0 10', 'r 10000ff0 11'), options, 'extended');
    expect(listing(trace.streams[0])).toEqual(['load ff0 +0', 'load ff0 +1', 'load 1000 +1']);
  });

  it('counts each reference as an instruction when there are none, and says so', () => {
    const trace = readDinero(text('0 0', '1 4', '0 8'), options, 'din');
    expect(listing(trace.streams[0])).toEqual(['load 0 +0', 'store 4 +1', 'load 8 +1']);
    expect(trace.streams[0]).toMatchObject({ tail: 1, counts: { instructions: 3 } });
    expect(trace.remarks.join(' ')).toContain('each reference counts as one instruction');
  });

  // What the readers of Dinero IV take.
  it.each<[DineroForm, string, object]>([
    ['din', '  2 400020\n', { instructions: 1 }],
    ['din', '0x2 0X400020\n', { instructions: 1 }],
    ['din', '\t00002\t400020 a comment, 0 10\n', { instructions: 1 }],
    ['din', '2 400020', { instructions: 1 }],
    ['din', '2 400020\n \t', { instructions: 1 }],
    ['din', '2 400020\r\n0 10\r\n', { instructions: 1, loads: 1 }],
    ['din', '2 ABCDEF0123456789\n', { instructions: 1 }],
    ['extended', 'R 10 4 a comment\nI 0x400020 0x4', { instructions: 1, loads: 1 }],
    ['extended', 'c 0 0\nv 0 0\nw 10 4\n', { stores: 1 }],
  ])('takes in the %s form %j', (form, content, counts) => {
    expect(readDinero(new TextEncoder().encode(content), options, form).streams[0].counts).toMatchObject(counts);
  });

  it('takes commands for the whole cache, which have size 0, in the binary form', () => {
    expect(readDinero(records([0, 0, 4], [0, 0, 5], [0, 4, 1]), options, 'binary').streams[0].counts.stores).toBe(1);
  });

  it.each<[DineroForm, string, RegExp]>([
    ['din', '0 1000,4\n', /line 1: "," after the address/],
    ['din', '0 10zz\n', /line 1: "z" after the address/],
    ['din', '# comment\n0 10\n', /line 1: expected a label/],
    ['din', '0 10\n  \n', /line 2: expected a label/],
    ['extended', 'r 10g 4\n', /line 1: "g" after the address/],
    ['extended', 'r 10 4x\n', /line 1: "x" after the size/],
    ['extended', 'w 10 0\n', /line 1: a size outside 1 to ffff/],
    ['extended', 'c 10 10000\n', /line 1: a size outside 0 to ffff/],
    ['extended', 'rw 10 4\n', /line 1: expected a blank/],
    ['din', '', /without a single reference/],
    ['din', '5 0\n', /without a single reference/],
    ['din', '0 10\n\n0 20\n', /line 2: expected a label/],
    ['din', '6 10\n', /line 1: label 6, expected 0 to 5/],
    ['din', '100000000 10\n', /line 1: label -1/],
    ['din', '0\n', /line 1: expected a blank before the address/],
    ['din', '0 \n', /line 1: expected an address/],
    ['din', '0 zz\n', /line 1: expected an address/],
    ['din', '0 12345678123456789\n', /line 1: an address has more than 64 bits/],
    ['extended', 'r 10 4\n\n', /line 2: expected one of the letters/],
    ['extended', 'x 10 4\n', /line 1: expected one of the letters/],
    ['extended', 'r 10\n', /line 1: expected a blank and a size/],
    ['extended', 'r 10 0\n', /line 1: a size outside/],
    ['extended', 'r 10 10000\n', /line 1: a size outside/],
  ])('refuses in the %s form %j', (form, content, message) => {
    expect(problem(() => readDinero(new TextEncoder().encode(content), options, form))).toMatch(message);
  });

  it('refuses broken records with number and byte', () => {
    const bytes = records([0, 4, 0], [4, 4, 0]);
    expect(problem(() => readDinero(bytes.subarray(0, 13), options, 'binary'))).toBe(
      'old.din: record 1, byte 8: the file ends inside the record',
    );
    expect(problem(() => readDinero(records([0, 4, 9]), options, 'binary'))).toBe(
      'old.din: record 0, byte 0: type 9, expected 0 to 5',
    );
    expect(problem(() => readDinero(records([0, 0, 1]), options, 'binary'))).toBe(
      'old.din: record 0, byte 0: an access of no bytes',
    );
  });

  it('gives a consistent trace or a TraceError for any bytes', () => {
    const soup = fc.array(fc.constantFrom(...new TextEncoder().encode('0123456789afxrwi \n\t')), { maxLength: 80 });
    fc.assert(
      fc.property(soup, fc.constantFrom<DineroForm[]>('din', 'extended', 'binary'), (bytes, form) => {
        problem(() => readDinero(Uint8Array.from(bytes), options, form).streams.forEach(expectConsistent));
      }),
      { numRuns: 1000 },
    );
  });
});
