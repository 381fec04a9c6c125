/** The key of a point: equal if, and only if, everything is equal that its outcome depends on. */
import { fileURLToPath } from 'node:url';
import { builtCode, Contents, digest, pathsIn } from './contents.js';
import { canonical, type Json } from './json.js';
import type { SweepPoint } from '../points.js';
import type { RunModule } from '../run.js';

/** What a sweep depends on besides its points. */
export interface Dependencies {
  /** The run; null for a function of the caller's, which `modules` must have. */
  readonly run: RunModule | null;
  readonly modules: readonly string[];
  readonly inputs: readonly string[];
  /** The folder that relative paths are meant from. */
  readonly base: string;
}

/** Makes the keys of the points of one sweep. What they depend on is read when it is made, or at the first point that names it. */
export class Keys {
  private readonly contents: Contents;
  /** Of everything that all points have in common. */
  private readonly common: string;

  /** Throws a SweepError for a file that cannot be read. */
  constructor({ run, modules, inputs, base }: Dependencies) {
    this.contents = new Contents(base);
    const files = [...modules, ...inputs].map((path): Json => [path, this.contents.of(path)]);
    this.common = canonical([builtCode(), run === null ? null : this.contentOfRun(run), files]);
  }

  /** SHA-256 of everything, in hexadecimal. */
  of({ parameters, seed }: SweepPoint): string {
    const named = pathsIn(parameters).map(path => this.contents.of(path));
    return digest(canonical([this.common, parameters, seed, named]));
  }

  /** A run of this package is part of the built code. */
  private contentOfRun({ module, name = 'run' }: RunModule): Json {
    return [name, typeof module === 'string' ? this.contents.of(module) : fileURLToPath(module).split(/[\\/]/).at(-1)!];
  }
}
