/** Locality over time: misses by page and window, local and remote. Observes; the run does not depend on it. */
import type { Ticks } from '../../engine/time.js';
import type { Page, PageStore } from '../../guest/bare/pages.js';
import type { MachineFrame } from '../../messages/addresses.js';
import type { Locality } from './result.js';

/** Windows kept; when they are full, two become one. */
const WINDOWS = 60;
/** Length of the first windows in ticks. */
const FIRST_WINDOW = 1 << 10;

interface Counts {
  readonly local: Int32Array;
  readonly remote: Int32Array;
  total: number;
}

/** Collects what the homes see. */
export class LocalityRecorder {
  private readonly pages: PageStore;
  private readonly homeOfFrame: (frame: MachineFrame) => number;
  private readonly byPage = new Map<Page, Counts>();
  private readonly all = emptyCounts();
  private window: Ticks = FIRST_WINDOW;

  constructor(pages: PageStore, homeOfFrame: (frame: MachineFrame) => number) {
    this.pages = pages;
    this.homeOfFrame = homeOfFrame;
  }

  /** A miss of a node on a frame. Misses on kernel data, which is no page, count in the total only. */
  readonly miss = (frame: MachineFrame, node: number, now: Ticks): void => {
    while (now >= WINDOWS * this.window) this.halve();
    const window = Math.floor(now / this.window);
    const local = this.homeOfFrame(frame) === node;
    add(this.all, window, local);
    const page = this.pages.ofFrame(frame);
    if (page === undefined) return;
    let counts = this.byPage.get(page);
    if (counts === undefined) this.byPage.set(page, (counts = emptyCounts()));
    add(counts, window, local);
  };

  /** What was collected up to `now`, with the pages that missed most. */
  report(now: Ticks, tickNs: number, mostPages: number): Locality {
    const used = Math.min(WINDOWS, Math.floor(now / this.window) + 1);
    const cut = (values: Int32Array): number[] => Array.from(values.subarray(0, used));
    const pages = [...this.byPage].sort(([a, x], [b, y]) => y.total - x.total || a.id - b.id).slice(0, mostPages);
    return {
      windowNs: this.window * tickNs,
      local: cut(this.all.local),
      remote: cut(this.all.remote),
      pages: pages.map(([page, counts]) => ({
        label: page.label,
        local: cut(counts.local),
        remote: cut(counts.remote),
      })),
    };
  }

  private halve(): void {
    this.window *= 2;
    for (const counts of [this.all, ...this.byPage.values()])
      for (const values of [counts.local, counts.remote])
        for (let i = 0; i < WINDOWS; i++) values[i] = i < WINDOWS / 2 ? values[2 * i] + values[2 * i + 1] : 0;
  }
}

function emptyCounts(): Counts {
  return { local: new Int32Array(WINDOWS), remote: new Int32Array(WINDOWS), total: 0 };
}

function add(counts: Counts, window: number, local: boolean): void {
  (local ? counts.local : counts.remote)[window]++;
  counts.total++;
}
