import { describe, expect, it } from '@jest/globals';
import { NO_DEVICE } from '../../../lib/messages/io-messages.js';
import { VirtualClock } from '../../../lib/monitor/devices/virtual-clock.js';
import { StepsBench } from '../support/steps-bench.js';

function read(unit: 'ns' | 'us', epoch: number, nowNs: number, registers: readonly number[]) {
  const steps = new StepsBench({ nodes: 1 });
  const clock = new VirtualClock(steps.code, { name: 'clock', unit, epoch, nowNs: () => nowNs });
  const seen: number[] = [];
  steps.run([
    function* (cpu) {
      for (const register of registers) seen.push(yield* clock.read(cpu, register));
    },
    () => clock.command(),
  ]);
  return { seen, stats: clock.stats };
}

describe('a virtual clock', () => {
  it('shows the time since its epoch in its unit, cut off', () => {
    expect(read('us', 5, 12_999, [0]).seen).toEqual([17]);
    expect(read('ns', 5, 12_999, [0]).seen).toEqual([13_004]);
  });

  it('shows the high half of the moment at which the low one was read', () => {
    expect(read('ns', 3 * 2 ** 32 + 0xffffffff, 0, [1, 0, 1]).seen).toEqual([0, -1, 3]);
  });

  it('has no other registers and takes no commands', () => {
    const { seen, stats } = read('ns', 0, 7, [2, -1]);
    expect([seen, stats]).toEqual([[NO_DEVICE, NO_DEVICE], { reads: 0, refused: 3 }]);
  });

  it('is not set to what is no time', () => {
    expect(() => read('us', -1, 0, [])).toThrow('clock: an epoch is a whole number of us and not negative, not -1');
  });
});
