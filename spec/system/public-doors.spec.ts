/**
 * Every number at a public door, fed values that are not valid. The tables have every function and class that the package exports, so that
 * a new one needs a line in them: a call that is in order, or the reason why it has no numbers of its own to check.
 */
import { describe, expect, it } from '@jest/globals';
import * as experiments from '../../lib/experiments/index.js';
import * as main from '../../lib/index.js';
import * as testing from '../../lib/testing/index.js';
import { SimulationError } from '../../lib/engine/errors.js';
import { FlatMemory } from '../../lib/machine/flat-memory.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { resolve } from '../../lib/machine/specification/specification.js';
import { compute, type Program } from '../../lib/processor/operations.js';
import { faultsOf, type Door } from './doors/door.js';
import * as hardware from './doors/hardware.js';
import { NO_DOORS } from './doors/no-doors.js';
import { SWEEPS } from './doors/sweeps.js';
import * as systems from './doors/systems.js';

const EXPORTS: Readonly<Record<string, unknown>> = { ...main, ...testing, ...experiments };

const { ENGINE, TOPOLOGY, PLACEMENT, COHERENCE, DEVICES, INTERCONNECT, MEMORY, PROCESSOR } = hardware;
const { MACHINE, GUEST, WORKLOADS, TESTING, EXPERIMENTS } = systems;
const TABLES: Readonly<Record<string, Readonly<Record<string, Door>>>> = {
  ...{ ENGINE, TOPOLOGY, PLACEMENT, COHERENCE, DEVICES, INTERCONNECT, MEMORY, PROCESSOR },
  ...{ MACHINE, GUEST, WORKLOADS, TESTING, EXPERIMENTS, SWEEPS },
};

describe.each(Object.entries(TABLES))('the doors of %s', (_room, doors) => {
  it.each(Object.keys(doors))('%s', name => {
    expect(EXPORTS[name]).toBeDefined();
    expect(faultsOf(EXPORTS[name], doors[name])).toEqual([]);
  });
});

describe('the specification of a machine', () => {
  it('is refused for each of its numbers that is not valid', () => {
    const door: Door = {
      args: () => [systems.small()],
      takes: { '0.processor.clockMHz': [0.5] },
    };
    expect(faultsOf(resolve, door)).toEqual([]);
  });

  it('is refused with its part and product if it cannot be allocated', () => {
    const directory = { format: 'sparse', sets: 2 ** 24, ways: 1024 } as const;
    const build = (): unknown => main.buildMachine({ ...presets['disco-1997']({ nodes: 4 }), directory }, { seed: 1 });
    expect(build).toThrow(main.SpecificationError);
    expect(build).toThrow('directory: 16777216 sets of 1024 ways at 4 homes take about');
    const most = { banks: 65536, accessNs: 140, bankNs: 160 };
    const banks = (): unknown =>
      main.buildMachine({ ...presets['disco-1997']({ nodes: 256 }), memory: most }, { seed: 1 });
    expect(banks).toThrow('memory.banks: 16777216 banks');
  });

  it.each([null, undefined, 7, 'disco-1997'])('is not %p', value => {
    const build = (): unknown => main.buildMachine(value as never, { seed: 1 });
    expect(build).toThrow(main.SpecificationError);
    expect(() => main.buildMachine(systems.small(), value as never)).toThrow(RangeError);
  });
});

describe('a machine', () => {
  function* long(): Program {
    for (let i = 0; i < 8300; i++) yield compute(2 ** 40 - 1);
  }

  it('stops before its time is not exact any more', () => {
    const machine = main.buildMachine(systems.small(), { seed: 1 });
    machine.load(new FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 5 }), [long(), long()]);
    expect(() => machine.run()).toThrow(SimulationError);
    expect(() => machine.run()).toThrow('time would pass 2^53 - 1 ticks');
    expect(Number.isSafeInteger(machine.simulation.now)).toBe(true);
  });

  it('is not run by a program of its own', () => {
    const machine = main.buildMachine(systems.small(), { seed: 1 });
    const program = function* (): Program {
      yield compute(5);
      machine.run();
    };
    machine.load(new FlatMemory(machine.map, { nodeOfPage: () => 0, refillCycles: 5 }), [program(), null]);
    expect(() => machine.run()).toThrow('run was called from within a run');
  });
});

describe('a preset', () => {
  it.each(Object.keys(systems.PRESETS))('%s', name => {
    expect(faultsOf(null, systems.PRESETS[name])).toEqual([]);
  });
});

describe('the tables', () => {
  const listed = [...Object.values(TABLES).flatMap(Object.keys), ...Object.values(NO_DOORS).flat()];

  it('have every function and class that is exported', () => {
    const callable = Object.keys(EXPORTS).filter(name => typeof EXPORTS[name] === 'function');
    expect(callable.filter(name => !listed.includes(name))).toEqual([]);
  });

  it('have each of them once, and nothing else', () => {
    expect(listed.filter((name, i) => listed.indexOf(name) !== i)).toEqual([]);
    expect(listed.filter(name => typeof EXPORTS[name] !== 'function')).toEqual([]);
  });
});
