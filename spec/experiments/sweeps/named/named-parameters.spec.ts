import { describe, expect, it } from '@jest/globals';
import {
  checkNamedParameters,
  machineOf,
  namedParameters,
  type NamedRunName,
} from '../../../../lib/experiments/sweeps/named/named-parameters.js';
import type { SweepParameters } from '../../../../lib/experiments/sweeps/points.js';

const machineWith = (parameters: SweepParameters) => machineOf(namedParameters('native', parameters), parameters);

describe('parameters of a run by name', () => {
  it('change the machine, and every node with it', () => {
    const usual = machineWith({ processors: 2 });
    const other = machineWith({ processors: 2, 'machine.memory.accessNs': 200, 'machine.processor.l2HitNs': 60 });
    expect(usual.memory.accessNs).not.toBe(200);
    expect(other.nodes.map(({ memory }) => memory.accessNs)).toEqual([200, 200]);
    expect(other.processor).toEqual({ ...usual.processor, l2HitNs: 60 });
  });

  it('change one node', () => {
    const { nodes } = machineWith({ processors: 2, memoryMB: 16, 'machine.nodes.1.memoryBytes': 4096 });
    expect(nodes.map(({ memoryBytes }) => memoryBytes)).toEqual([8 * 2 ** 20, 4096]);
  });

  it('leave a preset as it is otherwise', () => {
    expect(machineOf({ machine: 'disco-1997' }, {}, 4).nodes).toHaveLength(4);
    expect(machineWith({ machine: 'flash-1994' }).nodes).toHaveLength(16);
  });

  const bad: [run: NamedRunName, parameters: SweepParameters, message: string][] = [
    ['native', { policy: 'migrate' }, 'native has no option policy'],
    ['native', { wordload: 'radix' }, 'did you mean workload?'],
    ['native', { workload: 'radixx' }, 'workload'],
    ['native', { workload: 'pmake', os: 'splashos' }, 'splashos is not available for pmake'],
    ['native', { 'machine.memory.acessNs': 1 }, 'did you mean accessNs?'],
    ['native', { 'machine.memori.accessNs': 1 }, 'did you mean memory?'],
    ['vm', { guests: 0 }, 'guests'],
    ['vm', { policy: 'migrat' }, 'did you mean migrate?'],
    ['vm', { policy: 'migrate', 'policy.triger': 1 }, 'did you mean trigger?'],
    ['vm', { 'policy.trigger': 1 }, 'first-touch has no options'],
    ['vm', { 'monitor.quantumns': 1 }, 'did you mean quantumNs?'],
    ['trace', {}, 'trace'],
    ['trace', { trace: { file: 'a' }, 'monitor.gang': true }, 'trace has no option monitor.gang'],
  ];
  it.each(bad)('of %s are not %j', (run, parameters, message) => {
    expect(() => checkNamedParameters(run, parameters)).toThrow(message);
  });
});
