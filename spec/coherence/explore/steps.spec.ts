import { expect, it } from '@jest/globals';
import { ACCESS, isDelivery, meaningOf, RECALL } from '../../../lib/coherence/explore/steps.js';

it('a step says what it is: a message, or an access of a cache to a line with a value', () => {
  expect([isDelivery(ACCESS - 1), isDelivery(ACCESS)]).toEqual([true, false]);
  const step = (access: number, value: number, line: number, cache: number) =>
    ACCESS | (access << 8) | (value << 7) | (line << 6) | cache;
  expect(meaningOf(step(0, 0, 1, 3))).toEqual({ access: 'load', cache: 3, line: 1, value: 0 });
  expect(meaningOf(step(1, 1, 0, 2))).toEqual({ access: 'store', cache: 2, line: 0, value: 1 });
  expect(meaningOf(step(2, 0, 1, 1))).toEqual({ access: 'evict', cache: 1, line: 1, value: 0 });
  expect(meaningOf(step(RECALL, 0, 1, 0))).toEqual({ access: 'recall', cache: -1, line: 1, value: 0 });
});
