/**
 * Every example is a program of at most 40 lines that prints exactly what stands beside it.
 * `node spec/examples.update.mjs` records the outputs anew; then read the difference.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { exampleNames, exampleText, outputNames, outputPath, runExample } from './support/examples.js';

const MOST_LINES = 40;
const UPDATE = 'node spec/examples.update.mjs';
const recording = Boolean(process.env['UPDATE_EXAMPLES']);

describe('examples', () => {
  it('have no outputs without programs', () => {
    const programs = exampleNames();
    expect(outputNames().filter(name => !programs.includes(name))).toEqual([]);
  });

  for (const name of exampleNames()) {
    it(`${name} has at most ${MOST_LINES} lines`, () => {
      expect(exampleText(name).trimEnd().split('\n').length).toBeLessThanOrEqual(MOST_LINES);
    });

    it(`${name} prints what ${name}.out says`, () => {
      const { stdout, stderr, exit } = runExample(name);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
      if (recording) writeFileSync(outputPath(name), stdout);
      if (!existsSync(outputPath(name))) throw new Error(`examples/${name}.out is missing; ${UPDATE} writes it`);
      expect(stdout).toBe(readFileSync(outputPath(name), 'utf8'));
    });
  }
});
