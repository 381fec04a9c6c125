import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { FileServices } from '../../../../lib/guest/commodity/calls/file-services.js';
import { pipe, read, systemCall, write } from '../../../../lib/guest/commodity/calls/system-calls.js';
import { load, store } from '../../../../lib/processor/operations.js';
import { HEAP, runKernel } from '../running.js';

const BUFFER = HEAP * 4096;
/** A page of the kernel, as user programs may not see it. */
const KERNEL = 0x80000000;

/** Runs a program with a pipe: the descriptors of its ends are its arguments. */
function withPipe(body: (reading: number, writing: number) => Generator<ReturnType<typeof read>, void, number>): void {
  runKernel({
    prepare: ({ kernel }) => {
      new FileServices(kernel, { disks: [], descriptors: 16, readAheadPages: 0, flushTicks: 100 });
    },
    programs: {
      *main() {
        const ends = yield pipe();
        yield* body(ends >> 16, ends & 0xffff);
      },
    },
  });
}

describe('reads and writes of a process', () => {
  it('carry data between its own buffers', () => {
    const seen: number[] = [];
    withPipe(function* (reading, writing) {
      yield store(BUFFER, 1234);
      seen.push(yield write(writing, BUFFER, 8));
      seen.push(yield read(reading, BUFFER + 64, 8));
      seen.push(yield load(BUFFER + 64));
    });
    expect(seen).toEqual([8, 8, 1234]);
  });

  it('never reach what is the kernel’s', () => {
    const seen: number[] = [];
    withPipe(function* (reading, writing) {
      seen.push(yield write(writing, BUFFER, 16));
      seen.push(yield read(reading, KERNEL, 16));
      seen.push(yield write(writing, KERNEL + 4096, 16));
      // The last page of the user's segment, and behind it.
      seen.push(yield read(reading, KERNEL - 4, 16));
      seen.push(yield read(reading, -4096, 16));
    });
    expect(seen).toEqual([16, ...new Array<number>(4).fill(ErrorNumber.EFAULT)]);
  });

  it('refuse what is no number of bytes', () => {
    const seen: number[] = [];
    withPipe(function* (reading) {
      seen.push(yield read(reading, BUFFER, -1));
      seen.push(yield systemCall('read', reading, BUFFER, 'all'));
      seen.push(yield systemCall('read', reading, {}, 4));
    });
    expect(seen).toEqual([ErrorNumber.EINVAL, ErrorNumber.EINVAL, ErrorNumber.EFAULT]);
  });
});
