import { describe, expect, it } from '@jest/globals';
import { textTable } from '../../../lib/report/tables/replay.js';
import type { RunResult } from '../../../lib/experiments/replay/result.js';
import { emptyResult, manyResults, oneResult } from '../../experiments/report-fixture.js';

const lines = (results: readonly RunResult[]): string[] => textTable(results).split('\n');

/** Two runs in round numbers: the second takes 75 of 100, and has kernel time that nobody else has. */
function twoRuns(): RunResult[] {
  const first = oneResult({
    elapsedNs: 4e6,
    time: { user: 40e6, 'remote stall': 24e6 },
    misses: { local: 250, remote: 750 },
    queues: [{ kind: 'bank', name: 'bank', served: 1, utilisation: 0.5, meanWaitNs: 1, largestQueue: 7 }],
  });
  const second = {
    ...first,
    policy: 'migrate-replicate',
    elapsedNs: 3e6,
    time: { user: 40e6, kernel: 4e6, 'page moving': 1e6, interrupt: 3e6 },
    misses: { local: 1000, remote: 0 },
    placement: {
      ...first.placement,
      migrations: 1234,
      meanMigrationNs: 31_400,
      decisions: [
        { action: 'migrate', because: 'one user', count: 1234 },
        { action: 'stay', because: 'write-shared', count: 30 },
        { action: 'stay', because: 'already local', count: 5 },
      ],
    },
  };
  return [first, second];
}

describe('textTable', () => {
  it('prints exactly this', () => {
    expect(textTable(twoRuns())).toBe(
      `configuration                      ms    rel  user kern rem. move  loc %   migr  queue  stays for
${''}
radix  (100 = first-touch @ disco-1997)
 first-touch @ disco-1997        4.00  100.0  62.5  0.0 37.5  0.0   25.0      0  0/7/0  –
 migrate-replicate @ disco-1997  3.00   75.0  83.3  8.3  0.0  8.3  100.0  1,234  0/7/0  write-shared

ms: simulated time. rel: the same, the run named behind the program being 100.
user to idle: the processors’ time in percent; L2: second-level cache; loc., rem.: stalls on local and remote memory; flt.: page faults.
loc %: second-level misses that memory of the own node served. migr, repl, coll: pages migrated, replicated, collapsed.
queue: the most requests that waited at one controller / memory bank / link.
stays for: the most frequent reason to leave a hot page where it is.

Decisions, and the reasons given

radix
  first-touch @ disco-1997: 780 pages; place 780 (first touch)
  migrate-replicate @ disco-1997: 780 pages; migrate 1,234 (one user); stay 35 (write-shared 30, already local 5); 31.4 µs per migration
`,
    );
  });

  it('is at most 140 characters wide and names every run once in each block', () => {
    const text = lines(manyResults());
    expect(Math.max(...text.map(line => line.length))).toBeLessThanOrEqual(140);
    expect(text.filter(line => /^ round-robin @ disco-1997 +\d/.test(line))).toHaveLength(5);
    expect(text.filter(line => line.startsWith('  round-robin @ disco-1997: '))).toHaveLength(5);
  });

  it('gives up columns that the second block repeats when the others are wide', () => {
    const results = manyResults().map(result => ({ ...result, policy: `${result.policy}-x-x-x-x-x`, elapsedNs: 1e12 }));
    const text = lines(results);
    expect(text[0]).not.toContain('stays for');
    expect(Math.max(...text.map(line => line.length))).toBeLessThanOrEqual(140);
  });

  it('is the same at every call', () => {
    expect(textTable(manyResults())).toBe(textTable(manyResults()));
  });

  it('says so when a run is partial, and compares nothing with it', () => {
    const [first, second] = twoRuns();
    const text = textTable([{ ...first, partial: 'the time limit of 1 s' }, second]);
    expect(text).toContain('!first-touch @ disco-1997        4.00  partial');
    expect(text).toContain('(100 = migrate-replicate @ disco-1997)');
    expect(text).toContain('! first-touch @ disco-1997: PARTIAL: the time limit of 1 s');
    expect(text).toContain('cannot be compared');
  });

  it('takes the slowest run as 100 when there is no first touch', () => {
    const results = twoRuns().map(result => ({ ...result, policy: `my ${result.policy}` }));
    expect(textTable(results)).toContain('(100 = my first-touch @ disco-1997)');
  });

  it('prefers first touch on several nodes as 100 to first touch on one', () => {
    const [first, , , uma] = manyResults();
    expect(textTable([uma, first])).toContain('(100 = first-touch @ disco-1997)');
  });

  it('tells runs of one configuration apart by seed, then by number', () => {
    const run = oneResult();
    const text = textTable([run, { ...run, seed: '2' }, { ...run, seed: '2' }]);
    for (const name of ['seed 1997', 'seed 2 (1)', 'seed 2 (2)'])
      expect(text).toContain(`first-touch @ disco-1997, ${name}: `);
  });

  it('prints a run without time and misses, and no results', () => {
    expect(textTable([emptyResult()])).not.toMatch(/NaN|Infinity|undefined/);
    expect(textTable([])).toBe('no results\n');
  });

  it('lets no name move the cursor', () => {
    const { trace } = oneResult();
    const text = textTable([oneResult({ policy: 'a\u001b[2Jb\nc', trace: { ...trace, name: 'x\r\u202ey' } })]);
    expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
    expect(text).toContain('a\ufffd[2Jb\ufffdc @ disco-1997');
  });
});
