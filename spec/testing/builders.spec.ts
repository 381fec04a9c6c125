import { describe, expect, it } from '@jest/globals';
import * as testing from '../../lib/testing/index.js';

const { memory, page } = testing;

describe('page', () => {
  it('is ordinary but for what the case names', () => {
    expect(page({ home: 2, writes: 1 })).toEqual({
      page: 0,
      home: 2,
      replicas: [],
      misses: [0, 0, 0, 0],
      writes: 1,
      moves: 0,
      frozen: false,
    });
  });
});

describe('memory', () => {
  it('has room everywhere but on full nodes', () => {
    const view = memory({ nodes: 3, full: [1], frames: 5 });
    expect([0, 1, 2].map(node => view.freeFrames(node))).toEqual([5, 0, 5]);
  });

  it('is 300 ns near and 900 ns far unless told', () => {
    const plain = memory();
    const line = memory({ latencyNs: (from, to) => 100 * Math.abs(from - to) });
    expect([plain.nodes, plain.latencyNs(1, 1), plain.latencyNs(1, 2), line.latencyNs(0, 3)]).toEqual([
      4, 300, 900, 300,
    ]);
  });

  it('refuses a full node that does not exist', () => {
    expect(() => memory({ full: [4] })).toThrow('memory: full names node 4, but there are 4 nodes, from 0');
  });
});

describe('evidence', () => {
  const rows = [
    [testing.firstTouchBy, 'first-touch', false],
    [testing.countedMiss, 'counted-miss', false],
    [testing.hotPage, 'hot-page', false],
    [testing.replicaWrite, 'replica-write', true],
    [testing.hintFault, 'hint-fault', false],
    [testing.sampledAccess, 'sampled-access', false],
  ] as const;
  for (const [build, kind, store] of rows) {
    it(`of the kind ${kind} names its node and takes what is unusual`, () => {
      const thread = kind === 'hot-page' ? -1 : 3;
      const usual = { kind, node: 3, thread, store, timeNs: 0, unmappedForNs: 0 };
      expect(build(3)).toEqual(usual);
      const unusual = { thread: 5, store: !store, timeNs: 7, unmappedForNs: 2 };
      expect(build(3, unusual)).toEqual({ ...usual, ...unusual });
    });
  }
});
