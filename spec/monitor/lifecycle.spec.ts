/** Virtual machines that come and go while others run. */
import { describe, expect, it } from '@jest/globals';
import { us } from '../../lib/engine/time.js';
import { exit } from '../../lib/guest/commodity/calls/system-calls.js';
import { checkDisco } from '../../lib/monitor/check-disco.js';
import { Context } from '../../lib/processor/context.js';
import { remapCall, zeroedPageCall } from '../../lib/system/monitor-calls.js';
import { compute, load, monitorCall, store, type Program } from '../../lib/processor/operations.js';
import { Activity, type Exception } from '../../lib/processor/software.js';
import { entryLo, ExceptionCode } from '../../lib/processor/registers.js';
import { mapPair } from '../processor/privileged.js';
import { HEAP } from '../guest/commodity/running.js';
import { hotPages } from './support/hot-pages.js';
import { startPlain } from './support/plain-guest.js';
import { startGuest, withGuests, type GuestSetup, type VirtualSetup } from './support/virtual.js';

const at = (page: number): number => (HEAP + page) * 4096;

/** Uses pages for ever. */
function* busy(): Program {
  for (let round = 1; ; round++) {
    for (let page = 0; page < 64; page++) yield store(at(page), round);
    for (let page = 0; page < 64; page++) yield load(at(page) + 128);
    yield compute(10_000);
  }
}

/** Uses pages for a while, and says what it has found wrong. */
function* brief(wrong: string[]): Program {
  for (let round = 1; round < 6; round++) {
    for (let page = 0; page < 24; page++) yield store(at(page), round + page);
    yield compute(100_000);
    for (let page = 0; page < 24; page++)
      if ((yield load(at(page))) !== round + page) wrong.push(`page ${page} in round ${round}`);
  }
  wrong.push('done');
  yield exit(0);
}

const forEver: GuestSetup = { programs: { main: busy }, pages: 1024, processors: 2 };

/** Runs in slices, with something done after each and memory looked at. */
function running(setup: VirtualSetup) {
  const made = withGuests({ processors: 3, specification: { counters: hotPages.counters! }, ...setup });
  const { machine, disco } = made;
  const slice = machine.simulation.ticks(us(100));
  let until = 0;
  const go = (slices: number): boolean => {
    for (let i = 0; i < slices; i++) {
      until += slice;
      const finished = machine.run({ until }) === 'finished';
      expect(checkDisco(disco)).toEqual([]);
      if (finished) return false;
    }
    return true;
  };
  return { ...made, go };
}

describe('a virtual machine', () => {
  it('gives back all that it held when it is destroyed, again and again, while another one runs', () => {
    const wrong: string[] = [];
    const { disco, go } = running({
      guests: [{ programs: { main: () => brief(wrong) } }],
      disco: { policy: hotPages, quantumNs: 200_000 },
    });
    let before = -1;
    for (let number = 1; number < 4; number++) {
      const owned = disco.space.owned.size;
      const { virtual } = startGuest(disco, forEver, number);
      go(12);
      disco.destroy(virtual);
      go(6);
      expect(virtual.state).toBe('destroyed');
      expect(disco.machines[number]).toBeNull();
      expect(disco.space.owned.size).toBe(owned);
      const held = [...disco.memory.memmap.all()].filter(page => page.users.some(({ pmap }) => pmap === virtual.pmap));
      expect(held).toEqual([]);
      before = disco.frames.allFree;
    }
    expect(before).toBeGreaterThan(0);
    go(Infinity);
    expect(wrong).toEqual(['done']);
  });

  it('leaves as many frames free as there were before it was created', () => {
    const { disco, go } = running({ guests: [], disco: { policy: hotPages } });
    const before = disco.frames.allFree;
    for (let number = 0; number < 2; number++) {
      const { virtual } = startGuest(disco, forEver, number);
      go(15);
      expect(disco.frames.allFree).toBeLessThan(before);
      disco.destroy(virtual);
      go(Infinity);
      expect(disco.frames.allFree).toBe(before);
    }
  });

  // At any moment: of shootdowns, page moves, switches, faults.
  it.each([1, 2, 3])('can be destroyed in the middle of anything (%i)', seed => {
    const { machine, disco, go } = running({ seed, guests: [], disco: { policy: hotPages, quantumNs: 150_000 } });
    const before = disco.frames.allFree;
    for (const name of ['first', 'second']) startPlain(disco, [sharer(), sharer(), sharer()], mapAll, { name });
    go(seed);
    for (let piece = 0; piece < 2000 && ![...disco.memory.memmap.all()].some(page => page.busy); piece++)
      machine.run({ events: 5 });
    expect([...disco.memory.memmap.all()].some(page => page.busy)).toBe(true);
    expect(disco.memory.shootdown.work.interrupts).toBeGreaterThan(0);
    disco.destroy(disco.machines[0]!);
    machine.run({ events: 40 * seed });
    disco.destroy(disco.machines[1]!);
    expect(go(100)).toBe(false);
    expect(disco.machines).toEqual([null, null]);
    expect(disco.frames.allFree).toBe(before);
  });

  it('is stopped by itself when there is no memory for it, and others go on', () => {
    const wrong: string[] = [];
    const { guests, disco, go } = running({
      processors: 1,
      framesPerNode: 700,
      guests: [{ programs: { main: () => brief(wrong) }, pages: 512 }],
    });
    startPlain(disco, [touchAll()], () => null, { name: 'greedy', memoryBytes: 640 * 4096 });
    while (go(20));
    expect(disco.machines[1]!.failure).toMatch(/no memory left for physical page/);
    expect(guests[0].virtual.failure).toBeNull();
    expect(wrong).toEqual(['done']);
  });

  it('that was ended for want of memory leaves it to the others', () => {
    const found: number[] = [];
    const { disco, go } = running({ processors: 1, framesPerNode: 600, guests: [] });
    const { virtual: greedy } = startPlain(disco, [touchAll()], () => null, {
      name: 'greedy',
      memoryBytes: 640 * 4096,
    });
    const { virtual: modest } = startPlain(disco, [touchLater(found)], () => null, {
      name: 'modest',
      memoryBytes: 512 * 4096,
    });
    while (greedy.failure === null) expect(go(1)).toBe(true);
    const held = [...greedy.pmap.mapped()].length;
    while (go(20));
    expect([modest.failure, modest.state]).toEqual([null, 'stopped']);
    expect(found).toEqual(Array.from({ length: 300 }, (_, page) => 1000 + page));
    const left = [...greedy.pmap.mapped()].length;
    // All of it, as soon as it is ended.
    expect(left).toBe(0);
    expect(held).toBeGreaterThan(250);
    expect(greedy.failure).toMatch(/no memory left for physical page/);
    disco.destroy(greedy);
    go(Infinity);
    expect(greedy.state).toBe('destroyed');
  });

  it('has its last physical page, and none behind it', () => {
    const found: number[] = [];
    function* program(): Program {
      yield* mapPair(0, 62, entryLo(62, true, true), entryLo(63, true, true));
      yield store(63 * 4096, 7);
      found.push(yield load(63 * 4096));
      yield* mapPair(1, 64, entryLo(64, true, true), entryLo(65, true, true));
      found.push(yield load(64 * 4096));
    }
    const { disco, go } = running({ processors: 1, guests: [] });
    const skip = ({ context }: Exception): null => {
      context!.complete(-1);
      return null;
    };
    const { system } = startPlain(disco, [program()], skip, { name: 'small', memoryBytes: 64 * 4096 });
    expect(go(100)).toBe(false);
    expect(found).toEqual([7, -1]);
    expect(system.taken.map(({ code }) => code)).toEqual([ExceptionCode.BusData]);
  });

  it('does not begin a processor that was stopped before', () => {
    const ran: number[] = [];
    function* program(number: number): Program {
      yield compute(1);
      ran.push(number);
    }
    const { disco, go } = running({ processors: 1, guests: [] });
    const { virtual } = startPlain(disco, [program(0), program(1)], () => null, { name: 'half' });
    disco.scheduler.stop(virtual.processors[1]);
    expect(go(100)).toBe(false);
    expect(ran).toEqual([0]);
  });

  it('that has no memory for its records is refused, and leaves nothing behind', () => {
    const { disco, go } = running({ processors: 1, framesPerNode: 200, guests: [] });
    const { allFree } = disco.frames;
    const wanted = { name: 'large', processors: 64, memoryBytes: 64 * 4096 };
    expect(() => disco.create(wanted)).toThrow('there is no memory left for the monitor');
    expect(disco.frames.allFree).toBe(allFree);
    expect(checkDisco(disco)).toEqual([]);
    expect(disco.create({ ...wanted, processors: 1 }).name).toBe('large');
    go(1);
  });

  it('keeps its memory when it is stopped, and does not execute any more', () => {
    const { disco, guests, go } = running({ guests: [forEver] });
    go(15);
    const { virtual } = guests[0];
    disco.stop(virtual);
    go(Infinity);
    expect(virtual.state).toBe('stopped');
    expect([...virtual.pmap.mapped()].length).toBeGreaterThan(64);
    expect(() => disco.stop(virtual)).toThrow('guest 0 is stopped');
    disco.destroy(virtual);
    go(Infinity);
    expect([...virtual.pmap.mapped()]).toEqual([]);
    expect(() => disco.destroy(virtual)).toThrow('guest 0 is destroyed already');
  });

  it('can be destroyed before it has begun, and twice at once', () => {
    const { disco, guests, go } = running({ guests: [forEver] });
    disco.destroy(guests[0].virtual);
    disco.destroy(guests[0].virtual);
    go(Infinity);
    expect(guests[0].virtual.state).toBe('destroyed');
    expect(disco.machines).toEqual([null]);
  });
});

/** Shares, copies and frees pages that its other processors use too, for ever. */
function* sharer(): Program {
  for (let round = 0; ; round++) {
    const page = round % 7;
    yield store(page * 4096, round);
    yield monitorCall(remapCall(page, 8 + page));
    yield load((8 + page) * 4096);
    yield store(page * 4096 + 4, round);
    if (round % 5 === 0) yield monitorCall(zeroedPageCall(page));
  }
}

/** Maps whatever page is missing, itself by itself. */
function mapAll({ code, address }: Exception): Context | null {
  if (code !== ExceptionCode.TlbLoad && code !== ExceptionCode.TlbStore) return null;
  const even = (address >>> 13) * 2;
  return new Context(
    mapPair(8 + (even & 31), even, entryLo(even, true, true), entryLo(even + 1, true, true)),
    Activity.Kernel,
  );
}

/** Waits until another one has had its turns, then writes 300 pages and reads them. */
function* touchLater(found: number[]): Program {
  for (let i = 0; i < 100; i++) yield compute(400_000);
  for (let page = 0; page < 300; page += 2) {
    yield* mapPair(0, page, entryLo(page, true, true), entryLo(page + 1, true, true));
    yield store(page * 4096, 1000 + page);
    yield store((page + 1) * 4096, 1001 + page);
  }
  for (let page = 0; page < 300; page += 2) {
    yield* mapPair(0, page, entryLo(page, true, true), entryLo(page + 1, true, true));
    found.push(yield load(page * 4096), yield load((page + 1) * 4096));
  }
}

/** Maps and touches all physical pages of its machine, in kernel mode. */
function* touchAll(): Program {
  for (let page = 0; page < 640; page += 2) {
    yield* mapPair(0, page, entryLo(page, true, true), entryLo(page + 1, true, true));
    yield store(page * 4096, page);
    yield store((page + 1) * 4096, page);
  }
}
