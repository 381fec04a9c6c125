import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../../lib/experiments/sweeps/store/json.js';
import { Keys } from '../../../../lib/experiments/sweeps/store/keys.js';
import { canonical } from '../../../../lib/experiments/sweeps/store/json.js';
import { SweepError } from '../../../../lib/experiments/sweeps/sweep-error.js';
import { inFolder } from '../folders.js';

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const FILES = {
  'run.mjs': `export { run } from './lib/inner.mjs';`,
  'lib/inner.mjs': `import data from "../data.json" with { type: 'json' }; export const run = () => data;`,
  'data.json': '{"a": 1}',
  'policy.mjs': `const rest = require('./rest'); // and ./nothing.js`,
  'rest.js': '1',
  'input.bin': 'bytes',
  'stranger.mjs': '0',
};

/** The key of a point that depends on all of FILES but the stranger, with some of them changed. */
function keyWith(changes: Readonly<Record<string, string>>): Promise<string> {
  return inFolder(folder => {
    put(folder, { ...FILES, ...changes });
    const keys = new Keys({ run: { module: 'run.mjs' }, modules: [], inputs: ['input.bin'], base: folder });
    return keys.of({ parameters: { policy: { module: './policy.mjs', options: { n: 1 } } }, seed: '1' });
  });
}

describe('the key of a point', () => {
  it.each(['run.mjs', 'lib/inner.mjs', 'data.json', 'policy.mjs', 'rest.js', 'input.bin'])(
    'changes with %s',
    async name => {
      expect(await keyWith({ [name]: `${FILES[name as keyof typeof FILES]} ` })).not.toBe(await keyWith({}));
    },
  );

  it('is the same in another folder, and whatever happens to files that nothing names', async () => {
    expect(await keyWith({ 'stranger.mjs': '1' })).toBe(await keyWith({}));
  });

  it('does not depend on the order of parameters, but on every value and on the seed', () => {
    const keys = new Keys({ run: null, modules: [], inputs: [], base: '.' });
    const value = fc.jsonValue({ maxDepth: 2 }).filter(one => !/"(module|file)"/.test(JSON.stringify(one)));
    const parameters = fc
      .dictionary(fc.string(), value, { minKeys: 1, maxKeys: 4, noNullPrototype: true })
      .filter(one => !('file' in one || 'module' in one));
    fc.assert(
      fc.property(parameters as fc.Arbitrary<Record<string, Json>>, value as fc.Arbitrary<Json>, (one, other) => {
        const key = keys.of({ parameters: one, seed: '1' });
        expect(keys.of({ parameters: Object.fromEntries(Object.entries(one).reverse()), seed: '1' })).toBe(key);
        expect(keys.of({ parameters: one, seed: '2' })).not.toBe(key);
        const [name] = Object.keys(one);
        fc.pre(canonical(one[name]) !== canonical(other));
        expect(keys.of({ parameters: { ...one, [name]: other }, seed: '1' })).not.toBe(key);
      }),
    );
  });

  it('cannot be made of a file that is not there, which is named', () => {
    const keys = new Keys({ run: null, modules: [], inputs: [], base: '.' });
    expect(() => keys.of({ parameters: { trace: { file: 'no-such.gz' } }, seed: '1' })).toThrow(SweepError);
    expect(() => keys.of({ parameters: { trace: { file: 'no-such.gz' } }, seed: '1' })).toThrow('no-such.gz');
  });
});
