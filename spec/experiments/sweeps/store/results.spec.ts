import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { collected, type CollectedPoint } from '../../../../lib/experiments/sweeps/store/collected.js';
import { resultsCsv, resultsNdjson } from '../../../../lib/experiments/sweeps/store/results.js';

const SPECIFICATION = { run: null, grid: {}, fixed: {}, seeds: [], modules: [], inputs: [] };

function sweepOf(rows: readonly Pick<CollectedPoint, 'parameters' | 'seed' | 'metrics'>[]) {
  const points = rows.map((row): CollectedPoint => {
    return { ...row, key: null, state: row.metrics === null ? 'missing' : 'computed', fingerprint: null, error: null };
  });
  return collected('1', SPECIFICATION, points);
}

/** RFC 4180, as any program reads it: quotes double, commas and line ends inside quotes. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (quoted && sign === '"' && text[i + 1] === '"') cell += text[i++];
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === ',' || sign === '\n')) {
      rows.at(-1)!.push(cell);
      cell = '';
      if (sign === '\n') rows.push([]);
    } else cell += sign;
  }
  return rows.slice(0, -1);
}

const text = fc.oneof(fc.string(), fc.constantFrom('a,b', 'say "no"', 'two\nlines', '"', ',', '\r\n', ''));

describe('results', () => {
  const rows = fc.array(
    fc.record({
      parameters: fc.record({ 'name, of': text }),
      seed: text,
      metrics: fc.record({ 'a "b"': fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    }),
    { minLength: 1, maxLength: 4 },
  );

  it('come back from NDJSON, whatever is in them', () => {
    fc.assert(
      fc.property(rows, some => {
        const lines = resultsNdjson(sweepOf(some)).split('\n').slice(0, -1);
        expect(lines.map(line => JSON.parse(line))).toEqual(
          some.map(row => JSON.parse(JSON.stringify({ ...row, fingerprint: null }))),
        );
      }),
    );
  });

  it('come back from CSV, whatever is in them', () => {
    fc.assert(
      fc.property(rows, some => {
        const [heading, ...lines] = readCsv(resultsCsv(sweepOf(some)));
        expect(heading).toEqual(['name, of', 'seed', 'fingerprint', 'a "b"']);
        expect(lines).toEqual(
          some.map(({ parameters, seed, metrics }) => [
            parameters['name, of'],
            seed,
            '',
            JSON.stringify(metrics['a "b"']),
          ]),
        );
      }),
    );
  });

  it('leave out points without an outcome, and cells that a point does not have', () => {
    const sweep = sweepOf([
      { parameters: { policy: { name: 'mine' } }, seed: '1', metrics: { ms: 1 } },
      { parameters: { policy: 'b' }, seed: '1', metrics: { ms: 2, misses: 3 } },
      { parameters: { policy: 'c' }, seed: '1', metrics: null },
    ]);
    expect(resultsCsv(sweep)).toBe('policy,seed,fingerprint,misses,ms\n"{""name"":""mine""}",1,,,1\nb,1,,3,2\n');
  });
});
