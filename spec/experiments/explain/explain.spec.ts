/** Explained events: their steps take the time that the processor's own account has, and have the path that the design prescribes. */
import { describe, expect, it } from '@jest/globals';
import { EXPLAINED_EVENTS, type ExplainedEventName } from '../../../lib/experiments/explain/events.js';
import { explain, type ExplainedSide, type Explanation } from '../../../lib/experiments/explain/explain.js';
import type { Step } from '../../../lib/experiments/explain/recording.js';

const EVENTS = Object.keys(EXPLAINED_EVENTS) as ExplainedEventName[];
const explained = new Map<string, Explanation>();

/** Each event is run once for all cases. */
function sidesOf(event: ExplainedEventName): Explanation['sides'] {
  if (!explained.has(event)) explained.set(event, explain(event));
  return explained.get(event)!.sides;
}

function ownSteps({ steps, processor }: ExplainedSide): Step[] {
  return steps.filter(step => step.processor === processor);
}

/** What one actor does, and an access that begins anew. */
function pathOf(steps: readonly Step[]): string[] {
  return steps.map(({ actor, what, again }) => `${actor}: ${what}${again ? ', again' : ''}`);
}

/** The expected entries are among the found, in this order. */
function expectInOrder(found: readonly string[], expected: readonly string[]): void {
  let next = 0;
  for (const entry of found) if (entry === expected[next]) next++;
  expect({ missing: expected[next], found: next < expected.length ? found : [] }).toEqual({ found: [] });
}

describe.each(EVENTS)('%s', event => {
  it('has steps without a gap, whose times are those of the processor’s account, actor by actor', () => {
    for (const side of sidesOf(event)) {
      let end = 0;
      const sums = { user: 0, hardware: 0, kernel: 0, monitor: 0, idle: 0 };
      for (const { at, ticks, actor } of ownSteps(side)) {
        expect(at).toBe(end);
        end += ticks;
        sums[actor] += ticks;
      }
      const { user = 0, monitor = 0, idle = 0, ...kernel } = side.activities;
      const kernelTicks = Object.values(kernel).reduce((sum, ticks) => sum + ticks, 0);
      expect(sums).toEqual({ user, hardware: 0, kernel: kernelTicks, monitor, idle });
      expect([end > 0, end]).toEqual([true, side.ticks]);
    }
  });

  it('has the misses of a step within its time, and says which lines are of other nodes', () => {
    for (const { steps } of sidesOf(event)) {
      for (const { at, ticks, misses } of steps) {
        for (const miss of misses) {
          expect(miss.at).toBeGreaterThanOrEqual(at);
          expect(miss.at).toBeLessThan(at + ticks);
          expect(miss.hops.length).toBeGreaterThanOrEqual(2);
        }
      }
    }
  });
});

describe('a run that is watched', () => {
  it.each(['tlb-miss', 'migration'] as const)('has the fingerprint of the same run without an observer: %s', event => {
    const unwatched = EXPLAINED_EVENTS[event].sides.map(({ prepare }) => {
      const { machine, run } = prepare();
      run();
      return machine.simulation.fingerprint.toString();
    });
    expect(sidesOf(event).map(({ fingerprint }) => fingerprint)).toEqual(unwatched);
    expect(new Set(unwatched).size).toBe(unwatched.length);
  });
});

const REFILL = [
  'kernel: load',
  'kernel: load',
  'kernel: compute',
  'kernel: tlb write random',
  'kernel: return from exception',
];

describe('the path of a TLB miss', () => {
  it('is the refill handler and back on the bare machine', () => {
    const [bare] = sidesOf('tlb-miss');
    expectInOrder(pathOf(bare.steps), [
      'user: load',
      'hardware: trap: TlbLoad, refill',
      ...REFILL,
      'user: load, again',
    ]);
    expect(bare.steps.filter(({ actor }) => actor === 'monitor')).toEqual([]);
  });

  it('is one refill by the monitor where the second-level TLB has the translation', () => {
    const [, disco] = sidesOf('tlb-miss');
    expect(pathOf(disco.steps)).toEqual(['user: load', 'monitor: TLB refill', 'user: load, again']);
  });

  it('goes from the monitor to the handler of the guest, whose TLB write and return are emulated', () => {
    const [, , disco] = sidesOf('tlb-miss');
    const [toHandler, emulated] = [REFILL.slice(0, 4), REFILL.slice(4)];
    expectInOrder(pathOf(disco.steps), [
      ...['user: load', 'hardware: trap: TlbLoad, refill', 'monitor: enter', 'monitor: inject', 'monitor: leave'],
      ...[...toHandler, 'hardware: trap: privileged', 'monitor: enter', 'monitor: tlb write', 'monitor: leave'],
      ...[...emulated, 'hardware: trap: privileged', 'monitor: exception return', 'monitor: leave'],
      'user: load, again',
    ]);
  });
});

describe('the path of a page fault', () => {
  const FAULT = ['kernel: demand zero', 'kernel: page alloc'];

  it('is a refill that finds no page, then the fault handler, which clears a page on the bare machine', () => {
    const [bare] = sidesOf('page-fault');
    expectInOrder(pathOf(bare.steps), [
      ...['user: store', 'hardware: trap: TlbStore, refill', ...REFILL, 'hardware: trap: TlbStore'],
      ...[...FAULT, 'kernel: zero 4096 bytes', 'kernel: tlb write indexed', 'kernel: return from exception'],
    ]);
  });

  it('lets the monitor clear the page, and write the TLB for the guest', () => {
    const [, disco] = sidesOf('page-fault');
    expectInOrder(pathOf(disco.steps), [
      ...['user: store', 'hardware: trap: TlbStore, refill', 'monitor: inject', 'hardware: trap: TlbStore'],
      ...['monitor: inject', ...FAULT, 'kernel: monitor call zeroed page', 'monitor: monitor call'],
      ...['kernel: tlb write indexed', 'hardware: trap: privileged', 'monitor: tlb write'],
      ...['kernel: return from exception', 'monitor: exception return'],
    ]);
    expect(disco.steps.filter(({ actor, what }) => actor === 'kernel' && what.startsWith('zero'))).toEqual([]);
  });
});

describe('the path of a read from a shared disk', () => {
  const TO_DISK = ['kernel: read', 'kernel: bread', 'kernel: strategy', 'kernel: device command'];

  it('waits for the disk on the bare machine', () => {
    const [bare] = sidesOf('cow-read');
    expectInOrder(pathOf(bare.steps), [
      ...['user: system call read', 'hardware: trap: SystemCall', ...TO_DISK, 'idle: wait for interrupt'],
      ...['hardware: interrupt', 'kernel: disk interrupt', 'kernel: copy 4096 bytes', 'kernel: return from exception'],
    ]);
  });

  it('maps the page of the other virtual machine, without a wait for the disk', () => {
    const [bare, disco] = sidesOf('cow-read');
    expectInOrder(pathOf(disco.steps), [
      ...['user: system call read', 'hardware: trap: SystemCall', 'monitor: inject', ...TO_DISK],
      ...['hardware: trap: privileged', 'monitor: device command', 'kernel: disk interrupt', 'kernel: copy 4096 bytes'],
      ...['kernel: return from exception', 'monitor: exception return'],
    ]);
    // Less than a millisecond: no seek, no rotation.
    expect(disco.ticks * disco.tickNs).toBeLessThan(1e6);
    expect(bare.ticks * bare.tickNs).toBeGreaterThan(1e6);
  });
});

describe('the path of a migration', () => {
  it.each([
    [0, 'kernel'],
    [1, 'monitor'],
  ])('is an interrupt, a shootdown on the other processor, and a copy: side %d, by the %s', (index, who) => {
    const side = sidesOf('migration')[index];
    expectInOrder(pathOf(ownSteps(side)), [
      ...['hardware: interrupt of a page counter', `${who}: send an interrupt`, `${who}: wait`],
      `${who}: copy a frame`,
    ]);
    const other = side.steps.filter(({ processor }) => processor !== side.processor);
    expectInOrder(pathOf(other), ['hardware: interrupt']);
    const copy = side.steps.find(({ what }) => what === 'copy a frame')!;
    const sent = side.steps.find(({ what }) => what === 'send an interrupt')!;
    const interrupted = other.find(({ what }) => what === 'interrupt')!;
    expect([sent.at < interrupted.at, interrupted.at < copy.at]).toEqual([true, true]);
    // 32 lines of 128 bytes, of which the sixteen that were counted are of the other node.
    expect(copy.misses.filter(({ remote }) => remote)).toHaveLength(16);
  });
});

describe('the path of an interrupt between processors', () => {
  it('is sent by the kernel, and taken by the other one', () => {
    const [bare] = sidesOf('ipi');
    expect(pathOf(ownSteps(bare))).toEqual(['kernel: send an interrupt', 'kernel: spin while']);
    const other = bare.steps.filter(({ processor }) => processor !== bare.processor);
    expectInOrder(pathOf(other), ['hardware: interrupt', 'kernel: entry', 'kernel: store', 'kernel: exit']);
  });

  it('is sent and taken by the monitor, which injects it into the other guest processor', () => {
    const [, disco] = sidesOf('ipi');
    expectInOrder(pathOf(ownSteps(disco)), [
      ...['kernel: send an interrupt', 'hardware: trap: privileged', 'monitor: post', 'monitor: send an interrupt'],
      'kernel: spin while',
    ]);
    const other = disco.steps.filter(({ processor }) => processor !== disco.processor);
    expectInOrder(pathOf(other), [
      ...['hardware: interrupt', 'monitor: interrupt', 'monitor: inject', 'kernel: entry', 'kernel: store'],
    ]);
  });
});

describe('explain', () => {
  it.each([
    ['tlb-mis', 'there is no event tlb-mis; did you mean tlb-miss? there are tlb-miss, page-fault'],
    ['toString', 'there is no event toString; there are tlb-miss'],
    ['', 'there is no event ; there are'],
  ])('refuses %j', (name, says) => {
    expect(() => explain(name)).toThrow(new RegExp(`^${says.replace('?', '\\?')}`));
  });
});
