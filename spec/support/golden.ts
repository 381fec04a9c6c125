/**
 * Texts and pictures as they were when somebody last looked at them: digests in a file of JSON. A text that changed fails; look at it,
 * then record all of a spec's anew with `UPDATE_GOLDEN=1 npx jest SPEC`.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/** Compares texts by name with those that a file has. */
export function expectGolden(file: string, texts: Readonly<Record<string, string>>): void {
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
  const found = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, digest(text)]));
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  expect(found).toEqual(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
}
