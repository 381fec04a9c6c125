/** The pages of a toy host: where they are, and how a policy sees them. */
import type { PagesView, PageView } from '../../placement/views.js';

/** What a toy keeps of a page. */
export interface ToyPage {
  readonly page: number;
  /** -1 before it is placed. */
  home: number;
  /** The node that it left last, or -1. */
  left: number;
  /** Ascending. */
  replicas: readonly number[];
  /** Moves in the interval. */
  moves: number;
  interval: number;
  frozen: boolean;
  /** When its mapping was taken away; NaN while it is mapped. */
  unmappedNs: number;
}

/** The node whose copy a node uses. */
export function homeFor({ home, replicas }: ToyPage, node: number): number {
  return replicas.length > 0 && replicas.includes(node) ? node : home;
}

/** All pages by number, and the round of the scanner that takes mappings away. */
export class ToyPages {
  readonly all: ToyPage[] = [];
  private readonly nodes: number;
  private readonly resetNs: number;
  /**
   * By number, the node that serves every access to a page: its home if it is placed, mapped and has no replicas, else -1.
   * A column of small numbers, because page objects do not stay in a host's caches (spec/bench/miss-log).
   */
  private served = new Int32Array(64).fill(-1);
  /** The page at which the next pass of the scanner begins. */
  private hand = 0;

  constructor(nodes: number, resetNs: number) {
    this.nodes = nodes;
    this.resetNs = resetNs;
  }

  /** The node that serves every access to a page, or -1 if the page must be looked at first. */
  servedBy(page: number): number {
    return page < this.served.length ? this.served[page] : -1;
  }

  /** To be called when a page was placed, moved, copied, collapsed, unmapped or mapped again. */
  changed({ page, home, replicas, unmappedNs }: ToyPage): void {
    if (page >= this.served.length) {
      const larger = new Int32Array(2 * page).fill(-1);
      larger.set(this.served);
      this.served = larger;
    }
    this.served[page] = replicas.length > 0 || unmappedNs >= 0 ? -1 : home;
  }

  /** The page with a number, made if it is new. */
  at(page: number): ToyPage {
    return this.all[page] ?? this.make(page);
  }

  /** Without a spread, which would give each page a shape of its own (spec/bench/miss-log). */
  private make(page: number): ToyPage {
    const made: ToyPage = {
      page,
      home: -1,
      left: -1,
      replicas: [],
      moves: 0,
      interval: 0,
      frozen: false,
      unmappedNs: NaN,
    };
    return (this.all[page] = made);
  }

  /** A page as a policy sees it; `counts` are what the counters of its home have, if they were asked. */
  view(page: ToyPage, counts: Readonly<Int32Array> | null, nowNs: number): PageView {
    const interval = Math.floor(nowNs / this.resetNs);
    if (page.interval !== interval) {
      page.interval = interval;
      page.moves = 0;
    }
    const { home, replicas, moves, frozen } = page;
    return {
      page: page.page,
      home,
      replicas,
      moves,
      frozen,
      misses: this.misses(counts),
      writes: counts === null ? 0 : counts[this.nodes],
    };
  }

  /** Element by element: `Array.from` goes by an iterator, which took longer than all the rest of a question. */
  private misses(counts: Readonly<Int32Array> | null): number[] {
    const misses: number[] = [];
    for (let node = 0; node < this.nodes; node++) misses.push(counts === null ? 0 : counts[node]);
    return misses;
  }

  /** All placed pages as a policy sees them. */
  views(nowNs: number): PagesView {
    const placed = this.all.filter(page => page.home >= 0);
    const view = (page: ToyPage): PageView => this.view(page, null, nowNs);
    return {
      size: placed.length,
      page: number =>
        this.all[number] !== undefined && this.all[number].home >= 0 ? view(this.all[number]) : undefined,
      *[Symbol.iterator]() {
        for (const page of placed) yield view(page);
      },
      *onNode(node) {
        for (const page of placed) if (page.home === node) yield view(page);
      },
    };
  }

  /** Takes away the mappings of the next `count` placed pages that `chosen` lets pass, going round by number. */
  unmap(count: number, chosen: (page: ToyPage) => boolean, nowNs: number): void {
    const { all } = this;
    let left = count;
    for (let looked = 0; looked < all.length && left > 0; looked++) {
      const page = all[this.hand++ % all.length] as ToyPage | undefined;
      if (page === undefined || page.home < 0 || !chosen(page)) continue;
      page.unmappedNs = nowNs;
      this.changed(page);
      left--;
    }
    this.hand %= Math.max(1, all.length);
  }
}
