/** Nothing may depend on how large times are: 32-bit operators and small integers end at 2^31 and 2^32. */
import { expect, it } from '@jest/globals';
import { compute, load, store, type Operation, type Program } from '../../lib/processor/operations.js';
import { PlainSoftware } from './plain-software.js';
import { defaults, matrix, wire } from './wire.js';

const NODES = 4;
const { period } = defaults(NODES);
const BUSY = 4;

/** Loads and stores to lines that all share, and that conflict in the caches. */
function* program(cpu: number, idleCycles: number): Program {
  if (idleCycles > 0) yield compute(idleCycles);
  let state = 7919 * (cpu + 1);
  for (let i = 0; i < 300; i++) {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    const address = 64 * 512 * ((state >>> 8) % NODES) + 64 * ((state >>> 12) % 40);
    const operation: Operation = (state >>> 20) % 3 === 0 ? store(address, i) : load(address);
    yield operation;
  }
}

/** What a machine does whose processors begin after so many cycles. */
function from(idleCycles: number): unknown[] {
  const topology = matrix(NODES, 19, BUSY);
  const { sim, cpus } = wire(NODES, { topology });
  const software = new PlainSoftware();
  cpus.forEach((cpu, i) => cpu.load(software, program(i, idleCycles)));
  sim.run();
  return [sim.now - idleCycles * period, sim.events, sim.statistics()];
}

it.each([2 ** 31 / period - 2000, 2 ** 32 / period - 2000, 2 ** 40].map(Math.floor))(
  'a machine that begins %d cycles later does the same, later',
  idleCycles => {
    expect(from(idleCycles)).toEqual(from(0));
  },
);
