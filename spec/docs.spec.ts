/**
 * What the documents promise about the repository: links lead somewhere, quoted examples are the examples, and the
 * protocol tables are those that the simulator runs.
 * `UPDATE_DOCS=1 npx jest spec/docs.spec.ts` records what the programs of the tutorial print; then read the difference.
 */
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import {
  CACHE_EVENT_MEANINGS,
  CACHE_STATE_MEANINGS,
  HOME_EVENT_MEANINGS,
  HOME_STATE_MEANINGS,
} from '../lib/coherence/meanings.js';
import { meaningsMarkdown, stateDiagram, tableMarkdown, type AnyTable } from '../lib/coherence/print.js';
import { PROTOCOLS } from '../lib/coherence/protocols/protocols.js';

const ROOT = join(__dirname, '..');
const recording = Boolean(process.env['UPDATE_DOCS']);
/** Made by typedoc. */
const REFERENCE = join(ROOT, 'docs', 'reference');

const documents = [ROOT, join(ROOT, 'docs'), join(ROOT, 'docs', 'decisions'), join(ROOT, 'traces')].flatMap(folder =>
  readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name)),
);

/** Text of a document. */
function text(path: string): string {
  return readFileSync(path, 'utf8');
}

/** The same without fenced code. */
function prose(path: string): string {
  return text(path).replace(/^```[\s\S]*?^```$/gm, '');
}

/** The anchors of a document, as forges make them from headings. */
function anchors(path: string): string[] {
  const headings = [...prose(path).matchAll(/^#+ (.+)$/gm)];
  return headings.map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** What is wrong with the relative links of a document. */
function brokenLinks(path: string): string[] {
  const targets = [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  return targets.filter(target => {
    if (/^[a-z]+:/.test(target)) return false;
    const [file, anchor] = target.split('#');
    const to = file === '' ? path : resolve(dirname(path), file);
    if (!existsSync(to)) return true;
    return anchor !== undefined && (statSync(to).isDirectory() || !anchors(to).includes(anchor));
  });
}

/** Code blocks that stand right behind a line that ends with a link to a file of examples/ and a colon. */
function quotations(path: string): { readonly file: string; readonly code: string }[] {
  const found = text(path).matchAll(/\]\(([^)\s]*examples\/[^)\s]+)\):\n\n```\w*\n([\s\S]*?)^```$/gm);
  return [...found].map(([, file, code]) => ({ file: resolve(dirname(path), file), code }));
}

/** Programs with what stands below as their output, and the heading above. */
function programs(path: string): { readonly heading: string; readonly code: string; readonly output: string }[] {
  const sections = text(path).split(/^## /m);
  return sections.flatMap(section => {
    const found = [...section.matchAll(/^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm)];
    return found.map(([, code, output]) => ({ heading: section.split('\n')[0], code, output }));
  });
}

/** What a program prints. It imports the library by name, which Jest maps to the sources. */
function printed(code: string): string {
  const lines: string[] = [];
  const options = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS };
  const { outputText } = ts.transpileModule(code, { compilerOptions: options });
  const run = new Function('require', 'exports', 'console', outputText);
  run(require, {}, { log: (...parts: unknown[]) => lines.push(`${parts.join(' ')}\n`) });
  return lines.join('');
}

/** What stands below a heading of the third level, up to the next heading. */
function section(path: string, heading: string): string {
  return text(path).split(`\n### ${heading}\n\n`)[1]?.split(/\n#/)[0] ?? '';
}

/** Files and folders of the repository that a document names and that do not exist. The history may name what is gone. */
function missingFiles(path: string): string[] {
  if (path === join(ROOT, 'CHANGELOG.md')) return [];
  const named = [...text(path).matchAll(/`((?:lib|spec|examples)\/[\w./-]+)`/g)].map(([, name]) => name);
  return named.filter(name => ['', '.ts', '.mjs', '.spec.ts'].every(ending => !existsSync(join(ROOT, name + ending))));
}

describe.each(documents.map(path => [relative(ROOT, path), path]))('%s', (_, path) => {
  it('has no broken links', () => {
    expect(brokenLinks(path)).toEqual([]);
  });

  it('names files that exist', () => {
    expect(missingFiles(path)).toEqual([]);
  });

  it('quotes examples as they are', () => {
    for (const { file, code } of quotations(path)) expect(readFileSync(file, 'utf8')).toContain(code);
  });

  it('links to nothing that is generated', () => {
    expect(
      [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].filter(([, to]) =>
        resolve(dirname(path), to).startsWith(REFERENCE),
      ),
    ).toEqual([]);
  });
});

describe('docs/tutorial.md', () => {
  const page = join(ROOT, 'docs', 'tutorial.md');

  it.each(programs(page))('prints what it says: $heading', ({ code, output }) => {
    const found = printed(code);
    const behind = (lines: string): string => `${code}\`\`\`\n\n\`\`\`text\n${lines}`;
    if (recording)
      writeFileSync(
        page,
        text(page).replace(behind(output), () => behind(found)),
      );
    else expect(found).toBe(output);
  });
});

describe('docs/coherence.md', () => {
  const page = join(ROOT, 'docs', 'coherence.md');

  it.each([
    ['States at caches', 'state', CACHE_STATE_MEANINGS],
    ['States at homes', 'state', HOME_STATE_MEANINGS],
    ['Events at caches', 'event', CACHE_EVENT_MEANINGS],
    ['Events at homes', 'event', HOME_EVENT_MEANINGS],
  ])('says what states and events mean: %s', (heading, what, meanings) => {
    const found = section(page, heading);
    const current = `${meaningsMarkdown(what, meanings)}\n`;
    if (recording)
      writeFileSync(page, text(page).replace(`\n### ${heading}\n\n${found}`, () => `\n### ${heading}\n\n${current}`)); // prettier-ignore
    else expect(found).toBe(current);
  });

  it.each(
    Object.values(PROTOCOLS).flatMap(({ name, cache, home }) => [
      [`${name} at caches`, cache],
      [`${name} at homes`, home],
    ]) as [string, AnyTable][],
  )('prints the table and its diagram: %s', (heading, table) => {
    const found = section(page, heading);
    const current = `${tableMarkdown(table)}\n\n\`\`\`mermaid\n${stateDiagram(table)}\n\`\`\`\n`;
    if (recording)
      writeFileSync(page, text(page).replace(`\n### ${heading}\n\n${found}`, () => `\n### ${heading}\n\n${current}`)); // prettier-ignore
    else expect(found).toBe(current);
  });
});
