import { describe, expect, it } from '@jest/globals';
import { stateDiagram, tableMarkdown } from '../../lib/coherence/print.js';
import { Table } from '../../lib/coherence/table.js';

const toy = new Table({
  name: 'toy',
  states: ['I', 'IV_D', 'V'],
  stable: ['I', 'V'],
  events: ['load', 'store', 'data', 'leave'],
  actions: ['hit', 'stall', 'ask', 'keep'],
  rows: [
    ['I', ['load', 'store'], ['ask'], 'IV_D'],
    ['IV_D', ['load', 'store'], ['stall']],
    ['IV_D', 'data', ['keep', 'hit'], 'V'],
    ['V', 'load', ['hit']],
    ['V', 'leave', [], { some: 'V', none: 'I' }],
  ],
});

describe('a table', () => {
  it('is printed in Markdown, events with the same consequences in one row', () => {
    expect(tableMarkdown(toy)).toBe(
      [
        '| state | event       | actions   | next                      |',
        '| ----- | ----------- | --------- | ------------------------- |',
        '| I     | load, store | ask       | IV_D                      |',
        '| IV_D  | load, store | stall     |                           |',
        '| IV_D  | data        | keep, hit | V                         |',
        '| V     | load        | hit       |                           |',
        '| V     | leave       |           | V, I if no sharer is left |',
      ].join('\n'),
    );
  });

  it('is drawn as a state diagram, without what stalls or stays', () => {
    expect(stateDiagram(toy)).toBe(
      [
        'stateDiagram-v2',
        '  [*] --> I',
        '  I --> IV_D: load, store',
        '  IV_D --> V: data',
        '  V --> I: leave, last sharer',
      ].join('\n'),
    );
  });
});
