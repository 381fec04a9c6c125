/** What has to hold of the commodity kernel between any two events, and what only kernel code can look at. */
import { PAGE_TABLES } from '../../../lib/guest/commodity/address-layout.js';
import { KERNEL_STACK, TABLE_ENTRIES } from '../../../lib/guest/commodity/address-layout.js';
import type { KernelSleepLock } from '../../../lib/guest/commodity/locks/channels.js';
import type { Code } from '../../../lib/system/code.js';
import type { AddressSpace } from '../../../lib/guest/commodity/memory/address-space.js';
import type { PageTables } from '../../../lib/guest/commodity/memory/page-tables.js';
import { wordOf } from '../../../lib/guest/commodity/memory/page-faults.js';
import type { Thread } from '../../../lib/guest/commodity/processes/threads.js';
import { systemCall } from '../../../lib/guest/commodity/calls/system-calls.js';
import { load, type Operation } from '../../../lib/processor/operations.js';
import type { Running, Setup } from './running.js';
import { withKernel } from './running.js';

const TABLES = PAGE_TABLES / 4096;
const GLOBAL = 256;

/** Runs to the end, checks every `events` events, and demands that all memory is free again. */
export function runChecked(setup: Setup, events = 2000): Running {
  const running = withKernel({
    ...setup,
    prepare: made => {
      made.kernel.calls.set('inspect', thread => inspect(made, thread));
      setup.prepare?.(made);
    },
  });
  const { machine, kernel } = running;
  const { available } = kernel.physical;
  while (machine.run({ events }) === 'event limit') checkTranslations(running);
  checkTranslations(running);
  demand(kernel.physical.available === available, `${available - kernel.physical.available} pages are lost`);
  const { table, user } = kernel.physical.census();
  demand(table === 0 && user === 0, 'pages are in use that belong to nobody');
  return running;
}

/** A system call that checks the page tables of the caller in memory. */
export const inspection = (): Operation => systemCall('inspect');

/** All address spaces, except those that are being changed. */
function quietSpaces({ kernel }: Running): Set<AddressSpace> {
  const spaces = [...kernel.processes.threads].map(thread => kernel.processes.of(thread).space);
  return new Set(spaces.filter(({ lock }) => !(lock as KernelSleepLock).held));
}

/**
 * Throws unless every translation that a processor can use is what the kernel says: pages and page tables of spaces that
 * nobody is changing, and kernel stacks, which must belong to somebody.
 */
export function checkTranslations(running: Running): void {
  const { machine, kernel } = running;
  const spaces = quietSpaces(running);
  const frames = machine.layout!;
  for (const processor of kernel.processors) {
    const { number, generation } = processor;
    const known = new Map<number, { readonly space: AddressSpace; readonly tables: PageTables }>();
    for (const space of spaces)
      for (const tables of space.tables)
        if (tables.identifiers[number] !== 0 && tables.generations[number] === generation)
          known.set(tables.identifiers[number], { space, tables });
    for (const { page, space: identifier, frame, writable } of machine.processors[number].tlb.mappings()) {
      const what = `processor ${number} maps page 0x${page.toString(16)} of identifier ${identifier}`;
      if (identifier === GLOBAL) {
        if (page === KERNEL_STACK / 4096) {
          const stack = frames.indexOf(frame);
          demand(kernel.physical.useOf(stack) === 'stack', `${what} to a page that is no stack`);
        }
        continue;
      }
      demand(identifier !== 0 || page >= 0x80000, `${what}, which is for threads without a space`);
      const owner = known.get(identifier);
      if (owner === undefined) continue;
      const { space, tables } = owner;
      const isTable = page >= TABLES && page < TABLES + TABLE_ENTRIES;
      const entered = tables.entered.has(page) ? space.mappings.get(page)?.page : undefined;
      const physical = isTable ? tables.pages.get(page - TABLES) : entered;
      demand(
        physical !== undefined && frames[physical] === frame,
        `${what} to frame ${frame}, not to page ${physical}`,
      );
      demand(isTable || !writable || space.mappings.get(page)!.writable, `${what} for writing`);
    }
  }
}

/** Kernel code: compares the caller's page tables in memory with what the kernel takes them to be. */
export function* inspect({ kernel }: Pick<Running, 'kernel'>, thread: Thread): Code<number> {
  const { space } = kernel.processes.of(thread);
  yield* space.lock.acquire(thread);
  for (const tables of space.tables) yield* inspectTables(kernel, space, tables);
  for (const mapping of space.mappings.values()) {
    demand(kernel.physical.useOf(mapping.page) === 'user', `page ${mapping.page} is mapped, but not the user's`);
    const users = usersOf(kernel, mapping.page);
    demand(kernel.physical.usersOf(mapping.page) >= users, `page ${mapping.page} has ${users} users that it knows not`);
    demand(!mapping.writable || users === 1, `page ${mapping.page} can be written, but has ${users} users`);
  }
  yield* space.lock.release(thread);
  return 0;
}

function* inspectTables(kernel: Running['kernel'], space: AddressSpace, tables: PageTables): Code {
  for (const [number, table] of tables.pages) {
    demand(kernel.physical.useOf(table) === 'table', `page ${table} is no page table`);
    const pages = [...space.mappings.keys()].filter(page => page >>> 10 === number);
    for (const page of new Set([...pages, ...pages.map(near => near ^ 1), number << 10])) {
      const word = yield load(kernel.addressOf(table) + 4 * (page & 1023));
      demand(word === wordOf(space, tables, page), `page 0x${page.toString(16)} is not what its table says`);
    }
  }
  for (const page of tables.entered) {
    demand(tables.pages.has(page >>> 10), `page 0x${page.toString(16)} is in no table`);
    demand(space.mappings.has(page), `page 0x${page.toString(16)} is entered, but not in memory`);
  }
}

function usersOf(kernel: Running['kernel'], page: number): number {
  const spaces = new Set([...kernel.processes.threads].map(thread => kernel.processes.of(thread).space));
  let users = 0;
  for (const space of spaces) for (const mapping of space.mappings.values()) users += Number(mapping.page === page);
  return users;
}

/** Throws unless something holds. */
export function demand(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
