/** Finds all faults of a specification: of its fields one by one, then of fields that do not fit each other. */
import { shown } from '../../engine/checks.js';
import type { z } from 'zod';
import { DIRECTORY_FORMATS } from '../../coherence/directory-format.js';
import { CHECKS, type Path } from './checks.js';
import { DEVICE_KINDS } from './device-schema.js';
import { schema, TOPOLOGY_KINDS } from './schema.js';
import type { MachineSpecification } from './specification.js';
import type { Fault } from './specification-error.js';
import { suggestion } from '../../engine/suggestion.js';

type Issue = z.core.$ZodIssue;

/** All faults of what should be a specification; none if it is one. Never throws on plain data. */
export function findFaults(specification: unknown): Fault[] {
  const issues = (schema.safeParse(specification, { reportInput: true }).error?.issues ?? []).flatMap(unfold);
  const faults = issues.flatMap(faultsOf);
  if (issues.some(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys')) return faults;
  // A group with a fault of its own is not compared with others.
  const broken = new Set(issues.map(({ path }) => path[0]));
  const report = (path: Path, message: string): void => {
    faults.push({ path: pathText(path), message });
  };
  for (const { reads, check } of CHECKS)
    if (!reads.some(group => broken.has(group))) check(specification as MachineSpecification, report, broken);
  return faults;
}

/** Of a choice between shapes, the issues of the shape that was meant. */
function unfold(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const near = issue.errors.filter(
    branch => !branch.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
  );
  if (near.length === 0) return [issue];
  const meant = near.reduce((best, branch) => (weight(branch) < weight(best) ? branch : best));
  return meant.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(unfold);
}

/** How far off a shape is. */
function weight(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

function faultsOf(issue: Issue): Fault[] {
  const path = pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const lines = issue.message.split('\n');
      return issue.keys.map((key, i) => ({ path: pathText([...issue.path, key]), message: lines[i] }));
    }
    case 'invalid_union':
      return [{ path, message: unionMessage(issue) }];
    case 'invalid_type':
      if (issue.input === undefined) return [{ path, message: `is missing: ${withArticle(issue.expected)}` }];
      return [{ path, message: withValue(issue) }];
    default:
      return [{ path, message: withValue(issue) }];
  }
}

/** What is wrong with a value, and the value, unless the message is one of ours, which says it. */
function withValue({ message, input }: Issue): string {
  const text = lowerFirst(message);
  return /^(too|invalid) /.test(text) ? `${text}; given ${shown(input)}` : text;
}

/** Names by the group and the key that tell forms apart. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['network.kind', TOPOLOGY_KINDS],
  ['directory.format', DIRECTORY_FORMATS],
  ['devices.kind', DEVICE_KINDS],
]);

function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const key = issue.path.at(-1);
  const names = NAMES.get(`${String(issue.path[0])}.${String(key)}`);
  if (names === undefined) return 'is none of the forms that are allowed here';
  const { input } = issue;
  const given = typeof input === 'object' && input !== null ? (input as Record<PropertyKey, unknown>)[key!] : input;
  const hint = typeof given === 'string' ? suggestion(given, names) : '';
  return `is none of ${names.join(', ')}${hint}`;
}

function withArticle(type: string): string {
  return `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A path of keys and indices as people write it. */
function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^\w+$/.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}
