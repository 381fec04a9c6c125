/**
 * What the package exports at run time, name by name, against the checked-in list `api.txt`.
 * To change it deliberately: `UPDATE_API=1 npx jest spec/api.spec.ts`, then read the difference.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import * as main from '../lib/index.js';
import * as testing from '../lib/testing/index.js';

const LIST = join(__dirname, 'api.txt');
const UPDATE = 'UPDATE_API=1 npx jest spec/api.spec.ts';

function listing(): string {
  const section = (specifier: string, exports: object): string =>
    [`# ${specifier}`, ...Object.keys(exports).sort(), ''].join('\n');
  return [section('disco-sim', main), section('disco-sim/testing', testing)].join('\n');
}

it(`exports exactly what spec/api.txt lists (to change the list: ${UPDATE})`, () => {
  if (process.env['UPDATE_API']) writeFileSync(LIST, listing());
  if (!existsSync(LIST)) throw new Error(`spec/api.txt is missing; ${UPDATE} writes it`);
  expect(listing()).toBe(readFileSync(LIST, 'utf8'));
});
