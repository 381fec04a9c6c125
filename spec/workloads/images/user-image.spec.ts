import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { presets } from '../../../lib/machine/presets/presets.js';
import { readNtr } from '../../../lib/traces/ntr/ntr.js';
import { referenceStatistics } from '../../../lib/traces/reference-statistics.js';
import { threadSteps } from '../../../lib/traces/replay.js';
import type { RecordedTrace } from '../../../lib/traces/trace.js';
import { threadImages, userImages } from '../../../lib/workloads/images/user-image.js';
import { userStreams } from '../../../lib/workloads/images/user-streams.js';
import { expectConsistent } from '../../traces/reading.js';

type Counts = Record<'instructions' | 'loads' | 'stores' | `kernel${'Instructions' | 'Loads' | 'Stores'}`, number> & {
  readonly special: Readonly<Record<string, number>>;
};

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(gunzipSync(readFileSync(join(process.cwd(), 'traces', `${name}.ntr.gz`))));
}

function open(name: string): RecordedTrace {
  return readNtr(bytesOf(name), { name, fetchLineBytes: 64, systemCalls: true });
}

/** What the recorder counted. */
function countsOf(name: string): Counts {
  const bytes = bytesOf(name);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  return (JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as { counts: Counts }).counts;
}

describe('user references of the recorded systems', () => {
  it.each(['database-2cpu', 'pmake-2cpu-compile', 'pmake-2cpu-start', 'verilog-2cpu'])(
    'of %s are all that the recorder counted outside the kernel',
    name => {
      const counts = countsOf(name);
      const streams = userStreams(open(name));
      streams.forEach(expectConsistent);
      const sum = (of: (stream: (typeof streams)[number]) => number): number =>
        streams.reduce((total, stream) => total + of(stream), 0);
      expect(sum(stream => stream.counts.instructions)).toBe(counts.instructions - counts.kernelInstructions);
      expect(sum(stream => stream.counts.loads)).toBe(counts.loads - counts.kernelLoads);
      expect(sum(stream => stream.counts.stores)).toBe(counts.stores - counts.kernelStores);
      expect(sum(stream => stream.marks.length)).toBe(counts.special['syscall']);
      // The other executions of tlbwr are refills for the kernel's own references.
      expect(sum(stream => stream.refills)).toBeLessThanOrEqual(counts.special['tlbwr']);
      expect(sum(stream => stream.refills)).toBeGreaterThan(0.5 * counts.special['tlbwr']);
    },
  );

  it('of make take its children apart: what they do before and after execve', () => {
    const programs = userStreams(open('pmake-2cpu-start'));
    // posix_spawn in make resets some 250 signal handlers, then executes gcc; a task number is used by several processes.
    expect(
      programs.map(({ processor, task, program, marks }) => `${processor}/${task}.${program}: ${marks.length} calls`),
    ).toEqual([
      ...['0/2.0: 17 calls', '0/4.0: 4 calls', '0/5.0: 164 calls', '0/6.0: 256 calls', '0/6.1: 48 calls'],
      ...['1/10.0: 1 calls', '1/10.1: 255 calls', '1/10.2: 69 calls', '1/5.0: 2 calls', '1/5.1: 20 calls'],
      '1/12.0: 7 calls',
    ]);
  });
});

describe('images of the recorded programs', () => {
  it('have few regions, one of them a stack', () => {
    for (const image of userImages(open('pmake-2cpu-compile'), { segmentInstructions: 20_000 })) {
      expect(image.regions.length).toBeLessThan(35);
      expect(image.regions.filter(({ kind }) => kind === 'stack')).toHaveLength(1);
      expect(image.regions.reduce((sum, { touched }) => sum + touched, 0)).toBe(image.pages.length);
    }
  });

  it('miss a TLB of 64 pairs about as often as the recorded machine did', () => {
    const { l1i, l1d, l2 } = presets['disco-1997']().processor;
    const [image] = userImages(open('verilog-2cpu'), { segmentInstructions: 20_000 });
    const { tlbMisses } = referenceStatistics(image.stream, { tlbEntries: 64, l1i, l1d, l2, warmRounds: 0 });
    expect([image.stream.refills, tlbMisses]).toEqual([31800, 32780]);
  });

  it('of threads have the steps that their synchronisation makes', () => {
    const { threads, pages } = threadImages(open('radix-16'));
    expect(pages).toHaveLength(566); // 515 data pages and 51 of code only, says the header
    for (const thread of threads) {
      const requests = Array.from(threadSteps(thread), ({ request }) => request?.sync);
      expect(requests.filter(sync => sync === 'barrier-enter')).toHaveLength(15);
    }
  });
});
