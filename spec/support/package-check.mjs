/** What the tarball must and must not contain, from one entry of `npm pack --dry-run --json`. */

const MEGABYTE = 1024 * 1024;
const MOST_BYTES = 16 * MEGABYTE;

const REQUIRED = [
  'package.json',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/testing/index.js',
  'dist/experiments/index.js',
  'dist/cli/main.js',
  'traces/FORMAT.md',
];

const ALLOWED = [/^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/, /^dist\/.*\.(js|d\.ts)$/, /^traces\//];

/** Sentences, one for each fault. */
export function checkPackage({ files, size }) {
  const paths = files.map(({ path }) => path);
  const faults = REQUIRED.filter(path => !paths.includes(path)).map(path => `the package lacks ${path}`);
  if (!paths.some(path => path.endsWith('.ntr.gz'))) faults.push('the package lacks traces');
  for (const path of paths) {
    if (!ALLOWED.some(pattern => pattern.test(path))) faults.push(`the package must not contain ${path}`);
  }
  if (size > MOST_BYTES) faults.push(`the package has ${(size / MEGABYTE).toFixed(1)} MB, more than 16`);
  return faults;
}
