/**
 * Every number at a public door, fed what is none. The tables have every function and class that the package exports, so that
 * a new one needs a line in them: a call that is in order, or the reason why it has no numbers of its own to check.
 */
import { describe, expect, it } from '@jest/globals';
import * as experiments from '../../lib/experiments/index.js';
import * as main from '../../lib/index.js';
import * as testing from '../../lib/testing/index.js';
import { faultsOf, type Door } from './doors/door.js';
import * as hardware from './doors/hardware.js';
import { NO_DOORS } from './doors/no-doors.js';
import * as systems from './doors/systems.js';

const EXPORTS: Readonly<Record<string, unknown>> = { ...main, ...testing, ...experiments };

const { ENGINE, TOPOLOGY, PLACEMENT, COHERENCE, DEVICES, INTERCONNECT, MEMORY, PROCESSOR } = hardware;
const { MACHINE, GUEST, WORKLOADS, TESTING, EXPERIMENTS } = systems;
const TABLES: Readonly<Record<string, Readonly<Record<string, Door>>>> = {
  ...{ ENGINE, TOPOLOGY, PLACEMENT, COHERENCE, DEVICES, INTERCONNECT, MEMORY, PROCESSOR },
  ...{ MACHINE, GUEST, WORKLOADS, TESTING, EXPERIMENTS },
};

describe.each(Object.entries(TABLES))('the doors of %s', (_room, doors) => {
  it.each(Object.keys(doors))('%s', name => {
    expect(EXPORTS[name]).toBeDefined();
    expect(faultsOf(EXPORTS[name], doors[name]!)).toEqual([]);
  });
});

describe('a preset', () => {
  it.each(Object.keys(systems.PRESETS))('%s', name => {
    expect(faultsOf(null, systems.PRESETS[name]!)).toEqual([]);
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
