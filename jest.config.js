/**
 * Specs run from the sources, compiled to CommonJS, so Jest needs no experimental flag. Types are another stage's job.
 * What only the published package can show (examples, packing) is run on `dist` by the gate.
 */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/spec/**/*.spec.ts', '<rootDir>/examples/**/*.spec.ts'],
  setupFiles: ['<rootDir>/spec/support/property-seed.ts'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^disco-sim$': '<rootDir>/lib/index.ts',
    '^disco-sim/(testing|experiments)$': '<rootDir>/lib/$1/index.ts',
  },
  transform: {
    '^.+\\.ts$': [
      'ts-jest',
      {
        tsconfig: {
          target: 'es2023',
          module: 'commonjs',
          moduleResolution: 'bundler',
          esModuleInterop: true,
          isolatedModules: true,
          useDefineForClassFields: false,
          sourceMap: true,
        },
        diagnostics: false,
        astTransformers: { before: ['<rootDir>/spec/support/import-meta.cjs'] },
      },
    ],
  },
  testTimeout: 60_000,
  maxWorkers: 2,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
