/**
 * A guest that computes, whatever others do: what it finds in its memory and on its disk, what it computes from that, and what
 * it writes on its console are the same in every run, however long it waits.
 */
import type { DiskSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { Disco } from '../../../lib/monitor/disco.js';
import type { DiscoOptions } from '../../../lib/monitor/options.js';
import type { VirtualMachine } from '../../../lib/monitor/virtual-machine.js';
import { Context } from '../../../lib/processor/context.js';
import * as op from '../../../lib/processor/operations.js';
import { entryLo, ExceptionCode, Register } from '../../../lib/processor/registers.js';
import { Activity } from '../../../lib/processor/software.js';
import { mapPair } from '../../processor/privileged.js';
import { hotPages } from './hot-pages.js';
import { PlainGuest } from './plain-guest.js';

const DISK: DiskSpecification = {
  kind: 'disk',
  node: 0,
  model: 'hp97560',
  scheduling: 'fcfs',
  immediateReport: true,
};
const PAIRS = 6;
const ROUNDS = 3;
const DISK_DONE = 9;

/** What became of it. */
export interface Findings {
  /** Everything that it has loaded, read and been told, in order; ends with DONE. */
  readonly values: number[];
  ticks: number;
}

/** The last of the values of one that has come to its end. */
export const DONE = 4711;

/** A machine of two processors and two disks with a monitor. */
export function monitored(seed: number | string, options: DiscoOptions = {}): { machine: Machine; disco: Disco } {
  const preset = presets['disco-1997']({ nodes: 2 });
  const nodes = { count: 2, processors: 1, memoryBytes: 1536 * 4096 };
  const machine = buildMachine(
    { ...preset, nodes, devices: [DISK, { ...DISK, node: 1 }], counters: hotPages.counters! },
    { seed },
  );
  return { machine, disco: new Disco(machine, { quantumNs: 100_000, policy: hotPages, ...options }) };
}

/** The guest, started: it has disk0 for itself, and begins on processor 0. Also what it executes. */
export function startBystander(disco: Disco): { virtual: VirtualMachine; findings: Findings; context: Context } {
  const findings: Findings = { values: [], ticks: 0 };
  let transfers = 0;
  const system = new PlainGuest(({ code, message }) => {
    if (code !== ExceptionCode.Interrupt) throw new Error(`the bystander takes exception ${code}`);
    if (message === null) findings.ticks++;
    else if (message.code === DISK_DONE) transfers = message.b === 0 ? transfers + 1 : NaN;
    return new Context(acknowledge(), Activity.Interrupt);
  });
  const virtual = disco.create({
    ...{ name: 'bystander', processors: 1, memoryBytes: 64 * 4096, homes: [0] },
    disks: [{ disk: 'disk0', mode: 'private' }],
  });
  const context = new Context(
    compute(findings.values, virtual, () => transfers),
    Activity.Kernel,
  );
  disco.start(virtual, system, [context]);
  return { virtual, findings, context };
}

function* acknowledge(): Generator<op.Operation, void, number> {
  yield op.writeRegister(Register.Compare, ((yield op.readRegister(Register.Count)) + 20_000) | 0);
}

const at = (page: number, word: number): number => page * 4096 + word * 4;

function* compute(values: number[], virtual: VirtualMachine, transfers: () => number): op.Program {
  yield* acknowledge();
  for (let pair = 0; pair < PAIRS; pair++)
    yield* mapPair(pair, 2 * pair, entryLo(2 * pair, true, true), entryLo(2 * pair + 1, true, true));
  let sum = 1;
  for (let round = 0; round < ROUNDS; round++) {
    for (let page = 0; page < 2 * PAIRS; page++)
      for (let word = 0; word < 96; word += 8) {
        yield op.store(at(page, word), (sum = (Math.imul(sum, 31) + word + page) | 0));
        yield op.compute(40);
      }
    yield op.copy(at(0, 0), at(5, 512), 1024, 4);
    yield op.compute(30_000);
    for (let page = 0; page < 2 * PAIRS; page++)
      for (let word = 0; word < 96; word += 8) values.push(yield op.load(at(page, word)));
    values.push(yield op.load(at(5, 512 + 24)));
    const text = `round ${round}: ${sum}\n`;
    yield op.deviceCommand(virtual.bridge, virtual.devices.indexOf(virtual.console), { op: 'write', text });
    // Page 1 goes to the disk, and comes back into page 11.
    for (const [operation, frame] of [
      ['write', 1],
      ['read', 11],
    ] as const) {
      const before = transfers();
      const pieces = [{ frame, offset: 0, bytes: 4096 }];
      const reply = { tag: round, interruptTo: 0, interruptCode: DISK_DONE };
      yield op.deviceCommand(virtual.bridge, 0, { op: operation, sector: 8 * round, sectors: 8, pieces, ...reply });
      while (transfers() === before) yield op.waitForInterrupt();
    }
    for (let word = 0; word < 96; word += 8) values.push(yield op.load(at(11, word)));
  }
  values.push(DONE);
}
