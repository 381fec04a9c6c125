/** `disco-sim native`, and refusals of `paper` and `fidelity`, run on the built package at the smallest scale. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { VERSION } from '../../lib/engine/version.js';
import type { SystemResult } from '../../lib/experiments/systems/system-result.js';
import { systemText } from '../../lib/report/tables/system.js';
import { build, disco, inFolder } from './running.js';

beforeAll(build);

const SMALL = ['--scale', '0.04'];

describe('disco-sim native', () => {
  it('prints tables, and the same as JSON; with --report it also writes a page', () =>
    inFolder(folder => {
      const text = disco(folder, 'native', 'pmake', ...SMALL, '--report', 'pmake.html');
      expect([text.stderr, text.exit]).toEqual(['', 0]);
      const json = disco(folder, 'native', 'pmake', ...SMALL, '--json');
      const { version, results } = JSON.parse(json.stdout) as { version: string; results: SystemResult[] };
      expect([json.exit, version, results.length]).toEqual([0, VERSION, 1]);
      expect(text.stdout).toBe(`${systemText(results[0])}\n\nThe report is in pmake.html.\n`);
      expect(readFileSync(join(folder, 'pmake.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
      expect(readdirSync(folder)).toEqual(['pmake.html']);
    }));

  it('says how it is used', () => {
    const { stdout, stderr, exit } = disco('.', 'native', '--help');
    expect([stderr, exit]).toEqual(['', 0]);
    for (const option of ['--processors N', '--os NAME', '--scale N', '--machine NAME', '--memory MB', '--quick'])
      expect(stdout).toContain(option);
  });

  it.each([
    [['native'], 'native takes one workload: pmake'],
    [['native', 'pmake', 'pmake'], 'native takes one workload: pmake'],
    [['native', 'pmakes'], 'there is no workload pmakes; did you mean pmake?'],
    [['native', 'constructor'], 'there is no workload constructor;'],
    [['native', 'pmake', '--os', 'irixx'], 'there is no os irixx; did you mean irix?'],
    [['native', 'pmake', '--os', 'splashos'], 'splashos is not available for pmake; use --os irix'],
    [['native', 'pmake', '--scale', '0'], '--scale takes a number above 0 and up to 1, not "0"'],
    [['native', 'pmake', '--scale', '1.5'], '--scale takes a number above 0 and up to 1, not "1.5"'],
    [['native', 'pmake', '--scale', '1e3'], '--scale takes a number above 0 and up to 1, not "1e3"'],
    [['native', 'pmake', '--quick', '--scale', '1'], '--quick is --scale 0.1; give one of them'],
    [['native', 'pmake', '--processors', '0'], '--processors takes a whole number from 1 to 64, not "0"'],
    [['native', 'pmake', '--machine', 'disco'], 'there is no machine disco;'],
    [['native', 'pmake', '--machine', 'uma,dash-1992'], 'one machine at a time, not uma,dash-1992'],
    [['native', 'pmake', '--machine', 'xeon-2s', '--processors', '3'], 'xeon-2s cannot have 3 processors, but 8 or 16'],
    [['native', 'pmake', '--memory', '0'], '--memory takes a whole number from 1 to 512, not "0"'],
    [['native', 'pmake', '--memory', '1'], 'give the machine more memory'],
    [['native', 'pmake', ...SMALL, '--memory', '6'], 'memory is exhausted; give the machine more memory'],
    [['native', 'pmake', '--l2', '3'], 'l2'],
    [['native', 'pmake', '--report', 'no/where.html'], 'cannot write no/where.html'],
    [['native', 'pmake', '--reprot', 'x'], 'there is no option --reprot; did you mean --report?'],
    [['fidelity', 'x'], 'fidelity takes no files, but was given x; use --only'],
    [['fidelity', '--only', 'figure-9'], 'there is no experiment "figure-9";'],
    [['fidelity', '--only', ''], 'there is no experiment "";'],
    [['fidelity', '--report', 'x'], 'there is no option --report'],
    [['paper', '--full', '--quick'], '--full and --quick are both given; give one'],
    [['paper', '--only', 'figure-9'], 'there is no experiment "figure-9";'],
    [['paper', '--report', 'no/where.html'], 'cannot write no/where.html'],
    [['paper', '--seeds', '0'], '--seeds takes a whole number from 1 to 1000, not "0"'],
  ])('%j is refused with exit code 2', (words, says) =>
    inFolder(folder => {
      const { stdout, stderr, exit } = disco(folder, ...words);
      expect([stdout, exit]).toEqual(['', 2]);
      expect(stderr).toContain(says);
      expect(stderr).not.toMatch(/^ +at /m);
      expect(readdirSync(folder)).toEqual([]);
    }),
  );
});
