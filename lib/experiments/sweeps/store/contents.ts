/** Digests of what a run depends on: the code of this package, modules with what they import, input files. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from './json.js';
import { SweepError } from '../sweep-error.js';

const HERE = fileURLToPath(import.meta.url);
/** The folder with all built code. */
const BUILT = resolve(HERE, '..', '..', '..', '..');
/** What may import other files. */
const CODE = ['.js', '.mjs', '.cjs'];
/** What an import may leave out of a file's name. */
const LEFT_OUT = ['', '.js', '.mjs', '.cjs', '.json', '/index.js'];

/** SHA-256 of a text or bytes. */
export function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** One digest of all code of this package. */
export function builtCode(): string {
  const files = readdirSync(BUILT, { recursive: true, encoding: 'utf8' })
    .filter(name => extname(name) === extname(HERE))
    .sort();
  const whole = createHash('sha256');
  for (const name of files) whole.update(`${name.split(sep).join('/')}\n`).update(readFileSync(join(BUILT, name)));
  return whole.digest('hex');
}

/** Digests of files and modules, each read once. */
export class Contents {
  private readonly base: string;
  private readonly digests = new Map<string, string>();

  /** `base` is the folder that relative paths are meant from. */
  constructor(base: string) {
    this.base = base;
  }

  /**
   * The digest of a file; of a module, with every file that a text in it beginning with `./` or `../` names, and so on. Too many
   * count rather than too few; a name that is computed is not seen. Throws a SweepError if it cannot be read.
   */
  of(path: string): string {
    const root = resolve(this.base, path);
    const known = this.digests.get(root);
    if (known !== undefined) return known;
    const found = new Map<string, string>();
    this.follow(root, path, found);
    const folder = dirname(root);
    const lines = [...found].map(([file, content]) => `${relative(folder, file).split(sep).join('/')} ${content}\n`);
    const all = digest(lines.sort().join(''));
    this.digests.set(root, all);
    return all;
  }

  private follow(file: string, asNamed: string, found: Map<string, string>): void {
    if (found.has(file)) return;
    const content = read(file, asNamed);
    found.set(file, digest(content));
    if (!CODE.includes(extname(file))) return;
    for (const [, name] of content.toString('utf8').matchAll(/['"`](\.\.?\/[^'"`\n$]*)['"`]/g)) {
      const target = targetOf(dirname(file), name);
      if (target !== null) this.follow(target, target, found);
    }
  }
}

/** Every path that a value names as `{ module: path }` or `{ file: path }`, at any depth. */
export function pathsIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]: [string, Json]) =>
    (name === 'module' || name === 'file') && typeof part === 'string' ? [part] : pathsIn(part),
  );
}

function read(file: string, asNamed: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SweepError(`cannot read ${asNamed}, which the sweep names: ${(error as Error).message}`);
  }
}

function targetOf(folder: string, name: string): string | null {
  for (const rest of LEFT_OUT) {
    const path = resolve(folder, `${name}${rest}`);
    if (existsSync(path) && statSync(path).isFile()) return path;
  }
  return null;
}
