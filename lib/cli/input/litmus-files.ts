/** Litmus files: named one by one, or all `.litmus` files below a folder, in order of their paths. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readLitmus } from '../../litmus/reader.js';
import { LitmusError, type LitmusTest } from '../../litmus/litmus-test.js';
import { UsageError } from '../errors.js';
import { readText } from './input-bytes.js';

/** The largest file that is read, in bytes: tests have a few hundred. */
const LARGEST = 2 ** 20;

/** What was read, and what could not be. */
export interface LitmusFiles {
  readonly tests: readonly LitmusTest[];
  /** Messages, each with its file. */
  readonly refused: readonly string[];
}

/**
 * Reads all that paths lead to, a file at a time, and tells how many it has read. A file that cannot be read does not stop
 * the others. Throws a UsageError for a path that leads nowhere.
 */
export async function readLitmusFiles(paths: readonly string[], tell: (files: number) => void): Promise<LitmusFiles> {
  const tests: LitmusTest[] = [];
  const refused: string[] = [];
  for (const [index, file] of paths.flatMap(filesOf).entries()) {
    tell(index);
    try {
      tests.push(readLitmus(await readText(file, LARGEST), file));
    } catch (error) {
      const { message } = error as Error;
      refused.push(error instanceof LitmusError || error instanceof UsageError ? message : `${file}: ${message}`);
    }
  }
  return { tests, refused };
}

function filesOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`cannot read ${path}: there is no such file or folder`);
  if (!found.isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.litmus'))
    .map(name => join(path, name))
    .sort();
  if (files.length === 0) throw new UsageError(`there are no .litmus files in ${path}`);
  return files;
}
