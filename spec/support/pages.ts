/** Pages for plans of policies. */
import type { PagesView, PageView } from '../../lib/placement/views.js';
import { page } from '../../lib/testing/index.js';

/** Pages that are placed, by number: the home of each, or how it differs from an ordinary page. */
export function pagesOf(...given: readonly (number | Partial<PageView>)[]): PagesView {
  const views = given.map((one, number) => page({ page: number, ...(typeof one === 'number' ? { home: one } : one) }));
  return {
    size: views.length,
    page: number => views[number],
    onNode: node => views.filter(({ home }) => home === node),
    [Symbol.iterator]: () => views[Symbol.iterator](),
  };
}
