/** Options of a command: parsed, with suggestions for what is misspelt, and numbers checked. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggestion } from '../engine/suggestion.js';
import { UsageError } from './errors.js';

/** The options that a command knows, as `parseArgs` takes them. */
export type KnownOptions = NonNullable<ParseArgsConfig['options']>;

/** What a command line says. */
export type ParsedOptions<Known extends KnownOptions> = ReturnType<
  typeof parseArgs<{ options: Known; allowPositionals: true }>
>;

/**
 * Parses what follows a command. Throws a UsageError for an option that it does not have, with a suggestion, and for one
 * without the value that it takes.
 */
export function parseOptions<Known extends KnownOptions>(words: readonly string[], known: Known): ParsedOptions<Known> {
  const end = words.indexOf('--');
  checkWords(end < 0 ? words : words.slice(0, end), known);
  try {
    return parseArgs({ args: [...words], options: known, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What `parseArgs` would refuse in words of its own. */
function checkWords(words: readonly string[], known: KnownOptions): void {
  const names = Object.keys(known).map(name => `--${name}`);
  const shorts = Object.values(known).flatMap(({ short }) => (short === undefined ? [] : [`-${short}`]));
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const name = /^--[^=]+|^-.+/.exec(word)?.[0];
    if (name === undefined || shorts.includes(name)) continue;
    if (!names.includes(name)) throw new UsageError(unknown('option', name, names));
    const attached = word.length > name.length;
    const option = known[name.slice(2)];
    if (option.type === 'boolean' && attached) throw new UsageError(`${name} takes no value, but was given ${word}`);
    if (option.type === 'boolean' || attached) continue;
    const value = words[++i];
    if (value === undefined) throw new UsageError(`${name} takes a value, but is the last word`);
    if (/^-./.test(value))
      throw new UsageError(`${name} takes a value, but ${value} follows; if that is meant, write ${name}=${value}`);
  }
}

/** `there is no policy frist-touch; did you mean first-touch?` and what there is. */
export function unknown(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} ${name || '""'}${suggestion(name, known) || ';'} there are ${known.join(', ')}`;
}

/** Names separated by commas, each once. Throws a UsageError for one that is not known. */
export function namesOf<Name extends string>(what: string, list: string, known: readonly Name[]): Name[] {
  const result = list.split(',').map(name => {
    const found = known.find(one => one === name.trim());
    if (found === undefined) throw new UsageError(unknown(what, name.trim(), known));
    return found;
  });
  return [...new Set(result)];
}

/** A whole number in a range. Throws a UsageError. */
export function wholeNumber(what: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`${what} takes a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  return value;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, kb: 2 ** 10, mb: 2 ** 20, gb: 2 ** 30, tb: 2 ** 40 };

/** A number of bytes from 1 up, as 2GB, 1.5 MB, 4096. KB is 1024 bytes. Throws a UsageError. */
export function byteCount(what: string, text: string): number {
  const [, number, unit] = /^(\d+\.?\d*|\.\d+)\s*([kmgt]?b?)$/i.exec(text) ?? [];
  const scale = unit === undefined ? undefined : UNITS[/^b?$/i.test(unit) ? '' : `${unit[0].toLowerCase()}b`];
  const bytes = Math.floor(Number(number) * (scale ?? NaN));
  if (!Number.isSafeInteger(bytes) || bytes < 1)
    throw new UsageError(`${what} takes a size as 500MB, 4GB or a number of bytes, not ${JSON.stringify(text)}`);
  return bytes;
}

/** A number above 0 and up to 1. Throws a UsageError. */
export function fraction(what: string, text: string): number {
  const value = Number(text);
  if (!/^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || !(value > 0 && value <= 1))
    throw new UsageError(`${what} takes a number above 0 and up to 1, not ${JSON.stringify(text)}`);
  return value;
}
