import { describe, expect, it } from '@jest/globals';
import { nativeMachine, processorsOf } from '../../lib/experiments/native-choices.js';

const bytes = ({ nodes }: ReturnType<typeof nativeMachine>): number =>
  nodes.reduce((sum, node) => sum + node.memoryBytes, 0);

describe('a machine for a native run', () => {
  it.each([
    ['disco-1997', undefined, 1, 1],
    ['disco-1997', 8, 8, 8],
    ['uma', 4, 4, 1],
    ['xeon-2s', undefined, 16, 2],
    ['xeon-2s', 8, 8, 1],
  ] as const)('%s with %s processors has %d on %d nodes', (name, processors, found, nodes) => {
    const machine = nativeMachine(name, { processors });
    expect([processorsOf(machine), machine.nodes.length]).toEqual([found, nodes]);
  });

  it('is refused if it cannot have as many processors, with numbers that it can have', () => {
    expect(() => nativeMachine('xeon-2s', { processors: 3 })).toThrow('xeon-2s cannot have 3 processors, but 8 or 16');
  });

  it('has as much memory as is asked for, on those nodes that have any', () => {
    expect(bytes(nativeMachine('disco-1997', { processors: 8, memoryBytes: 64 * 2 ** 20 }))).toBe(64 * 2 ** 20);
    expect(bytes(nativeMachine('uma', { processors: 8, memoryBytes: 64 * 2 ** 20 }))).toBe(64 * 2 ** 20);
  });

  it('has as large a cache as is asked for', () => {
    expect(nativeMachine('disco-1997', { l2Bytes: 2 ** 18 }).processor.l2.sizeBytes).toBe(2 ** 18);
  });
});
