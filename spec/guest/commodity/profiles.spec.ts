import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { linuxMips } from '../../../lib/guest/commodity/profiles/linux-mips.js';

const KERNEL = join(process.cwd(), 'lib', 'guest', 'commodity');
/** Steps whose time is in that of the steps around them. */
const ELSEWHERE = ['bitmap'];

/** Names of the steps that the kernel's code executes. */
function executed(): string[] {
  const sources = readdirSync(KERNEL, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const names = sources.flatMap(file =>
    [...readFileSync(join(KERNEL, file), 'utf8').matchAll(/\bwork\('([^']+)'/g)].map(([, name]) => name),
  );
  return [...new Set(names)].sort();
}

describe('profiles', () => {
  it.each([irix, linuxMips])('$name has every step that the kernel executes', ({ steps }) => {
    const names = executed();
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter(name => steps[name] === undefined && !ELSEWHERE.includes(name))).toEqual([]);
  });
});
