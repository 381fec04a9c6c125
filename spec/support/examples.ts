/** Finds the examples and runs one as a user would: a program on the built package, imported by its name. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..');
const EXAMPLES = join(ROOT, 'examples');
/** Inside the package, so that `disco-sim` resolves to it; folders below node_modules belong to no package. */
const COMPILED = join(ROOT, '.cache', 'examples');
const LIMIT_MS = 55_000;

/** What a program did. */
export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code, or the signal or error that ended it. */
  readonly exit: number | string;
}

/** Names of the examples without extension, sorted. */
export function exampleNames(): string[] {
  return files('.ts').filter(name => !/\.(spec|d)$/.test(name));
}

/** Names of the recorded outputs without extension, sorted. */
export function outputNames(): string[] {
  return files('.out');
}

/** The program text. */
export function exampleText(name: string): string {
  return readFileSync(join(EXAMPLES, `${name}.ts`), 'utf8');
}

/** Where the output of an example is recorded. */
export function outputPath(name: string): string {
  return join(EXAMPLES, `${name}.out`);
}

/** Runs an example in a process of its own. The package must have been built. */
export function runExample(name: string): Outcome {
  if (!existsSync(join(ROOT, 'dist', 'index.js'))) throw new Error('examples run on dist/: npm run build first');
  const { NODE_OPTIONS, FORCE_COLOR, ...environment } = process.env;
  const { stdout, stderr, status, signal, error } = spawnSync(process.execPath, [compile(name)], {
    cwd: ROOT,
    env: { ...environment, NO_COLOR: '1' },
    encoding: 'utf8',
    timeout: LIMIT_MS,
    maxBuffer: 1 << 26,
  });
  return { stdout, stderr, exit: status ?? error?.message ?? signal ?? 'unknown' };
}

/** Compiles an example and those that it imports. The package says that they are modules. */
function compile(name: string): string {
  const { outputText } = ts.transpileModule(exampleText(name), {
    fileName: `${name}.mts`,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  mkdirSync(COMPILED, { recursive: true });
  for (const [, imported] of outputText.matchAll(/from '\.\/([\w-]+)\.js'/g)) compile(imported);
  const program = join(COMPILED, `${name}.js`);
  writeFileSync(program, outputText);
  return program;
}

function files(extension: string): string[] {
  return readdirSync(EXAMPLES)
    .filter(file => file.endsWith(extension))
    .map(file => basename(file, extension))
    .sort();
}
