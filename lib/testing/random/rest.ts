/** What has to hold when a random test is over: nothing in transition, nothing lost, nobody forgotten. */
import { lineNumber } from '../../messages/addresses.js';
import type { LineData } from '../../messages/line-data.js';
import { CHECK_WORDS, type RandomCheck } from './options.js';
import { RouterNetwork } from '../../interconnect/router-network.js';
import type { PrivateCaches } from '../../processor/caches/private-caches.js';
import type { RandomTester } from './tester.js';

/** What is wrong at the end. */
export interface Unrest {
  readonly check: RandomCheck;
  readonly message: string;
  readonly line: number;
}

/** The first thing that is not as it should be, or null. */
export function findUnrest(tester: RandomTester): Unrest | null {
  return transient(tester) ?? unbalanced(tester) ?? forgotten(tester) ?? lost(tester);
}

function transient({ machine, protocol }: RandomTester): Unrest | null {
  const { cache } = protocol;
  for (const { path, caches } of machine.drivers) {
    for (const { line, state } of caches.lines())
      if (!cache.stable[cache.state(state)]) return rest(`${path} has line ${line} in ${state}`, line);
  }
  for (const controller of machine.controllers) {
    const reason = controller.waitsFor();
    if (reason !== undefined) return rest(`${controller.path} waits for ${reason}`, -1);
  }
  return null;
}

/** Whatever was taken has to be given back. */
function unbalanced({ machine }: RandomTester): Unrest | null {
  const { network, controllers } = machine;
  const faults = controllers.flatMap(controller => controller.imbalance());
  if (network instanceof RouterNetwork) faults.push(...network.imbalance());
  return faults.length === 0 ? null : { check: 'resources in the end', message: faults[0], line: -1 };
}

/** Every copy has to be known at home, and every owner has to have one. */
function forgotten({ machine, lines }: RandomTester): Unrest | null {
  const { drivers, controllers, map } = machine;
  for (const line of lines) {
    const { directory } = controllers[map.homeOfLine(line)];
    const entry = directory.entry(line);
    const owner = directory.owner[entry];
    for (const { path, processor, caches } of drivers)
      if (!caches.wouldMiss(line, false) && owner !== processor && !directory.sharers.has(entry, processor))
        return rest(`${path} has line ${line} in ${caches.stateOf(line)}, of which home does not know`, line);
    if (owner >= 0 && drivers[owner].caches.wouldMiss(line, false))
      return rest(`home takes ${drivers[owner].path} for the owner of line ${line}, which has it not`, line);
  }
  return null;
}

/** Whoever owns a line, or memory, has to have what was stored last. */
function lost(tester: RandomTester): Unrest | null {
  const { drivers, controllers, map } = tester.machine;
  for (const [check, number] of tester.lineOf.entries()) {
    const line = lineNumber(number);
    const home = controllers[map.homeOfLine(line)];
    const owner = home.directory.owner[home.directory.entry(line)];
    const data = owner < 0 ? home.lineInMemory(line) : dataOf(drivers[owner].caches, line);
    const where = owner < 0 ? 'memory' : drivers[owner].path;
    for (let word = 0; word < CHECK_WORDS; word++) {
      const found = data === null ? 0 : data[tester.wordOf[check] + word];
      const stored = tester.stored(check, word);
      if (found !== stored)
        return rest(
          `${where} has ${found} in word ${tester.wordOf[check] + word} of line ${line}, not ${stored}`,
          line,
        );
    }
  }
  return null;
}

function dataOf(caches: PrivateCaches, line: number): LineData | null {
  for (const copy of caches.lines()) if (copy.line === line) return copy.data;
  return null;
}

function rest(message: string, line: number): Unrest {
  return { check: 'at rest in the end', message, line };
}
