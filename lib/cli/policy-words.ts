/** Policies on the command line: names, and modules of the user. */
import { existsSync } from 'node:fs';
import { namedPolicy, policyNames, type PolicyMaker } from '../experiments/policies.js';
import { policyMaker, type PolicyModule } from '../experiments/policy-module.js';
import type { Json } from '../experiments/sweeps/store/json.js';
import { UsageError } from './errors.js';
import { unknown } from './options.js';

/** Reads `threshold=64`: values are JSON, and text where they are not. Throws a UsageError. */
export function policyOptions(words: readonly string[]): (readonly [string, Json])[] {
  return words.map(word => {
    const at = word.indexOf('=');
    if (at < 1) throw new UsageError(`--policy-option ${word}: give NAME=VALUE, such as trigger=64`);
    return [word.slice(0, at), valueOf(word.slice(at + 1))];
  });
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** A policy's name, or a module that exists if the word has a slash or ends like one. Throws a UsageError. */
export function policyWord(word: string): string | PolicyModule {
  if (policyNames.includes(word)) return word;
  if (!/[\\/]|\.[cm]?[jt]s$/.test(word)) throw new UsageError(unknown('policy', word, policyNames));
  if (!existsSync(word)) throw new UsageError(`cannot load the policy ${word}: there is no such file`);
  return { module: word };
}

/** What makes the policy of a word, with options. Throws a UsageError if there is none, and for options that it refuses. */
export async function policyFrom(word: string, optionWords: readonly string[] = []): Promise<PolicyMaker> {
  const chosen = policyWord(word);
  const options = Object.fromEntries(policyOptions(optionWords));
  try {
    if (typeof chosen !== 'string') return await policyMaker(chosen, '.', options);
    namedPolicy(chosen, options);
    return () => namedPolicy(chosen, options);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Names of all policies for a help text, in lines behind an indentation. */
export function policyHelp(indent: number): string {
  const lines = [''];
  for (const name of [...policyNames, './FILE.js']) {
    const last = lines.at(-1)!;
    if (last.length + name.length > 128 - indent) lines.push(`${name}, `);
    else lines[lines.length - 1] = `${last}${name}, `;
  }
  return lines
    .map(line => line.trimEnd())
    .join(`\n${' '.repeat(indent)}`)
    .replace(/,$/, '');
}
