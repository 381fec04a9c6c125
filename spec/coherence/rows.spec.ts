import { describe, expect, it } from '@jest/globals';
import { changing, without } from '../../lib/coherence/rows.js';
import type { Row } from '../../lib/coherence/table.js';

const rows: readonly Row<'I' | 'V', 'get' | 'put', 'hit' | 'stall'>[] = [
  [['I', 'V'], 'get', ['stall']],
  ['V', 'put', ['hit'], 'I'],
];

describe('rows of another table', () => {
  it('lose single cells', () => {
    expect(without(rows, [['I', ['get', 'put'], null]])).toEqual([['V', 'get', ['stall']], rows[1]]);
  });

  it('are changed where they are', () => {
    expect(changing(rows, [['V', 'put', [], 'V']])).toEqual([rows[0], ['V', 'put', [], 'V']]);
  });

  it('cannot be changed where there are none', () => {
    expect(() => changing(rows, [['I', 'put', ['hit']]])).toThrow('no row gives I put, so there is nothing to change');
  });
});
