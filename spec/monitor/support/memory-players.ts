/**
 * Handlers of several processors that do to machine memory whatever the monitor's parts do, all at once, and say at each step
 * what they expect to see. Contents are modelled by machine and physical page, two words of each.
 */
import { SILENT } from '../../support/counters.js';
import { physicalPage, type PhysicalPage } from '../../../lib/messages/addresses.js';
import { compute, machineStore } from '../../../lib/processor/operations.js';
import { migrate, place, replicate, stay } from '../../../lib/placement/decision.js';
import type { PlacementPolicy } from '../../../lib/placement/policy.js';
import { placeNear } from '../../../lib/placement/policies/static/first-touch.js';
import type { MachinePage } from '../../../lib/monitor/memory/machine-page.js';
import type { MonitorCpu } from '../../../lib/monitor/monitor-cpu.js';
import { MemoryBench, type MemoryBenchOptions } from './memory-bench.js';
import { WordModel } from './memory-model.js';
import type { Piece } from './steps-bench.js';
import type { Code } from '../../../lib/system/code.js';

/** Something to do to slot `a`, a machine and a physical page, maybe with slot `b`; `c` varies it. */
export interface Deed {
  readonly kind: (typeof DEEDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** What there is to do. */
export const DEEDS = [
  ...([
    'read',
    'read',
    'write',
    'write',
    'write',
    'write',
    'share',
    'share',
    'share kept',
    'hold',
    'keep input',
  ] as const),
  ...(['discard', 'input', 'overwrite', 'release', 'hot', 'hot', 'hot', 'pinned', 'pause'] as const),
];

/** The words of a page that are watched: on different lines. */
const WORDS = [3, 700] as const;

export const MACHINES = 3;
export const PAGES = 2;

interface Kept {
  readonly page: MachinePage;
  readonly words: readonly Set<number>[];
}

/** Migrates for odd counts and replicates for even ones, wherever that is possible. */
const mover: PlacementPolicy = {
  ...{ name: 'mover', wants: ['hot-page', 'replica-write'], needs: [], counters: SILENT },
  decide({ kind, node }, { home, replicas, misses, page }, memory) {
    if (kind === 'first-touch')
      return memory.freeFrames(page % memory.nodes) > 0
        ? place(page % memory.nodes, 'in turn')
        : placeNear(node, memory);
    if (kind !== 'hot-page' || node === home || replicas.includes(node)) return stay('local');
    return misses[node] % 2 === 1 ? migrate(node, 'odd') : replicate(node, 'even');
  },
};

/** The players of one case. */
export class MemoryPlayers {
  readonly bench: MemoryBench;
  /** What went wrong, a line each. */
  readonly faults: string[] = [];
  private readonly slots: readonly (readonly WordModel[])[];
  private readonly kept: Kept[] = [];
  private readonly hoard: MachinePage[] = [];
  private values = 0;

  constructor(options: MemoryBenchOptions = {}) {
    this.bench = new MemoryBench(MACHINES, PAGES, { policy: mover, ...options });
    this.slots = Array.from({ length: MACHINES * PAGES }, () => WORDS.map(() => new WordModel()));
    // Gives back what is kept, oldest first.
    const { memory } = this.bench;
    const { kept } = this;
    memory.reclaim.reclaimers.push(function* (cpu, frames) {
      let given = 0;
      for (; given < frames && kept.length > 0; given++) yield* memory.release(cpu, kept.shift()!.page);
      return given;
    });
  }

  /** Plays a list on each processor, at first with all but `spare` frames taken, then looks at everything and gives it back. */
  play(lists: readonly (readonly Deed[])[], spare = Infinity): void {
    const { bench } = this;
    const before = bench.frames.allFree;
    bench.phases(
      [[cpu => this.takeAllBut(cpu, spare)]],
      lists.map(list =>
        list.map(
          (deed): Piece =>
            cpu =>
              this.does(cpu, deed),
        ),
      ),
      [[cpu => this.readAll(cpu)]],
      [[() => this.check()]],
      [[cpu => this.giveBack(cpu)]],
      [[() => this.check()]],
    );
    if (bench.frames.allFree !== before) this.faults.push(`${bench.frames.allFree} frames are free, not ${before}`);
  }

  private *check(): Code {
    const kept = [...this.kept.map(({ page }) => page), ...this.hoard];
    this.faults.push(...this.bench.check(page => kept.filter(other => other === page).length));
    yield compute(1);
  }

  private does(cpu: MonitorCpu, { kind, a, b, c }: Deed): Code<unknown> {
    switch (kind) {
      case 'read':
        return this.read(cpu, a, c % 2);
      case 'write':
        return this.write(cpu, a, c % 2);
      case 'share':
        return this.share(cpu, a, b);
      case 'discard':
        return this.discard(cpu, a);
      case 'input':
        return this.input(cpu, a, c);
      case 'overwrite':
        return this.overwrite(cpu, a);
      case 'hold':
        return this.hold(cpu, a);
      case 'keep input':
        return this.keepInput(cpu, c);
      case 'share kept':
        return this.shareKept(cpu, a, c);
      case 'release':
        return this.release(cpu, c);
      case 'hot':
        return this.hot(cpu, a, c);
      case 'pinned':
        return this.pinned(cpu, a, c);
      case 'pause':
        return pause(c);
    }
  }

  private *read(cpu: MonitorCpu, slot: number, which: number): Code {
    const end = this.slots[slot][which].read();
    const value = yield* this.bench.read(cpu, ...placeOf(slot), WORDS[which]);
    if (value < 0) return;
    const fault = end(value);
    if (fault !== '') this.faults.push(`cpu${cpu.number}, slot ${slot}: ${fault}`);
  }

  private *write(cpu: MonitorCpu, slot: number, which: number): Code {
    const word = this.slots[slot][which];
    const value = ++this.values;
    word.begin([value]);
    const done = yield* this.bench.write(cpu, ...placeOf(slot), WORDS[which], value);
    word.end(done ? [value] : []);
  }

  private *share(cpu: MonitorCpu, from: number, to: number): Code {
    const { memory, pmaps } = this.bench;
    const [machine, physical] = placeOf(from);
    const ends = WORDS.map((_, i) => this.into(to, i, this.slots[from][i]));
    const page = yield* memory.pageAt(cpu, pmaps[machine], physical, false);
    const done = page !== null && (yield* memory.share(cpu, page, ...this.pmapOf(to)));
    for (const end of ends) end(done);
  }

  /** A change of a word to what another one is meanwhile. */
  private into(slot: number, which: number, source: WordModel): (done: boolean) => void {
    const word = this.slots[slot][which];
    const seen = new Set<number>();
    word.begin([]);
    const end = source.watch(value => {
      seen.add(value);
      word.may(value);
    });
    return done => {
      end();
      word.end(done ? seen : []);
    };
  }

  private *discard(cpu: MonitorCpu, slot: number): Code {
    for (const word of this.slots[slot]) word.begin([0]);
    yield* this.bench.memory.discard(cpu, ...this.pmapOf(slot));
    for (const word of this.slots[slot]) word.end([0]);
  }

  /** A page that a device fills, which then becomes that of a slot. */
  private *input(cpu: MonitorCpu, slot: number, c: number): Code {
    const page = yield* this.filled(cpu, c);
    if (page === null) return;
    const ends = WORDS.map((_, i) => this.into(slot, i, new WordModel(page.values[i])));
    const shared = yield* this.bench.memory.share(cpu, page.page, ...this.pmapOf(slot));
    if (!shared) this.faults.push(`slot ${slot}: a page that nobody writes is not shared`);
    for (const end of ends) end(shared);
  }

  private *filled(cpu: MonitorCpu, c: number): Code<{ page: MachinePage; values: number[] } | null> {
    const { memory, machine } = this.bench;
    const page = yield* memory.take(cpu, c % machine.map.nodes, c, c % 2 === 0);
    if (page === null) return null;
    if (c % 2 === 0 && this.bench.word(page.frame, WORDS[0]) !== 0) this.faults.push('a page taken is not of zeros');
    memory.pin(page, true);
    const values = WORDS.map(() => ++this.values);
    for (const [i, word] of WORDS.entries()) yield machineStore(page.frame, 4 * word, values[i]);
    // So that unpinning does not end it.
    page.keepers++;
    yield* memory.unpin(cpu, page, true);
    page.keepers--;
    return { page, values };
  }

  /** A device fills the page that a slot is. */
  private *overwrite(cpu: MonitorCpu, slot: number): Code {
    const { memory } = this.bench;
    const values = WORDS.map(() => ++this.values);
    for (const [i, word] of this.slots[slot].entries()) word.begin([0, values[i]]);
    const page = yield* memory.ownPage(cpu, ...this.pmapOf(slot), true);
    let done: number[] = [];
    if (page !== null) {
      memory.pin(page, true);
      for (const [i, word] of WORDS.entries()) yield machineStore(page.frame, 4 * word, values[i]);
      // If the slot has become another page meanwhile, that is what it is.
      done = [...values, 0];
      yield* memory.unpin(cpu, page, true);
    }
    for (const [i, word] of this.slots[slot].entries()) word.end(done.length === 0 ? [] : [values[i]]);
  }

  private *hold(cpu: MonitorCpu, slot: number): Code {
    const { memory } = this.bench;
    const words = WORDS.map(() => new Set<number>());
    const ends = WORDS.map((_, i) => this.slots[slot][i].watch(value => words[i].add(value)));
    const page = yield* memory.pageAt(cpu, ...this.pmapOf(slot), false);
    if (page !== null && page.inputs === 0) {
      yield* memory.hold(cpu, page);
      this.kept.push({ page, words });
    }
    for (const end of ends) end();
  }

  private *keepInput(cpu: MonitorCpu, c: number): Code {
    const page = yield* this.filled(cpu, c);
    if (page === null) return;
    this.bench.memory.keep(page.page);
    this.kept.push({ page: page.page, words: page.values.map(value => new Set([value])) });
  }

  private *shareKept(cpu: MonitorCpu, slot: number, c: number): Code {
    const kept = this.kept[c % Math.max(1, this.kept.length)];
    if (kept === undefined) return;
    for (const [i, word] of this.slots[slot].entries()) word.begin([...kept.words[i]]);
    yield* this.bench.memory.share(cpu, kept.page, ...this.pmapOf(slot));
    for (const [i, word] of this.slots[slot].entries()) word.end(kept.words[i]);
  }

  private *release(cpu: MonitorCpu, c: number): Code {
    if (this.kept.length === 0) return;
    const [kept] = this.kept.splice(c % this.kept.length, 1);
    yield* this.bench.memory.release(cpu, kept.page);
  }

  /** The hardware says that this node misses often on a page. */
  private *hot(cpu: MonitorCpu, slot: number, c: number): Code {
    const [pmap, physical] = this.pmapOf(slot);
    const frame = pmap.get(physical)?.frameFor(cpu.node);
    if (frame === undefined) return;
    const { nodes } = this.bench.machine.map;
    const misses = Array.from({ length: nodes }, (_, node) => (node === cpu.node ? 2 + (c % 2) : 0));
    yield* this.bench.hotPage(cpu, frame, misses);
  }

  /** A device reads a page for a while. */
  private *pinned(cpu: MonitorCpu, slot: number, c: number): Code {
    const { memory } = this.bench;
    const page = yield* memory.pageAt(cpu, ...this.pmapOf(slot), false);
    if (page === null) return;
    const { frame } = page;
    memory.pin(page);
    yield* pause(c);
    if (page.frame !== frame || memory.memmap.pageOf(frame) !== page)
      this.faults.push(`slot ${slot}: moved while pinned`);
    yield* memory.unpin(cpu, page);
  }

  private *takeAllBut(cpu: MonitorCpu, spare: number): Code {
    const { memory, frames } = this.bench;
    while (frames.allFree > spare) {
      const page = yield* memory.take(cpu, this.hoard.length % frames.map.nodes, 0, false);
      memory.keep(page!);
      this.hoard.push(page!);
    }
  }

  private *readAll(cpu: MonitorCpu): Code {
    for (let slot = 0; slot < this.slots.length; slot++)
      if (this.bench.pmaps[placeOf(slot)[0]].get(placeOf(slot)[1]) !== null)
        for (let which = 0; which < WORDS.length; which++) yield* this.read(cpu, slot, which);
    for (const { page, words } of this.kept)
      for (const [i, word] of WORDS.entries()) {
        const value = this.bench.word(page.frame, word);
        if (!words[i].has(value)) this.faults.push(`kept: ${value}, not ${[...words[i]].join(' or ')}`);
      }
  }

  private *giveBack(cpu: MonitorCpu): Code {
    const { memory } = this.bench;
    for (let slot = 0; slot < this.slots.length; slot++) yield* memory.discard(cpu, ...this.pmapOf(slot));
    while (this.kept.length > 0) yield* this.release(cpu, 0);
    for (const page of this.hoard.splice(0)) yield* memory.release(cpu, page);
  }

  private pmapOf(slot: number): [pmap: MemoryBench['pmaps'][number], physical: PhysicalPage] {
    const [machine, physical] = placeOf(slot);
    return [this.bench.pmaps[machine], physical];
  }
}

function placeOf(slot: number): [machine: number, physical: PhysicalPage] {
  return [Math.floor(slot / PAGES), physicalPage(slot % PAGES)];
}

function* pause(c: number): Code {
  yield compute(100 * c);
}
