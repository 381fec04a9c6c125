import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readChampsim, type ChampsimForm } from '../../lib/workloads/champsim.js';
import { expectConsistent, listing, problem } from './reading.js';

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
