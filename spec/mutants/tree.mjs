/**
 * A copy of the checkout in which every drawn mutant is compiled in, switched by the environment variable `MUTANT`.
 * One transformation then serves all of them, and a first run tells which specs reach which mutant.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const COPIED = ['lib', 'spec', 'examples', 'traces', 'docs', 'dist', 'package.json', 'tsconfig.json', 'README.md'];

/** The most mutants of a draw. */
export const MOST = 10_000;

/** Written in front of a mutated file, behind the line that names an interpreter. `var`, so that circular imports find `undefined`, not an error. */
const HEADERS = {
  // Records which mutants are reached; `globalThis.mutantsReached` is set up by the spec set-up, else on exit to a file.
  // A byte for each mutant: hot loops reach some of them a thousand million times.
  recording: `
var __reached = (globalThis.mutantsReached ??= (() => {
  const reached = new Uint8Array(${MOST});
  const { MUTANTS_REACHED: folder } = globalThis.process?.env ?? {};
  if (folder) globalThis.process.on('exit', () => globalThis.process.getBuiltinModule('node:fs')
    .writeFileSync(folder + '/child-' + globalThis.process.pid + '-' + Math.floor(performance.now() * 1000) + '.json',
      JSON.stringify({ spec: null, reached: [...reached.keys()].filter(id => reached[id] === 1) })));
  return reached;
})());
function __mutant(id) { __reached[id] = 1; return false; }
`.replaceAll('\n', ' '),
  active: `var __active = Number(globalThis.process?.env.MUTANT ?? -1);`,
};

/** Text of a file with all its drawn mutants. Mutants of one file never overlap. */
function instrumented(text, mutants, mode) {
  const on = id => (mode === 'recording' ? `__reached?.[${id}] === 0 && __mutant(${id})` : `__active === ${id}`);
  let result = text;
  for (const { id, start, end, becomes, statement } of [...mutants].sort((a, b) => b.start - a.start)) {
    const was = result.slice(start, end);
    // In braces of its own: an `else` after it belongs to the `if` before it.
    const now = statement ? `{ if (!(${on(id)})) { ${was} } }` : `(${on(id)} ? (${becomes}) : (${was}))`;
    result = result.slice(0, start) + now + result.slice(end);
  }
  const [, first, rest] = /^(#!.*\n)?([^]*)$/.exec(result);
  return `${first ?? ''}${HEADERS[mode]}\n${rest}`;
}

/** Makes (or makes anew) the copy. */
export function makeTree(root, tree, { fresh }) {
  if (fresh) rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  for (const name of COPIED) {
    rmSync(join(tree, name), { recursive: true, force: true });
    cpSync(join(root, name), join(tree, name), { recursive: true });
  }
  const modules = join(tree, 'node_modules');
  rmSync(modules, { recursive: true, force: true });
  symlinkSync(join(root, 'node_modules'), modules);
  writeFileSync(join(tree, 'jest.config.js'), config(root, tree));
  writeFileSync(
    join(tree, 'record-reached.js'),
    `const { writeFileSync } = require('node:fs');
globalThis.mutantsReached = new Uint8Array(${MOST});
afterAll(() => {
  const folder = process.env.MUTANTS_REACHED;
  if (!folder) return;
  const spec = expect.getState().testPath;
  writeFileSync(folder + '/' + spec.replaceAll('/', '_') + '.json', JSON.stringify({ spec, reached: [...globalThis.mutantsReached.keys()].filter(id => globalThis.mutantsReached[id] === 1) }));
});
`,
  );
}

function config(root, tree) {
  return `import base from ${JSON.stringify(join(root, 'jest.config.js'))};
export default { ...base, rootDir: ${JSON.stringify(tree)}, setupFilesAfterEnv: ['<rootDir>/record-reached.js'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'], testTimeout: 300000, cacheDirectory: '<rootDir>/jest-cache' };
`;
}

/** Writes the mutated files of the tree, as source and as the built module that child processes of specs load. */
export function writeMutants(root, tree, mutants, mode) {
  for (const [file, own] of byFile(mutants)) {
    const text = instrumented(readFileSync(join(root, file), 'utf8'), own, mode);
    writeFileSync(join(tree, file), text);
    const built = join(tree, 'dist', file.replace(/^lib\//, '').replace(/\.ts$/, '.js'));
    mkdirSync(dirname(built), { recursive: true });
    writeFileSync(built, transpiled(text));
  }
  // Specs of the command line build the package again if a source is younger than this file.
  writeFileSync(join(tree, 'dist', '.tsbuildinfo'), '');
}

function byFile(mutants) {
  const files = new Map();
  for (const mutant of mutants) files.set(mutant.file, [...(files.get(mutant.file) ?? []), mutant]);
  return files;
}

function transpiled(text) {
  return ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      useDefineForClassFields: false,
      verbatimModuleSyntax: true,
    },
  }).outputText;
}
