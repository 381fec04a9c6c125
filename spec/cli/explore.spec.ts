/** `disco-sim explore`, run on the built package. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { explore, type Exploration } from '../../lib/coherence/explore/explorer.js';
import { msi } from '../../lib/coherence/protocols/msi.js';
import { VERSION } from '../../lib/engine/version.js';
import { TRACES, build, disco } from './running.js';

beforeAll(build);

describe('explore', () => {
  it('verifies a protocol and says what it saw', () => {
    const { stdout, stderr, exit } = disco(TRACES, 'explore', 'mesi', '--caches', '3');
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^MESI with 3 caches and 1 line: verified\n/);
    expect(stdout).toContain('12,002 states but for the names of caches, 42,472 steps, 35 steps deep');
    expect(stdout).toContain('119 of 119 cells of the tables were reached');
  });

  it('names the cells that so few caches do not reach, with the reason', () => {
    const { stdout, exit } = disco(TRACES, 'explore', 'MSI', '--caches', '2');
    expect(exit).toBe(0);
    expect(stdout).toContain('88 of 92 cells');
    expect(stdout).toContain('    cache IM_A Inv-Ack: takes two acknowledgements that are missing\n');
  });

  // Counts of an independent program (docs/trust.md).
  it.each([
    ['msi', '2', 'MSI with 2 caches and 1 line: verified\n  1,358 states, 3,340 steps, 23 steps deep'],
    ['mesi', '2', 'MESI with 2 caches and 1 line: verified\n  1,860 states, 4,772 steps, 24 steps deep'],
    ['msi', '3', 'MSI with 3 caches and 1 line: verified\n  38,256 states, 133,912 steps, 29 steps deep'],
  ])('repeats published counts of %s with %s caches', (protocol, caches, says) => {
    const words = ['explore', protocol, '--caches', caches, '--no-symmetry', '--one-kind-of-data'];
    const { stdout, stderr, exit } = disco(TRACES, ...words);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toContain(says);
    expect(stdout).not.toContain('does not say why');
  });

  it('verifies two lines, and four caches', () => {
    for (const words of [
      ['msi', '--caches', '2', '--lines', '2'],
      ['mesi', '--caches', '4'],
    ]) {
      const { stdout, exit } = disco(TRACES, 'explore', ...words);
      expect([exit, stdout]).toEqual([0, expect.stringContaining(': verified\n')]);
    }
  });

  it('prints one JSON object, the same that the library returns', () => {
    const { stdout, exit } = disco(TRACES, 'explore', 'msi', '--caches', '2', '--json');
    expect(exit).toBe(0);
    const { version, ...result } = JSON.parse(stdout) as { version: string } & Exploration;
    expect(version).toBe(VERSION);
    expect(result).toEqual(explore(msi, { caches: 2 }));
  });

  it('ends with 1 and a sequence chart if a violation is found', () => {
    const { stdout, stderr, exit } = disco(TRACES, 'explore', 'mesi', '--caches', '2', '--unordered');
    expect([exit, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^MESI with 2 caches and 1 line: violated, unexpected message\n/);
    expect(stdout).toContain('MESI cache: Fwd-GetS cannot happen in I');
    expect(stdout).toContain('   9  cache 0 takes FwdGetS(for cache 1)\n');
    expect(stdout).toContain('\nsequenceDiagram\n');
  });

  it('prints help', () => {
    const { stdout, exit } = disco(TRACES, 'explore', '--help');
    expect(exit).toBe(0);
    expect(stdout).toContain('--caches N');
  });

  it.each<[string, string[], string]>([
    ['no protocol', [], 'explore takes one protocol: msi, mesi, mosi, moesi, mesi-retry'],
    ['two protocols', ['msi', 'mesi'], 'explore takes one protocol'],
    [
      'an unknown protocol',
      ['mesif'],
      'there is no protocol mesif; did you mean mesi? there are msi, mesi, mosi, moesi',
    ],
    ['a protocol that only JavaScript knows', ['constructor'], 'there is no protocol constructor;'],
    ['too many caches', ['msi', '--caches', '7'], '--caches takes a whole number from 1 to 6, not "7"'],
    ['three lines', ['msi', '--lines', '3'], '--lines takes a whole number from 1 to 2, not "3"'],
    ['an unknown option', ['msi', '--cahces', '2'], 'there is no option --cahces; did you mean --caches?'],
  ])('refuses %s', (_, words, says) => {
    const { stdout, stderr, exit } = disco(TRACES, 'explore', ...words);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^disco-sim: .+\n$/s);
    expect(stderr).toContain(says);
  });
});
