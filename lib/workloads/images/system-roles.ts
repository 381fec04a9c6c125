/**
 * What the privileged instructions of a recorded system were about, as far as their places tell, and where its page
 * tables change. Three passes over the steps of a stream:
 *
 * - An mtc0, tlbp, mfc0, two mtc0 and a tlbwi or tlbwr are a sequence that writes a TLB entry: EntryHi, Index, EntryLo0
 *   and EntryLo1 are known then. The page is that of the mapping which the trace announces after the visit of the kernel.
 * - The trace announces a mapping at the first use of its page, often in user mode. The kernel has made it before: the
 *   step moves back into the last visit, before its first sequence, or, if it replaces another mapping, to its end.
 * - The first and the last mtc0 of a visit that are nothing else are the writes of Status at its beginning and end.
 */
import type { Privileged, SystemStep } from '../../guest/recorded/image.js';

const USER_PAGES = 0x80000;
/** How far back a sequence begins at most, in steps. */
const LONGEST_SEQUENCE = 16;

interface Sequence {
  /** Index of its first step, and of all. */
  readonly start: number;
  readonly steps: readonly number[];
}

interface Visit {
  /** Whether no reference of it can be about a page that changes in it: a page fault. */
  readonly fault: boolean;
  sequences: Sequence[];
  /** Pages whose mappings were moved to it. */
  pages: number[];
}

/** Completes the steps of a stream: they are new objects in a new list. */
export function assignRoles(steps: readonly SystemStep[]): SystemStep[] {
  const operations = new Map<number, Privileged>();
  const sequences = findSequences(steps, operations);
  return giveStatus(placeMappings(steps, operations, sequences));
}

/** The steps of a visit end where another begins, or another task runs. */
function bounds({ kind }: SystemStep): boolean {
  return kind === 'enter' || kind === 'return' || kind === 'task';
}

function operationOf(step: SystemStep): Privileged | null {
  return step.kind === 'privileged' ? step.operation : null;
}

function writesTlb(operation: Privileged | null): boolean {
  return operation === 'tlbwi' || operation === 'tlbwr';
}

/** By the index of its last step. Fills `operations` with the names of the steps that it consists of. */
function findSequences(steps: readonly SystemStep[], operations: Map<number, Privileged>): Map<number, Sequence> {
  const found = new Map<number, Sequence>();
  steps.forEach((step, last) => {
    if (!writesTlb(operationOf(step))) return;
    const members = [last];
    let probe = -1;
    let start = last;
    const low: number[] = [];
    for (let i = last - 1; i >= 0 && i >= last - LONGEST_SEQUENCE; i--) {
      const before = steps[i];
      const operation = operationOf(before);
      if (bounds(before) || writesTlb(operation)) break;
      if (operation === 'tlbp') {
        if (probe >= 0) break;
        members.push((start = probe = i));
      } else if (operation === 'mfc0' && probe < 0) {
        operations.set(i, 'mfc0 Index');
        members.push(i);
      } else if (operation === 'mtc0' && probe < 0) low.unshift(i);
      else if (operation === 'mtc0') {
        operations.set(i, 'mtc0 EntryHi');
        members.push((start = i));
        break;
      }
    }
    for (const [i, name] of [
      [low[0], 'mtc0 EntryLo0'],
      [low[1], 'mtc0 EntryLo1'],
    ] as const)
      if (i !== undefined && probe >= 0) {
        operations.set(i, name);
        members.push(i);
      }
    found.set(last, { start, steps: members });
  });
  return found;
}

/** Moves mappings to where the kernel has made them, and tells sequences their pages. */
function placeMappings(
  steps: readonly SystemStep[],
  operations: ReadonlyMap<number, Privileged>,
  sequences: ReadonlyMap<number, Sequence>,
): SystemStep[] {
  const known = new Map<number, number>();
  const moved = new Map<number, SystemStep[]>();
  const gone = new Set<number>();
  const pages = new Map<number, number>();
  const visits: Visit[] = [];
  const fresh = (fault: boolean): Visit => ({ fault, sequences: [], pages: [] });
  /** The visit that the last return ended, and where. */
  let ended: { readonly visit: Visit; readonly at: number; readonly toUser: boolean } | null = null;
  const first = steps.findIndex(({ kind }) => kind !== 'task' && kind !== 'map');
  let user = startsInUserMode(steps);
  let task = 0;
  const moveTo = (to: number, from: number): void => {
    gone.add(from);
    const list = moved.get(to);
    if (list === undefined) moved.set(to, [steps[from]]);
    else list.push(steps[from]);
  };
  const place = (page: number, physical: number, i: number): void => {
    const owner = page < USER_PAGES ? task : -1;
    const key = (owner + 1) * 2 ** 20 + page;
    const old = known.get(key);
    known.set(key, physical);
    if (ended === null) {
      if (user && i > first) moveTo(first, i);
      return;
    }
    const { visit, at, toUser } = ended;
    const early = old === undefined || old === physical || visit.fault;
    if (visit.sequences.length > 0 && early) {
      visit.pages.push(page);
      moveTo(visit.sequences[0].start, i);
    } else if (toUser) moveTo(at, i);
  };
  const settle = (): void => {
    if (ended === null) return;
    const { visit } = ended;
    visit.sequences.forEach(({ steps: members }, k) => {
      const page = visit.pages[Math.min(k, visit.pages.length - 1)];
      if (page !== undefined) for (const member of members) pages.set(member, page);
    });
  };
  steps.forEach((step, i) => {
    const sequence = sequences.get(i);
    if (sequence !== undefined) {
      if (visits.length === 0) visits.push(fresh(false));
      visits.at(-1)!.sequences.push(sequence);
    }
    if (step.kind === 'enter') {
      settle();
      ended = null;
      user = false;
      visits.push(fresh(step.cause === 'fault'));
    } else if (step.kind === 'return') {
      settle();
      user = step.to === 'user';
      ended = { visit: visits.pop() ?? fresh(false), at: i, toUser: user };
      if (user) visits.length = 0;
    } else if (step.kind === 'task') {
      task = step.task;
      settle();
      ended = null;
      for (const visit of visits) visit.sequences = [];
    } else if (step.kind === 'map') place(step.page, step.physical, i);
  });
  settle();
  const placed: SystemStep[] = [];
  steps.forEach((step, i) => {
    placed.push(...(moved.get(i) ?? []));
    if (gone.has(i)) return;
    const operation = operations.get(i) ?? operationOf(step);
    placed.push(operation === null ? step : { kind: 'privileged', operation, page: pages.get(i) ?? -1 });
  });
  return placed;
}

function startsInUserMode(steps: readonly SystemStep[]): boolean {
  const first = steps.find(({ kind }) => kind === 'run' || kind === 'compute');
  return (first?.kind === 'run' || first?.kind === 'compute') && first.user;
}

/** Takes an mtc0 at the beginning and at the end of each visit for the write of Status there. */
function giveStatus(steps: readonly SystemStep[]): SystemStep[] {
  const taken = new Set<number>();
  const given = new Set<number>();
  let entered = -1;
  let last = -1;
  steps.forEach((step, i) => {
    if (operationOf(step) === 'mtc0') {
      if (entered >= 0) {
        taken.add(i);
        given.add(entered);
        entered = -1;
      } else last = i;
    }
    if (!bounds(step)) return;
    if (step.kind === 'return' && last >= 0) {
      taken.add(last);
      given.add(i);
    }
    entered = step.kind === 'enter' ? i : -1;
    last = -1;
  });
  return steps.flatMap((step, i) => {
    if (taken.has(i)) return [];
    return given.has(i) && (step.kind === 'enter' || step.kind === 'return') ? [{ ...step, status: true }] : [step];
  });
}
