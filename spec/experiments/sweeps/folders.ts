/** Folders for specs of sweeps. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for `use`, removed afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'disco-sweep-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files of results, which equal sweeps leave equal. */
export function resultFiles(folder: string): string[] {
  return ['results.ndjson', 'results.csv', 'manifest.json'].map(name => readFileSync(join(folder, name), 'utf8'));
}
