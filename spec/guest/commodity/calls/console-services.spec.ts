import { describe, expect, it } from '@jest/globals';
import { ErrorNumber } from '../../../../lib/system/code.js';
import { ConsoleServices, MOST_TEXT } from '../../../../lib/guest/commodity/calls/console-services.js';
import { fork, print, systemCall, waitForChild } from '../../../../lib/guest/commodity/calls/system-calls.js';
import { load, monitorCall, type Program } from '../../../../lib/processor/operations.js';
import { runKernel } from '../running.js';

function play(main: () => Program, driver = true) {
  const { machine } = runKernel({
    programs: { main },
    devices: [{ kind: 'console', node: 0, outputCharacters: 2000, interruptTo: 0, interruptCode: 48 }],
    prepare({ kernel, machine: built }) {
      const { bridge, index } = built.devices.get('console0')!;
      if (driver) new ConsoleServices(kernel, { bridge, device: index });
    },
  });
  return { output: machine.device('console0', 'console').output, fingerprint: machine.simulation.fingerprint };
}

describe('the console of the kernel', () => {
  it('gets what programs write, up to a limit', () => {
    const seen: number[] = [];
    const { output } = play(function* () {
      seen.push(yield print('one\n'), yield print('x'.repeat(MOST_TEXT)), yield print('x'.repeat(MOST_TEXT + 1)));
      seen.push(yield systemCall('console', 5), yield print('two\n'));
    });
    expect(seen).toEqual([4, MOST_TEXT, ErrorNumber.E2BIG, ErrorNumber.EINVAL, 4]);
    expect(output).toBe(`one\n${'x'.repeat(MOST_TEXT)}two\n`);
  });

  it('says which process was ended, and with which status', () => {
    const { output } = play(function* () {
      yield fork(function* () {
        yield load(0x1000); // no memory of the program's
      });
      yield fork(function* () {
        yield monitorCall({ call: 'version' });
      });
      yield waitForChild();
      yield waitForChild();
    });
    expect(output.split('\n').sort()).toEqual([
      '',
      'main (process 2) was ended: status 139',
      'main (process 3) was ended: status 132',
    ]);
  });

  it('changes nothing for who does not write, and is not there without its driver', () => {
    const seen: number[] = [];
    const silent = function* (): Program {
      yield load(0x10000 * 4096);
    };
    expect(play(silent).fingerprint).toEqual(play(silent, false).fingerprint);
    const { output } = play(function* () {
      seen.push(yield print('text'));
    }, false);
    expect([output, ...seen]).toEqual(['', ErrorNumber.EINVAL]);
  });
});
