/**
 * The rules of the house that a linter can hold (docs/architecture.md has the reasons): no wall clock and no other
 * randomness, no hidden state, nothing of Node outside its rooms, no `async` inside a run, no printing library.
 */
import { builtinModules } from 'node:module';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const syntax = (selector, message) => ({ selector, message });
const names = (list, message) => list.map(name => ({ name, message }));

const EVERYWHERE = [
  syntax('TSEnumDeclaration', 'No enums: an `as const` object.'),
  syntax('TSModuleDeclaration', 'No namespaces: a module.'),
];

const LIBRARY = [
  ...EVERYWHERE,
  syntax('ExportDefaultDeclaration', 'No default exports: a name.'),
  syntax('ExportSpecifier[exported.name="default"]', 'No default exports: a name.'),
  ...['Program > VariableDeclaration', 'Program > ExportNamedDeclaration > VariableDeclaration'].flatMap(top => [
    syntax(`${top}[kind!="const"]`, 'No mutable module state: two simulations in one process must not meet.'),
    syntax(
      `${top} > VariableDeclarator > NewExpression[callee.name=/^(Weak)?(Map|Set)$/][arguments.length=0]`,
      'An empty collection of a module is mutable module state: put it into the simulation.',
    ),
  ]),
];

const RUN = [
  ...LIBRARY,
  syntax(':function[async=true]', 'No `async` inside a run: events, timers and generators.'),
  syntax('AwaitExpression', 'No `await` inside a run: events, timers and generators.'),
  syntax('ForOfStatement[await=true]', 'No `await` inside a run: events, timers and generators.'),
];

const CLOCKS = [
  ...names(['Date', 'performance'], 'No wall clock: time is `now`, in ticks.'),
  ...names(['console'], 'A library does not print: return data.'),
];

const HOST = [
  ...names(['process', 'Buffer', 'require', '__dirname', '__filename'], 'Only lib/cli and lib/experiments know Node.'),
  ...names(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], 'No wall clock: a `Timer`.'),
];

const NODE_IMPORTS = {
  patterns: [
    {
      regex: `^(node:|(${builtinModules.filter(name => !name.startsWith('_')).join('|')})(/|$))`,
      message: 'Only lib/cli and lib/experiments know Node: the rest runs in a browser.',
    },
  ],
};

const NODE_GLOBALS = Object.fromEntries(
  ['Buffer', 'URL', 'console', 'process', 'performance', 'structuredClone', 'setTimeout', 'clearTimeout']
    .concat(['setInterval', 'clearInterval', 'setImmediate', 'require', 'module', 'exports', '__dirname', '__filename'])
    .map(name => [name, 'readonly']),
);

export default tseslint.config(
  { ignores: ['dist/', 'docs/reference/', 'coverage/', '.cache/', 'traces/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: 'error',
      'prefer-const': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Randomness comes from named streams of the master seed.' },
      ],
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: NODE_GLOBALS } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-for-in-array': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': ['error', ...EVERYWHERE],
    },
  },
  {
    // How Jest is told of matchers: it wants its interface as it stands there.
    files: ['examples/policy-matchers.d.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
      '@typescript-eslint/no-unused-vars': 'off',
    },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...CLOCKS, ...HOST],
      'no-restricted-imports': ['error', NODE_IMPORTS],
      'no-restricted-syntax': ['error', ...RUN],
    },
  },
  {
    files: ['lib/experiments/**/*.ts', 'lib/testing/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...LIBRARY] },
  },
  {
    files: ['lib/experiments/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...CLOCKS], 'no-restricted-imports': 'off' },
  },
  {
    files: ['lib/cli/**/*.ts'],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', ...LIBRARY],
    },
  },
);
