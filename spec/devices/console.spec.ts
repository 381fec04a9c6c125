import { describe, expect, it } from '@jest/globals';
import { Console, ConsoleRegister, type ConsoleOptions } from '../../lib/devices/console.js';
import { rig } from './rig.js';

function setUp(changes: Partial<ConsoleOptions> = {}) {
  const made = rig((scope, _node, _map, bridge) => [
    new Console(scope, 'console', {
      ...{ outputCharacters: 10, interruptTo: 1, interruptCode: 4, bridge, flits: { control: 1 } },
      ...changes,
    }),
  ]);
  const { hosts, map, devices, simulation } = made;
  const write = (command: object): void => {
    hosts[0].command(map.bridgeOfNode[0], 0, command);
    simulation.run();
  };
  const read = (register: number): number => {
    hosts[1].read(map.bridgeOfNode[0], 0, register);
    simulation.run();
    return hosts[1].values.at(-1)!.value;
  };
  return { ...made, console: devices[0], write, read };
}

describe('a console', () => {
  it('shows what is written, and keeps the end of it', () => {
    const { console, write } = setUp();
    write({ op: 'write', text: 'login: ' });
    expect(console.output).toBe('login: ');
    write({ op: 'write', text: 'root\n' });
    expect(console.output).toBe('gin: root\n');
    expect(console.stats).toMatchObject({ written: 12, lost: 2 });
  });

  it('interrupts its processor when somebody types, which reads one character after another', () => {
    const { console, simulation, hosts, read } = setUp();
    console.type('ls');
    console.type('\n', 5000);
    simulation.run();
    expect(hosts[1].interrupts.map(({ code, a, b }) => [code, a, b])).toEqual([
      [4, 2, 0],
      [4, 3, 0],
    ]);
    // To the other node: wire 5, wire 3, controller 3, network 2 + 20 + 2, controller 11, wire 3.
    expect(hosts[1].interrupts[1].at).toBe(5000 + 5 + 3 + 3 + 24 + 11 + 3);
    expect(read(ConsoleRegister.Waiting)).toBe(3);
    const { Character } = ConsoleRegister;
    expect([read(Character), read(Character), read(Character), read(Character)]).toEqual([108, 115, 10, -1]);
    expect(read(ConsoleRegister.Waiting)).toBe(0);
  });

  it('takes no notice of other commands and registers', () => {
    const { console, write, read } = setUp();
    for (const command of [{ op: 'clear' }, { op: 'write' }, { op: 'write', text: 5 }]) write(command);
    expect(console.output).toBe('');
    expect(console.stats.refused).toBe(3);
    expect(read(2)).toBe(-1);
  });

  it('is refused if it keeps nothing', () => {
    expect(() => setUp({ outputCharacters: 0 })).toThrow('outputCharacters is 0; give a whole number from 1');
  });
});
