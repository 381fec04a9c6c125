import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readChampsim, type ChampsimForm } from '../../../lib/traces/formats/champsim.js';
import { readTrace } from '../../../lib/traces/formats/detect.js';
import { expectConsistent, listing, problem } from '../reading.js';

const options = { name: 'core0', fetchLineBytes: 64 };

interface Instruction {
  readonly pc: bigint;
  readonly writes: readonly bigint[];
  readonly reads: readonly bigint[];
}

function records(form: ChampsimForm, list: readonly Instruction[]): Uint8Array {
  const [size, writesAt, readsAt] = form === 'standard' ? [64, 16, 32] : [96, 24, 56];
  const bytes = new Uint8Array(size * list.length);
  const view = new DataView(bytes.buffer);
  list.forEach(({ pc, writes, reads }, i) => {
    view.setBigUint64(i * size, pc, true);
    writes.forEach((address, slot) => view.setBigUint64(i * size + writesAt + 8 * slot, address, true));
    reads.forEach((address, slot) => view.setBigUint64(i * size + readsAt + 8 * slot, address, true));
  });
  return bytes;
}

const program: readonly Instruction[] = [
  { pc: 0x7f0000400000n, writes: [0x7fff00001238n], reads: [0n, 0x7fff00001230n] },
  { pc: 0x7f0000400004n, writes: [], reads: [] },
  { pc: 0x7f0000400040n, writes: [0n, 0xffffffff00001238n], reads: [0x100007fff00001230n & 0xffffffffffffffffn] },
];

describe('the ChampSim reader', () => {
  it.each<ChampsimForm>(['standard', 'cloudsuite'])(
    'reads %s records: fetch, loads, stores; zero is an unused slot',
    form => {
      const trace = readChampsim(records(form, program), options, form);
      expect(listing(trace.streams[0])).toEqual([
        'fetch 0 +0',
        'load 3230 +0',
        'store 3238 +0',
        'fetch 40 +2',
        'load 3230 +0',
        'store 5238 +0',
      ]);
      expect(trace.streams[0].counts).toEqual({ instructions: 3, loads: 2, stores: 2 });
      expectConsistent(trace.streams[0]);
      expect(trace).toMatchObject({ format: 'champsim', lacks: ['thread', 'time'] });
    },
  );

  it('refuses an empty trace, half a record, and flags that are none, with record and byte', () => {
    const bytes = records('standard', program);
    expect(problem(() => readChampsim(new Uint8Array(0), options, 'standard'))).toBe(
      'core0: record 0, byte 0: the trace is empty',
    );
    expect(problem(() => readChampsim(bytes.subarray(0, 100), options, 'standard'))).toBe(
      'core0: record 1, byte 64: the file ends inside a record of 64 bytes',
    );
    bytes[64 + 8] = 7;
    expect(problem(() => readChampsim(bytes, options, 'standard'))).toMatch(
      /record 1, byte 64: branch and taken must be 0 or 1/,
    );
  });

  it('passes over zeros: behind the records, between them, and less than a record', () => {
    const bytes = records('standard', program);
    const zeros = new Uint8Array(100);
    const padded = Uint8Array.from([...bytes, ...new Uint8Array(64), ...bytes, ...zeros]);
    const trace = readChampsim(padded, options, 'standard');
    expect(trace.streams[0].counts).toEqual({ instructions: 6, loads: 4, stores: 4 });
    expect(trace.remarks.join(' ')).toContain('3 records of zeros are passed over');
    expect(problem(() => readChampsim(zeros, options, 'standard'))).toMatch(/all bytes are zero/);
  });

  it('keeps the address spaces of CloudSuite records apart, and says so', () => {
    const bytes = records('cloudsuite', [program[0], program[0], program[0]]);
    bytes[96 + 88] = 1; // address space of the second record
    const trace = readChampsim(bytes, options, 'cloudsuite');
    const loads = listing(trace.streams[0]).filter(line => line.startsWith('load'));
    expect(loads[0]).not.toBe(loads[1]);
    expect(new Set([loads[0], loads[2]].map(line => line.replace(/ \+.*/, '')))).toHaveProperty('size', 1);
    expect(trace.remarks.join(' ')).toContain('2 address spaces are recorded');
  });

  it('gives a consistent trace or a TraceError for any change of bytes', () => {
    const valid = records('standard', program);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 6 }), changes => {
        const bytes = Uint8Array.from(valid);
        for (const [at, value] of changes) bytes[at] = value;
        problem(() => readChampsim(bytes, options, 'standard').streams.forEach(expectConsistent));
      }),
    );
  });
});

describe('the form of ChampSim records', () => {
  const address = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0x1000n, max: 0x7fffffffffffn }),
    fc.bigInt({ min: 0xffff800000000000n, max: 0xffffffffffffffffn }),
  );
  /** Straight code with branches, from anywhere; data anywhere. */
  const code = fc.array(
    fc.record({
      step: fc.integer({ min: 1, max: 15 }),
      jump: fc.option(fc.bigInt({ min: 0x400000n, max: 0x7fffffffffffn }), { freq: 6 }),
      taken: fc.boolean(),
      reads: fc.array(address, { maxLength: 4 }),
      writes: fc.array(address, { maxLength: 2 }),
    }),
    { minLength: 24, maxLength: 200 },
  );
  const names = ['a.champsim', 'a.champsimtrace', 'a.CLOUDSUITE', 'a.trace', 'a'];

  function traceOf(form: ChampsimForm, list: typeof code extends fc.Arbitrary<infer List> ? List : never): Uint8Array {
    let pc = 0x400000n;
    const bytes = records(
      form,
      list.map(({ step, jump, reads, writes }) => {
        const instruction = { pc, reads, writes };
        pc = jump ?? pc + BigInt(step);
        return instruction;
      }),
    );
    const size = form === 'standard' ? 64 : 96;
    list.forEach(({ jump, taken }, i) => {
      bytes[i * size + 8] = jump === null ? 0 : 1;
      bytes[i * size + 9] = jump !== null && taken ? 1 : 0;
    });
    return bytes;
  }

  it('is found by content under any name, and a reader of the other form refuses', () => {
    fc.assert(
      fc.property(
        code,
        fc.constantFrom<ChampsimForm[]>('standard', 'cloudsuite'),
        fc.constantFrom(...names),
        (list, form, name) => {
          const bytes = traceOf(form, list);
          const trace = readTrace(bytes, { name, fetchLineBytes: 64 });
          const count = (of: 'reads' | 'writes'): number =>
            list.flatMap(one => one[of]).filter(one => one !== 0n).length;
          expect(trace.streams[0].counts).toEqual({
            instructions: list.length,
            loads: count('reads'),
            stores: count('writes'),
          });
          const other = form === 'standard' ? 'cloudsuite' : 'standard';
          expect(problem(() => readChampsim(bytes, options, other))).toMatch(`those of the ${form} form`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is that of the content where an ending says another: 200 instructions, 100 loads, 67 stores', () => {
    const list = Array.from({ length: 200 }, (_, i) => ({
      pc: 0x400000n + 4n * BigInt(i),
      reads: i % 2 === 0 ? [0x601000n + 8n * BigInt(i)] : [],
      writes: i % 3 === 0 ? [0x7ffe0000n + 8n * BigInt(i)] : [],
    }));
    const bytes = records('cloudsuite', list);
    const trace = readTrace(bytes, { name: 'x.champsimtrace', fetchLineBytes: 64 });
    expect(trace.description).toContain('cloudsuite');
    expect(trace.streams[0].counts).toEqual({ instructions: 200, loads: 100, stores: 67 });
    expect(problem(() => readTrace(bytes, { name: 'x', fetchLineBytes: 64 }, 'champsim'))).toMatch(
      /records are those of the cloudsuite form \(96 bytes\), not of the standard form \(64 bytes\)/,
    );
  });
});
