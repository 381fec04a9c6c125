import { describe, expect, it } from '@jest/globals';
import { NO_DEVICE } from '../../../lib/messages/io-messages.js';
import type { DeviceHost } from '../../../lib/monitor/devices/virtual-device.js';
import { VirtualConsole, type VirtualConsoleOptions } from '../../../lib/monitor/devices/virtual-console.js';
import { StepsBench } from '../support/steps-bench.js';

const OPTIONS = { name: 'console', outputCharacters: 10, inputCharacters: 4, interruptTo: 1, interruptCode: 9 };

function bench(options: Partial<VirtualConsoleOptions> = {}) {
  const steps = new StepsBench({ nodes: 1 });
  const interrupts: number[][] = [];
  const host = {
    processors: 2,
    *interrupt(_cpu: unknown, ...interrupt: number[]) {
      yield steps.code.step('post');
      interrupts.push(interrupt);
    },
  } as unknown as DeviceHost;
  return { steps, interrupts, console: new VirtualConsole(host, steps.code, { ...OPTIONS, ...options }) };
}

describe('a virtual console', () => {
  it('keeps the end of what is written', () => {
    const { steps, console } = bench();
    steps.run(['hello ', 'wide ', 'world'].map(text => cpu => console.command(cpu, { op: 'write', text })));
    expect(console.output).toBe('wide world');
    expect(console.stats).toMatchObject({ written: 16, lost: 6 });
  });

  it('takes nothing but texts', () => {
    const { steps, console } = bench();
    const contents = [{ op: 'write' }, { op: 'write', text: 7 }, { op: 'read', text: 'x' }, {}];
    steps.run(contents.map(content => cpu => console.command(cpu, content)));
    expect([console.output, console.stats.refused]).toEqual(['', 4]);
  });

  it('interrupts when something is typed, gives it out character by character, and keeps no more than it can', () => {
    const { steps, console, interrupts } = bench();
    const seen: number[] = [];
    steps.run([
      cpu => console.type(cpu, 'ab'),
      cpu => console.type(cpu, 'cdef'),
      function* (cpu) {
        for (const register of [1, 0, 0, 0, 1, 0, 0, 7]) seen.push(yield* console.read(cpu, register));
      },
    ]);
    expect(interrupts).toEqual([
      [1, 9, 2, 0],
      [1, 9, 4, 0],
    ]);
    expect(seen).toEqual([4, 97, 98, 99, 1, 100, NO_DEVICE, NO_DEVICE]);
    expect(console.stats).toMatchObject({ typed: 4, overrun: 2 });
  });

  it('is silent when its machine is gone, and what was written stays', () => {
    const { steps, console, interrupts } = bench();
    steps.run([
      cpu => console.command(cpu, { op: 'write', text: 'a' }),
      () => console.close(),
      cpu => console.command(cpu, { op: 'write', text: 'b' }),
      cpu => console.type(cpu, 'c'),
    ]);
    expect([console.output, interrupts]).toEqual(['a', []]);
  });

  it('keeps at least a character', () => {
    expect(() => bench({ outputCharacters: 0 })).toThrow('console: outputCharacters is an integer from 1, not 0');
  });
});
