/** The pages of a host as its policy sees them, and the round of the scanner that takes mappings away. */
import type { PagesView, PageView } from '../placement/views.js';
import type { PlacedPage } from './placement-mechanism.js';

/** Where the pages are. */
export interface PageSource<Page extends PlacedPage> {
  /** All placed pages, by ascending number. */
  pages(): Iterable<Page>;
  /** The page of a number; null if it is not placed. */
  page(id: number): Page | null;
}

/** All placed pages for one call of `plan`. Pages come and go while decisions are carried out; the list is that of now. */
export function pagesView<Page extends PlacedPage>(
  source: PageSource<Page>,
  view: (page: Page) => PageView,
): PagesView {
  const placed = [...source.pages()];
  return {
    size: placed.length,
    page: id => {
      const page = Number.isSafeInteger(id) ? source.page(id) : null;
      return page === null ? undefined : view(page);
    },
    *[Symbol.iterator]() {
      for (const page of placed) yield view(page);
    },
    *onNode(node) {
      for (const page of placed) if (page.home === node) yield view(page);
    },
  };
}

/** Goes round all pages by number, some at a time. */
export class PageRound<Page extends PlacedPage> {
  /** The number at which the next pass begins. */
  private hand = 0;

  /** The next pages, at most `count` and each once, that are `chosen`. */
  next(pages: Iterable<Page>, count: number, chosen: (page: Page) => boolean): Page[] {
    const all = [...pages].filter(chosen);
    const from = all.findIndex(({ id }) => id >= this.hand);
    const order = from < 0 ? all : [...all.slice(from), ...all.slice(0, from)];
    const taken = order.slice(0, count);
    const last = taken.at(-1);
    if (last !== undefined) this.hand = last.id + 1;
    return taken;
  }
}
