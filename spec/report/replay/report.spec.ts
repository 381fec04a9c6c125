import { describe, expect, it } from '@jest/globals';
import { TIME_PAINTS } from '../../../lib/report/charts/palette.js';
import { TIME_GROUPS, timeShares } from '../../../lib/report/replay/figures.js';
import { reportHtml } from '../../../lib/report/replay/report.js';
import type { RunResult } from '../../../lib/experiments/replay/result.js';
import { ACTIVITIES } from '../../../lib/processor/software.js';
import { DRAWING, emptyResult, manyResults, oneResult } from '../../experiments/report-fixture.js';
import { unbalanced } from '../unbalanced.js';

const machines = ['disco-1997', 'uma'].map(name => ({ name, svg: DRAWING, caption: `The machine ${name}.` }));

function report(results: readonly RunResult[], title = 'A report'): string {
  return reportHtml({ title, results, machines, generatedBy: 'disco-sim 0.1.0' });
}

/** A page without the white space of its source. */
function flat(page: string): string {
  return page.replace(/\s+/g, ' ').replace(/> /g, '>').replace(/ </g, '<');
}

/** The rows of a table by its caption: cells without markup. */
function tableRows(source: string, caption: string): string[][] {
  const page = flat(source);
  const from = page.indexOf(`<caption>${caption}`);
  expect(from).toBeGreaterThan(0);
  const table = page.slice(page.indexOf('<tbody>', from), page.indexOf('</table>', from));
  const text = (cell: string) => cell.replace(/<[^>]*>/g, '').trim();
  return table
    .split('</tr>')
    .slice(0, -1)
    .map(row =>
      row
        .split(/<\/t[hd]>/)
        .slice(0, -1)
        .map(text),
    );
}

const cases: [what: string, results: () => RunResult[]][] = [
  ['twenty runs', manyResults],
  ['one run', () => [oneResult()]],
  ['a run in which nothing happened', () => [emptyResult()]],
  ['no run', () => []],
  ['only partial runs', () => [oneResult({ partial: 'out of time' })]],
  ['no first touch', () => [oneResult({ policy: 'mine' }), oneResult({ policy: 'yours', elapsedNs: 7 })]],
  ['runs without misses', () => [oneResult({ misses: { local: 0, remote: 0 } })]],
  ['a window without end', () => [oneResult({ locality: { windowNs: 0, local: [1], remote: [2], pages: [] } })]],
  ['pages of one name', () => [oneResult({ locality: { windowNs: 9, local: [1], remote: [2], pages: TWO_ALIKE } })]],
];

const TWO_ALIKE = [1, 2].map(n => ({ label: 'data', local: [n], remote: [0] }));

describe('reportHtml', () => {
  for (const [what, results] of cases) {
    it(`makes a well-formed page without odd numbers of ${what}`, () => {
      const page = report(results());
      expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
      expect(unbalanced(page)).toEqual([]);
      expect(page.replace(/<pre>[^]*?<\/pre>/g, '')).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
    });
  }

  it('notices unbalanced tags', () => {
    expect(unbalanced('<p><b>x</p>')).toEqual(['</p>', 'p']);
  });

  it('asks for nothing from anywhere and runs nothing', () => {
    const page = report(manyResults());
    expect(page).not.toMatch(/https?:|<script|<link|<img|\ssrc=|@import|url\(|\son\w+=/i);
    expect(page.match(/href="(?!#)[^"]*"/g)).toBeNull();
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  it('links only to what is there, and has no id twice', () => {
    const page = report(manyResults());
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...page.matchAll(/href="#([^"]*)"/g)].filter(([, id]) => !ids.includes(id))).toEqual([]);
  });

  it('escapes every name', () => {
    const evil = `<script>alert("1")</script>'&\u202e`;
    const one = oneResult();
    const hostile = oneResult({
      policy: evil,
      seed: evil,
      fingerprint: evil,
      version: evil,
      partial: evil,
      machine: { ...one.machine, name: evil, source: evil },
      trace: { ...one.trace, name: evil, format: evil, description: evil, lacks: [evil], remarks: [evil] },
      processors: [{ ...one.processors[0], path: evil }, one.processors[1]],
      placement: { ...one.placement, decisions: [{ action: evil, because: evil, count: 1 }] },
      queues: [{ ...one.queues[0], name: evil }],
      locality: { ...one.locality, pages: [{ ...one.locality.pages[0], label: evil }] },
    });
    for (const partial of [evil, null]) {
      const drawn = [{ name: evil, svg: DRAWING, caption: evil }];
      const page = reportHtml({ title: evil, results: [{ ...hostile, partial }], machines: drawn, generatedBy: evil });
      expect(unbalanced(page)).toEqual([]);
      expect(page).not.toMatch(/<script|alert\("|\u202e/);
      expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;\ufffd');
    }
  });

  const drawings = [
    '<svg><script>1</script></svg>',
    '<svg onload="1"></svg>',
    '<svg><image href="http://a"/></svg>',
    '<svg><a href="//a"></a></svg>',
    '<svg><rect fill="url(//a)"/></svg>',
    '<svg><style>*{}</style></svg>',
    '<p></p>',
    '<svg></svg><p></p>',
  ];
  for (const svg of drawings) {
    it(`refuses ${svg} as a drawing`, () => {
      const options = { title: '', results: [], generatedBy: '', machines: [{ name: 'm', svg, caption: '' }] };
      expect(() => reportHtml(options)).toThrow('drawing');
    });
  }

  it('shows every run, with its seed and fingerprint', () => {
    const results = manyResults();
    const page = flat(report(results));
    for (const { trace, policy, machine, fingerprint } of results) {
      expect(page).toContain(`${trace.name}, ${policy} @ ${machine.name}</summary>`);
      expect(page).toContain(fingerprint);
    }
    expect(page.match(/<dt>seed<\/dt>/g)).toHaveLength(20);
  });

  it('shows machines that differ only in the settings of their counters as one', () => {
    const counters = { threshold: 9, sampling: 1, bits: 11, delayNs: 0, resetNs: 1e8 };
    const plain = oneResult({ policy: 'first-touch' });
    const other = oneResult({ policy: 'mine', machine: { ...plain.machine, counters } });
    const larger = oneResult({ policy: 'yours', machine: { ...plain.machine, pageBytes: 8192 } });
    const columns = (results: RunResult[]): number[] =>
      tableRows(report(results), 'Key numbers of disco-1997').map(row => row.length);
    expect(new Set(columns([plain, other]))).toEqual(new Set([2]));
    expect(new Set(columns([plain, other, larger]))).toEqual(new Set([3]));
  });

  it('writes each specification once, as JSON', () => {
    const results = manyResults();
    const texts = [...report(results).matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text]) =>
      JSON.parse(text.replace(/&quot;/g, '"').replace(/&#39;/g, "'")),
    );
    expect(texts).toEqual([results[0], results[3], results[8], results[11]].map(result => result.machine));
  });

  it('prints parts of time that add up to 100 within rounding', () => {
    for (const row of tableRows(report(manyResults()), 'Time by use')) {
      const parts = row.slice(3).map(Number);
      expect(Math.abs(parts.reduce((sum, part) => sum + part, 0) - 100)).toBeLessThanOrEqual(0.05 * parts.length);
    }
  });

  it('makes first touch 100 and the others relative to it', () => {
    const results = ['first-touch', 'round-robin'].map((policy, i) => oneResult({ policy, elapsedNs: 4e6 + 1e6 * i }));
    const rows = tableRows(report(results), 'Time by use');
    expect(rows.map(([name, ms, relative]) => [name, ms, relative])).toEqual([
      ['first-touch @ disco-1997', '4.00', '100.0'],
      ['round-robin @ disco-1997', '5.00', '125.0'],
    ]);
  });

  it('marks partial runs in a box, in the tables, in the chart and in the appendix', () => {
    const results = manyResults();
    results[2] = { ...results[2], partial: 'stopped by hand' };
    const page = flat(report(results));
    expect(
      page.match(/PARTIAL RUN: radix, migrate-replicate @ disco-1997. It was cut short: stopped by hand/g),
    ).toHaveLength(2);
    expect(page).toContain('PARTIAL, not comparable: stopped by hand');
    expect(page).toContain('<strong>PARTIAL</strong>');
    expect(page).toContain('PARTIAL: Run 3: radix');
    expect(tableRows(page, 'Time by use')[2][2]).toBe('partial');
  });

  it('has the same bytes for the same results, of a sensible number', () => {
    const page = report(manyResults());
    expect(report(manyResults())).toBe(page);
    expect(page.length).toBeLessThan(1_500_000);
  });

  it('does not change the results', () => {
    const results = manyResults();
    report(results);
    expect(results).toEqual(manyResults());
  });
});

describe('the groups of time', () => {
  it('have every activity once and a colour each', () => {
    expect(TIME_GROUPS.flatMap(({ activities }) => activities)).toEqual([...ACTIVITIES]);
    expect(TIME_PAINTS).toHaveLength(TIME_GROUPS.length);
  });

  it('take activities that they do not know as other', () => {
    const shares = timeShares(oneResult({ time: { user: 3, dreaming: 1 } }));
    expect([shares[0], shares.at(-1)]).toEqual([0.75, 0.25]);
  });
});
