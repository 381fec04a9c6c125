import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mesi } from '../../../lib/coherence/protocols/mesi.js';
import { PROTOCOL_NAMES } from '../../../lib/coherence/protocols/protocols.js';
import { compute } from '../../../lib/processor/operations.js';
import type * as Operations from '../../../lib/processor/operations.js';
import { StoreBuffer } from '../../../lib/processor/execution/store-buffer.js';
import { litmusShares } from '../../../lib/testing/litmus/share.js';
import {
  litmusSteps,
  runLitmus,
  shownWeak,
  type LitmusOptions,
  type LitmusReport,
} from '../../../lib/testing/litmus/litmus.js';
import { classicLitmusTests } from '../../../lib/litmus/classics.js';
import { cycleLitmusTests } from '../../../lib/litmus/families.js';
import { readLitmus } from '../../../lib/litmus/reader.js';
import type { LitmusTest } from '../../../lib/litmus/litmus-test.js';
import { both, faulty, inCells, newCells, to, type Change } from '../../system/faulty-protocol.js';

const CLASSICS = classicLitmusTests();
const SEED = 'spec';

const classic = (name: string): LitmusTest => CLASSICS.find(test => test.name === name)!;
const run = (test: LitmusTest, options: Partial<LitmusOptions>): LitmusReport =>
  runLitmus(test, { model: 'tso', runs: 100, seed: SEED, ...options });
const seen = (list: readonly { outcome: string; count: number }[]): string[] =>
  list.filter(({ count }) => count > 0).map(({ outcome }) => outcome);

describe('litmus tests on simulated machines', () => {
  it('show under SC nothing that SC forbids, over all classic tests, and most of what it allows', () => {
    const reports = CLASSICS.map(test => run(test, { model: 'sc', runs: 100 }));
    expect(reports.flatMap(({ forbidden }) => forbidden)).toEqual([]);
    expect(shownWeak(reports)).toBeNull();
    const allowed = reports.flatMap(report => report.allowed);
    expect(seen(allowed).length).toBeGreaterThan(0.8 * allowed.length);
  });

  it('show under TSO nothing that TSO forbids, and with store buffers what SC forbids', () => {
    const reports = CLASSICS.map(test => run(test, { runs: 100 }));
    expect(reports.flatMap(({ forbidden }) => forbidden)).toEqual([]);
    expect(shownWeak(reports)).toBe(true);
    const shown = reports.filter(({ weak }) => seen(weak).length > 0).map(({ test }) => test);
    expect(shown).toEqual(expect.arrayContaining(['SB', 'R+mfence+po', 'Z6.4', '3.SB']));
  });

  it.each(PROTOCOL_NAMES)('keep the promises under %s', protocol => {
    for (const model of ['sc', 'tso'] as const)
      for (const name of ['SB', 'MP', 'IRIW', 'CoRR', '2+2W'])
        expect(run(classic(name), { model, protocol }).forbidden).toEqual([]);
  });

  it('give the same report for the same seed, and another for another', () => {
    const test = classic('SB');
    expect(run(test, {})).toEqual(run(test, {}));
    expect(run(test, { seed: 'another' }).allowed).not.toEqual(run(test, {}).allowed);
  });

  it('count every round once', () => {
    const report = run(classic('SB'), { runs: 130 });
    expect(report.allowed.reduce((sum, { count }) => sum + count, 0)).toBe(130);
    expect(report.conditionHeld).toBe(report.weak[0].count);
  });

  it('refuse a number of runs that is none', () => {
    expect(() => run(classic('SB'), { runs: 0 })).toThrow('runs, the rounds of a litmus test, is 0');
  });

  it('start from initial values, and keep what linked accesses promise', () => {
    const rows = ['ll $2,0(%x)', 'addiu $3,$2,1', 'sc $3,0(%x)'].map(row => ` ${row} | ${row} | sw $4,0(%x) ;\n`);
    const first = rows.slice(0, 2).map(row => row.replace('sw $4,0(%x)', ''));
    const text = `MIPS INC\n{ x=5; %x=x; 2:$4=40; }\n P0 | P1 | P2 ;\n${first.join('')}${rows[2]}exists (x=42 /\\ 0:$3=1 /\\ 1:$3=1)`;
    for (const model of ['sc', 'tso'] as const) {
      const report = run(readLitmus(text, 'INC.litmus'), { model, runs: 150 });
      expect(report.forbidden).toEqual([]);
      expect(report.conditionHeld).toBeGreaterThan(0);
      expect(seen(report.allowed).some(outcome => outcome.includes('0:$3=0'))).toBe(true);
    }
  });

  it('hold addresses as what they are, and follow those that they load', () => {
    const text =
      'X86 T\n{ int *p=x; int x=4096; int y=5; 0:EAX=y; }\n P0 | P1 ;\n' +
      ' MOV [p],EAX | MOV EBX,[p] ;\n | MOV ECX,[EBX] ;\nexists (1:EBX=y /\\ 1:ECX=5)';
    for (const model of ['sc', 'tso'] as const) {
      const report = run(readLitmus(text, 'T.litmus'), { model });
      expect(report.forbidden).toEqual([]);
      expect(seen(report.allowed)).toEqual([
        '0:EAX=y 1:EBX=x 1:ECX=4096 x=4096 p=y y=5',
        '0:EAX=y 1:EBX=y 1:ECX=5 x=4096 p=y y=5',
      ]);
    }
  });

  it('keep XCHG indivisible, and order what is around it', () => {
    const add = ' LOCK INC [x] | LOCK ADD [x],$1 | LOCK INC [x] ;\n';
    const sum = readLitmus(`X86 T\n{}\n P0 | P1 | P2 ;\n${add.repeat(4)}forall (x=12)`, 'T.litmus');
    const lock = 'MOV EAX,$1 | MOV EAX,$1 ;\n XCHG [l],EAX | XCHG [l],EAX ;\n';
    const test = readLitmus(`X86 T\n{}\n P0 | P1 ;\n ${lock}exists (0:EAX=0 /\\ 1:EAX=0)`, 'T.litmus');
    const around = cycleLitmusTests(2).find(({ name }) => name === 'SB+xchg+xchg')!;
    for (const protocol of PROTOCOL_NAMES) {
      expect(run(sum, { protocol, runs: 50 })).toMatchObject({
        verdict: 'always holds',
        conditionHeld: 50,
        forbidden: [],
      });
      for (const model of ['sc', 'tso'] as const) {
        expect(run(test, { model, protocol })).toMatchObject({ verdict: 'forbidden', conditionHeld: 0, forbidden: [] });
        expect(run(around, { model, protocol })).toMatchObject({ verdict: 'forbidden', forbidden: [] });
      }
    }
  });

  it('wait for each other in loops', () => {
    const rows = ['sw $2,0(rd) | L: lw $3,0(rf)', 'sw $2,0(rf) | beqz $3,L', ' | lw $4,0(rd)'];
    const text = `MIPS T\n{ 0:rd=d; 0:rf=f; 1:rd=d; 1:rf=f; 0:$2=1; }\n P0 | P1 ;\n${rows.map(row => ` ${row} ;\n`).join('')}forall (1:$4=1)`;
    const test = readLitmus(text, 'T.litmus');
    for (const model of ['sc', 'tso'] as const)
      expect(run(test, { model })).toMatchObject({ verdict: 'always holds', conditionHeld: 100, forbidden: [] });
  });

  it('refuse a test that never ends, and one with too many states', () => {
    const endless = readLitmus('MIPS T\n{}\n P0 ;\n L: b L ;\nforall (true)', 'T.litmus');
    expect(() => run(endless, {})).toThrow('T: the threads never end');
    expect(() => run(classic('IRIW'), { mostStates: 10 })).toThrow('IRIW: more than 10 states under tso');
  });

  it('say how far they are: first the states, then the rounds', () => {
    const rows = ['x', 'y'].map(name => ` ${[1, 2, 3, 4].map(value => `MOV [${name}],$${value}`).join(' | ')} ;\n`);
    const text = `X86 T\n{}\n P0 | P1 | P2 | P3 ;\n${rows.join('').repeat(2)}exists (x=1)`;
    const test = readLitmus(text, 'T.litmus');
    const steps = [...litmusSteps(test, { model: 'tso', runs: 120, seed: SEED })];
    const phases = steps.map(({ phase }) => phase);
    expect(phases.indexOf('running')).toBeGreaterThan(2);
    expect(phases.lastIndexOf('enumerating')).toBeLessThan(phases.indexOf('running'));
    expect(steps.at(-1)).toEqual({ phase: 'running', done: 120 });
  });
});

describe('late drains', () => {
  const weak = cycleLitmusTests(4).filter(({ threads }) => threads.length > 2);
  const sample = (family: RegExp): LitmusTest[] => weak.filter(({ name }) => family.test(name));

  // Rounds after which each family has been seen with this seed, of those that eager drains hardly ever show.
  it.each([
    ['Z6.0', /^Z6\.0$/, 900],
    ['Z6.5', /^Z6\.5$/, 300],
    ['W+', /^W\+RWC$/, 900],
    ['W+ of four threads', /^W\+RR\+WW\+WR$/, 1500],
    ['WW+', /^WW\+WR\+WR\+WR$/, 600],
    ['3.SB', /^3\.SB\+po\+mfence\+mfence$/, 900],
    ['4.SB', /^4\.SB$/, 300],
  ])('show %s, and nothing forbidden', (_, family, runs) => {
    const reports = sample(family).map(test => run(test, { runs, seed: '1997' }));
    expect(reports.flatMap(({ forbidden }) => forbidden)).toEqual([]);
    const [all] = litmusShares(reports);
    expect(all.allowed).toBe(1);
    expect(all.shown).toBe(1);
  });

  it('show nothing forbidden over every fourth cycle, and more than eager drains', () => {
    const tests = cycleLitmusTests(4).filter((_, i) => i % 4 === 0);
    const late = tests.map(test => run(test, { runs: 50 }));
    const eager = tests.map(test => run(test, { runs: 50, lateDrains: false }));
    expect([...late, ...eager].flatMap(({ forbidden }) => forbidden)).toEqual([]);
    expect(litmusShares(late)[0].shown).toBeGreaterThan(litmusShares(eager)[0].shown);
  });

  it('are told by family', () => {
    const reports = ['SB', 'MP', 'CoRR', 'CoWW'].map(name => run(classic(name), {}));
    expect(litmusShares(reports)).toEqual([
      { family: '', allowed: 1, shown: 1 },
      { family: 'SB', allowed: 1, shown: 1 },
    ]);
  });
});

describe('a planted fault', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** Forbidden outcomes of a test under TSO. */
  const forbidden = (test: LitmusTest, options: Partial<LitmusOptions> = {}): readonly string[] =>
    run(test, options).forbidden.map(({ outcome }) => outcome);

  it('is seen: a store buffer that drains out of order', () => {
    const original = StoreBuffer.prototype.push;
    jest.spyOn(StoreBuffer.prototype, 'push').mockImplementation(function (this: StoreBuffer, frame, offset, value) {
      if (this.size === 0 || this.size === this.capacity) return original.call(this, frame, offset, value);
      // The new store goes before the oldest.
      const oldest = [this.frame, this.offset, this.value] as const;
      this.shift();
      original.call(this, frame, offset, value);
      return original.call(this, ...oldest);
    });
    expect(forbidden(classic('MP'), { runs: 400 })).toContain('1:r0=1 1:r1=0 x=1 y=1');
  });

  it('is seen: loads that do not look into the store buffer', () => {
    jest.spyOn(StoreBuffer.prototype, 'find').mockReturnValue(-1);
    expect(forbidden(classic('CoWR0'))).toEqual(['0:r0=0 x=1']);
  });

  it('is seen: fences that wait for nothing', () => {
    const operations = jest.requireActual<typeof Operations>('../../../lib/processor/operations.js');
    jest.spyOn(operations, 'fence').mockImplementation(() => compute(1));
    expect(forbidden(classic('SB+mfences'))).toEqual(['0:r0=0 1:r0=0 x=1 y=1']);
  });

  /** MESI with another cache table for as long as this case runs. */
  function plant(change: Change): void {
    const { cache } = faulty({ cache: change });
    jest.replaceProperty(mesi, 'cache', cache);
  }

  it('is seen under SC: a writer that does not wait for acknowledgements, with the history of the outcome', () => {
    const late = ['I', 'S', 'E', 'M', 'MI_A', 'SI_A', 'II_A', 'IS_D'];
    const early = inCells(['IM_AD', 'SM_AD'], ['DataDir(ack>0)'], to('M'));
    plant(both(early, newCells(late, ['Inv-Ack', 'Last-Inv-Ack'], [])));
    const report = run(classic('SB'), { model: 'sc', runs: 300, seed: '1' });
    const found = report.forbidden.find(({ outcome }) => outcome === '0:r0=0 1:r0=0 x=1 y=1')!;
    expect(found.setting).toHaveLength(3);
    expect(found.history.map(({ thread, what }) => `${thread} ${what}`).sort()).toEqual([
      '0 load y r0 = 0',
      '0 store x = 1',
      '1 load x r0 = 0',
      '1 store y = 1',
    ]);
    const times = found.history.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is seen: an Inv in IS_D that is answered early leads to a message that its receiver does not expect', () => {
    plant(inCells(['IS_D'], ['Inv'], cell => ({ ...cell, actions: ['sendInvAckToRequester'] })));
    expect(() => run(classic('IRIW'), { model: 'sc', runs: 300, seed: '0' })).toThrow(
      'DataOwner(ack=0) from processor 0 cannot happen to line',
    );
  });
});
