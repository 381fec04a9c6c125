/**
 * What directory formats add to the protocols, explored with two caches: every superset of the sharers that home may take
 * for them, recalls at any time. More caches take longer than a spec should.
 */
import { describe, expect, it } from '@jest/globals';
import { explore } from '../../../lib/coherence/explore/explorer.js';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import { PROTOCOL_NAMES, PROTOCOLS } from '../../../lib/coherence/protocols/protocols.js';
import { withRecall, withSupersets } from '../../../lib/coherence/variants.js';
import { withRows } from '../../../lib/coherence/with-rows.js';

describe.each(PROTOCOL_NAMES)('%s', name => {
  it.each([
    ['supersets', withSupersets],
    ['recall', withRecall],
  ])('with %s and 2 caches is sound', (_, variant) => {
    const found = explore(variant(PROTOCOLS[name]), { caches: 2 });
    expect(found).toMatchObject({ complete: true, violation: null, stuck: 0, lost: 0 });
  });
});

describe('exploration', () => {
  it('notices that a protocol knows nothing of supersets', () => {
    const { violation } = explore(mesi, { caches: 2, supersets: true });
    expect(violation).toMatchObject({ kind: 'unexpected message' });
    expect(violation?.what).toContain('Inv cannot happen in I');
    const faulty = withRows(withSupersets(mesi), { cache: [['II_A', 'Inv', null]] });
    expect(explore(faulty, { caches: 3, supersets: true }).violation?.what).toContain('Inv cannot happen in II_A');
  });

  it('notices that a line is kept which was invalidated before it came', () => {
    const kept = withRows(withSupersets(mesi), { cache: [['IS_D_I', 'DataDir(ack=0)', ['keepData'], 'S']] });
    expect(explore(kept, { caches: 2 }).violation?.kind).toBe('SWMR');
  });

  it('notices that a recall loses data', () => {
    const faulty = withRows(withRecall(mesi), { home: [['R', 'Last-Data', ['countOne'], 'I']] });
    expect(explore(faulty, { caches: 2 }).violation?.kind).toBe('data value');
  });
});
