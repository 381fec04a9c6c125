import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../../lib/system/code.js';
import type { KernelThread } from '../../../../../lib/system/code.js';
import { DiskDriver } from '../../../../../lib/guest/commodity/files/disk/disk-driver.js';
import type { DiskDriverOptions, DiskRequest } from '../../../../../lib/guest/commodity/files/disk/disk-driver.js';
import { compute } from '../../../../../lib/processor/operations.js';
import { Rig } from '../rig.js';

/** A driver whose device does nothing by itself. */
function setUp(options: DiskDriverOptions) {
  const rig = new Rig('1', 4);
  const sent: DiskRequest[] = [];
  const port = {
    *start(command: DiskRequest) {
      yield compute(1);
      sent.push(command);
    },
  };
  const driver = new DiskDriver(rig, 'disk', port, options);
  const ended: number[] = [];
  const ask = (block: number): void =>
    rig.call(thread =>
      driver.start(thread, 'read', block, [1], function* (_: KernelThread, error: number) {
        yield compute(1);
        ended.push(error);
      }),
    );
  return { rig, sent, driver, ended, ask };
}

describe('the disk driver', () => {
  it('turns blocks into sectors, and says when the command is over', () => {
    const { rig, sent, driver, ended, ask } = setUp({ depth: 1, order: 'arrival' });
    ask(5);
    expect(sent).toEqual([{ op: 'read', sector: 40, sectors: 8, pages: [1], tag: 1 }]);
    expect(ended).toEqual([]);
    rig.call(thread => driver.interrupt(thread, 1, 0));
    expect(ended).toEqual([0]);
  });

  it.each([
    ['arrival', [5, 9, 2, 7]],
    ['elevator', [5, 7, 9, 2]],
  ] as const)('sends in order of %s', (order, expected) => {
    const { rig, sent, driver, ask } = setUp({ depth: 1, order });
    for (const block of [5, 9, 2, 7]) ask(block);
    for (let k = 0; k < 4; k++) {
      expect(sent.length).toBe(k + 1);
      rig.call(thread => driver.interrupt(thread, sent[k].tag, 0));
    }
    expect(sent.map(command => command.sector / 8)).toEqual(expected);
  });

  it('keeps as many commands under way as the device takes', () => {
    const { sent, ask } = setUp({ depth: 3, order: 'arrival' });
    for (const block of [1, 2, 3, 4]) ask(block);
    expect(sent.length).toBe(3);
  });

  it('makes EIO of a status', () => {
    const { rig, driver, ended, ask } = setUp({ depth: 1, order: 'arrival' });
    ask(5);
    rig.call(thread => driver.interrupt(thread, 1, 3));
    expect(ended).toEqual([ErrorNumber.EIO]);
    expect(driver.stats).toEqual({ commands: 1, pagesRead: 0, pagesWritten: 0, failed: 1, longestQueue: 1 });
  });

  it('refuses an interrupt for a command that is not under way, and a device that takes none', () => {
    const { rig, driver } = setUp({ depth: 1, order: 'arrival' });
    expect(() => rig.call(thread => driver.interrupt(thread, 9, 0))).toThrow('command 9, which is not under way');
    expect(() => setUp({ depth: 0, order: 'arrival' })).toThrow(RangeError);
  });
});
