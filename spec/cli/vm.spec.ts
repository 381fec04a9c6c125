/** `disco-sim vm`, run on the built package at the smallest scale. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../lib/engine/version.js';
import type { SystemResult } from '../../lib/experiments/systems/system-result.js';
import { systemText } from '../../lib/report/tables/system.js';
import { build, disco, inFolder } from './running.js';

beforeAll(build);

describe('disco-sim vm', () => {
  it('prints tables, and the same as JSON; with --report it also writes a page', () =>
    inFolder(folder => {
      const words = ['vm', '--workload', 'pmake', '--scale', '0.04', '--switches', 'idleHint,zeroedPages'];
      const text = disco(folder, ...words, '--report', 'vm.html');
      expect([text.stderr, text.exit]).toEqual(['', 0]);
      const json = disco(folder, ...words, '--json');
      const { version, results } = JSON.parse(json.stdout) as { version: string; results: SystemResult[] };
      expect([json.exit, version, results.length]).toEqual([0, VERSION, 1]);
      expect(results[0].switches).toEqual(['zeroedPages', 'idleHint']);
      expect(text.stdout).toBe(`${systemText(results[0])}\n\nThe report is in vm.html.\n`);
      expect(readFileSync(join(folder, 'vm.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
      expect(readdirSync(folder)).toEqual(['vm.html']);
    }));

  it('takes a machine with its cache, and a warm-up that is not measured', () =>
    inFolder(folder => {
      const words = [
        'vm',
        '--workload',
        'raytrace',
        '--scale',
        '0.001',
        '--processors',
        '2',
        '--machine',
        'uma',
        '--l2',
        '256',
      ];
      const { stdout, exit } = disco(folder, ...words, '--warm-up', '1', '--json');
      const [{ machine, misses, partial }] = (JSON.parse(stdout) as { results: SystemResult[] }).results;
      expect([exit, partial, machine.name, machine.nodes.length]).toEqual([0, null, 'uma', 1]);
      expect([machine.processor.l2.sizeBytes, misses.remote]).toEqual([256 * 1024, 0]);
    }));

  it('says how it is used', () => {
    const { stdout, stderr, exit } = disco('.', 'vm', '--help');
    expect([stderr, exit]).toEqual(['', 0]);
    for (const option of [
      '--guests N',
      '--nfs',
      '--switches A,B',
      '--second-level-tlb N',
      '--quantum-us N',
      '--gang',
      '--machine NAME',
      '--l2 KB',
      '--warm-up MS',
      '--quick',
      '--report',
    ])
      expect(stdout).toContain(option);
  });

  it.each([
    [['pmake'], 'vm takes options only, but was given pmake; use --workload pmake'],
    [['--workload', 'pmak'], 'there is no workload pmak; did you mean pmake?'],
    [['--os', 'IRIX'], 'there is no os IRIX; did you mean irix?'],
    [['--os', 'splashos'], 'splashos is not available for pmake; use --os irix'],
    [
      ['--os', 'splashos', '--workload', 'radix', '--switches', 'none'],
      'splashos has no kernel whose --switches could be on; leave them out, or use --os irix',
    ],
    [['--nfs'], '--nfs needs a server and a client; use --guests 2 or more, not 1'],
    [
      ['--nfs', '--guests', '2', '--workload', 'radix'],
      '--nfs is for a workload with files of its own, not radix; use --workload pmake',
    ],
    [['--guests', '0'], '--guests takes a whole number from 1 to 64, not "0"'],
    [['--switches', 'idlehint'], 'there is no switch idlehint; did you mean idleHint?'],
    [['--switches', 'none,remap'], '--switches takes none alone, or switches by name, not "none,remap"'],
    [['--scale', '1e-400'], '--scale takes a number above 0 and up to 1, not "1e-400"'],
    [['--second-level-tlb', '3'], '--second-level-tlb takes a power of two up to 65536, or off, not "3"'],
    [['--policy', 'frist-touch'], 'there is no policy frist-touch; did you mean first-touch?'],
    [['--quantum-us', '1'], '--quantum-us takes a whole number from 100 to 10000000, not "1"'],
    [['--l2', '3'], '--l2 takes a power of two up to 65536, not "3"'],
    [['--machine', 'umma'], 'there is no machine umma; did you mean uma?'],
    [['--warm-up', '2000'], '--warm-up takes a whole number from 0 to 1000, not "2000"'],
    [['--quick', '--scale', '1'], '--quick is --scale 0.1; give one of them'],
    [['--memory', '2', '--scale', '0.04'], 'in guest 0 with 1.6 MB: the kernel needs'],
    [['--report', 'no/where.html'], 'cannot write no/where.html'],
    [['--guets', '2'], 'there is no option --guets; did you mean --guests?'],
  ])('%j is refused with exit code 2', (words, says) => {
    const { stdout, stderr, exit } = disco('.', 'vm', ...words);
    expect([stdout, exit]).toEqual(['', 2]);
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
