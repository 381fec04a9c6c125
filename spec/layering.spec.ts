/**
 * The tiers of the library: a room imports only from lower tiers, and rooms of one tier do not know each other.
 * Types count like values. docs/architecture.md, section "The house", has the table with reasons.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

const TIERS: Readonly<Record<string, number>> = {
  engine: 0,
  topology: 1,
  placement: 1,
  messages: 1,
  coherence: 2,
  processor: 3,
  memory: 3,
  interconnect: 3,
  devices: 3,
  machine: 4,
  system: 4,
  monitor: 5,
  guest: 5,
  traces: 6,
  litmus: 6,
  workloads: 7,
  testing: 8,
  experiments: 9,
  report: 10,
  cli: 12,
};

/** What the package exports: above every room but the command line, and imported by no file. */
const ENTRIES = ['index.ts', 'testing/index.ts', 'experiments/index.ts'];
const ENTRY_TIER = 11;

const PACKAGE = 'disco-sim';
const LIB = join(__dirname, '..', 'lib');

/** What is wrong with the imports of one file, given its path under lib/ with slashes. */
function faults(file: string, text: string): string[] {
  const entry = ENTRIES.includes(file);
  const from = file.split('/')[0];
  const tier = entry ? ENTRY_TIER : TIERS[from];
  if (tier === undefined || (!file.includes('/') && !entry)) return [`${file} is in no room of lib/`];
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    const fault = importFault(file, from, tier, fileName);
    return fault === null ? [] : [`${file} imports '${fileName}': ${fault}`];
  });
}

function importFault(file: string, from: string, tier: number, specifier: string): string | null {
  if (specifier === PACKAGE || specifier.startsWith(`${PACKAGE}/`)) return 'the library does not import itself by name';
  if (!specifier.startsWith('.')) return null;
  const target = posix.join(posix.dirname(file), specifier);
  if (target.startsWith('..')) return 'this is outside lib/';
  if (ENTRIES.includes(target.replace(/\.js$/, '.ts'))) return 'nothing imports an entry of the package';
  const to = target.split('/')[0];
  const lower = TIERS[to];
  if (lower === undefined) return `there is no room '${to}'`;
  if (to === from || lower < tier) return null;
  return lower === tier ? `sideways, both are in tier ${tier}` : `upward, from tier ${tier} to tier ${lower}`;
}

function sources(): string[] {
  return readdirSync(LIB, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(LIB, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** The files that a file needs when it is loaded: imports and re-exports of values. */
function neededBy(file: string, text: string): string[] {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023);
  return statements.flatMap(statement => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier) || isOfTypes(statement)) return [];
    if (!moduleSpecifier.text.startsWith('.')) return [];
    return [posix.join(posix.dirname(file), moduleSpecifier.text.replace(/\.js$/, '.ts'))];
  });
}

function isOfTypes(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause, isTypeOnly } = statement;
    const named = exportClause !== undefined && ts.isNamedExports(exportClause) ? exportClause.elements : [];
    return isTypeOnly || (named.length > 0 && named.every(element => element.isTypeOnly));
  }
  const { importClause } = statement;
  if (importClause === undefined) return false;
  const { phaseModifier, namedBindings, name } = importClause;
  if (phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every(element => element.isTypeOnly);
}

/** A file that needs itself, by way of the others that follow; null if none does. */
function circle(files: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const search = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const needed of files.get(file) ?? []) {
      const found = search(needed, [...path, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of files.keys()) {
    const found = search(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe('imports of values', () => {
  it('go round in no circle', () => {
    const files = new Map(sources().map(file => [file, neededBy(file, readFileSync(join(LIB, file), 'utf8'))]));
    expect(circle(files)).toBeNull();
  });

  it('are told from those of types, and a circle is named', () => {
    const files = new Map([
      ['a.ts', neededBy('a.ts', `import { b } from './b.js'; import type { C } from './c.js';`)],
      ['b.ts', neededBy('b.ts', `export { d, type E } from './d.js'; import { type C } from './c.js';`)],
      ['c.ts', neededBy('c.ts', `import './a.js'; export type * from './b.js';`)],
      ['d.ts', neededBy('d.ts', `import zod from 'zod';`)],
    ]);
    expect(Object.fromEntries(files)).toEqual({ 'a.ts': ['b.ts'], 'b.ts': ['d.ts'], 'c.ts': ['a.ts'], 'd.ts': [] });
    expect(circle(files)).toBeNull();
    expect(circle(new Map([...files, ['d.ts', ['b.ts']]]))).toEqual(['b.ts', 'd.ts', 'b.ts']);
  });
});

describe('the tiers of lib/', () => {
  it('are kept by every import', () => {
    expect(sources().flatMap(file => faults(file, readFileSync(join(LIB, file), 'utf8')))).toEqual([]);
  });

  it('are looked for in a library that has files', () => {
    expect(sources().length).toBeGreaterThan(0);
  });
});

describe('the tier rule', () => {
  const bad: [what: string, file: string, text: string, fault: string][] = [
    [
      'an upward import',
      'engine/wire.ts',
      `import { Cache } from '../processor/cache.js';`,
      'upward, from tier 0 to tier 3',
    ],
    [
      'a sideways import',
      'memory/home.ts',
      `import { Cpu } from '../processor/cpu.js';`,
      'sideways, both are in tier 3',
    ],
    [
      'an import of types',
      'guest/os.ts',
      `import type { Vm } from '../monitor/vm.js';`,
      'sideways, both are in tier 5',
    ],
    ['an inline type', 'engine/a.ts', `export type A = import('../machine/b.js').B;`, 'upward, from tier 0 to tier 4'],
    ['a re-export', 'topology/mesh.ts', `export * from '../placement/policy.js';`, 'sideways, both are in tier 1'],
    ['an import for effect', 'devices/disk.ts', `import '../cli/main.js';`, 'upward, from tier 3 to tier 12'],
    ['a dynamic import', 'machine/a.ts', `const a = import('../cli/main.js');`, 'upward, from tier 4 to tier 12'],
    ['the index importing the cli', 'index.ts', `export * from './cli/main.js';`, 'upward, from tier 11 to tier 12'],
    ['an import of the index', 'cli/main.ts', `import { run } from '../index.js';`, 'nothing imports an entry'],
    ['an import of the package', 'cli/main.ts', `import { run } from 'disco-sim';`, 'does not import itself by name'],
    ['an unknown room', 'cli/main.ts', `import { run } from '../attic/old.js';`, `there is no room 'attic'`],
    ['a way out of lib', 'cli/main.ts', `import { p } from '../../spec/p.js';`, 'outside lib/'],
  ];
  it.each(bad)('refuses %s', (_, file, text, fault) => {
    expect(faults(file, text)).toEqual([expect.stringContaining(fault)]);
  });

  it('refuses a file in no room', () => {
    expect(faults('attic/old.ts', '')).toEqual(['attic/old.ts is in no room of lib/']);
    expect(faults('utilities.ts', '')).toEqual(['utilities.ts is in no room of lib/']);
  });

  it('allows lower tiers, the own room, packages, and what a comment says', () => {
    const text = `import { Port } from '../engine/port.js';
      import { line } from './deep/line.js';
      import type { Link } from '../topology/link.js';
      import seedrandom from 'seedrandom';
      // import { Cpu } from '../processor/cpu.js';`;
    expect(faults('memory/home.ts', text)).toEqual([]);
    expect(faults('index.ts', `export * from './testing/probe.js';`)).toEqual([]);
  });
});
