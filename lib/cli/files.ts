/** Files that are written: a report appears whole or not at all. */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { UsageError } from './errors.js';
import { reason } from './input/input-bytes.js';
import { progress } from './process/progress.js';

/**
 * Writes a file by way of a temporary one beside it, so that half of it is never seen. Symbolic links are followed and stay,
 * also those that lead to a file that does not exist yet.
 */
export function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    const target = targetOf(path);
    const temporary = `${target}.${process.pid}.part`;
    progress.partial(temporary);
    try {
      // The file of another process is not taken for the temporary one.
      writeFileSync(temporary, content, { flag: 'wx' });
      renameSync(temporary, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' && existsSync(temporary)) rmSync(temporary);
      throw error;
    } finally {
      progress.partial(null);
    }
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${reason(error)}`);
  }
}

/** Writes files into a folder, which is created if it is not there. Throws a UsageError that names what cannot be written. */
export function writeFolder(folder: string, files: ReadonlyMap<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot create the folder ${folder}: ${reason(error)}`);
  }
  for (const [name, content] of files) writeWhole(join(folder, name), content);
}

/** Throws a UsageError now if a file could not be written later, or would replace one of the inputs. */
export function checkWritable(path: string, inputs: readonly string[] = []): void {
  try {
    const target = targetOf(path);
    accessSync(dirname(target), constants.W_OK);
    checkReplaceable(target);
    if (inputs.some(input => realpath(input) === target)) throw new Error('it is a trace that is to be read');
  } catch (error) {
    throw new UsageError(`cannot write ${path || '""'}: ${reason(error)}`);
  }
}

/** What is there already may be replaced: a file that may be written. Devices and pipes would be gone, and nothing written to them. */
function checkReplaceable(target: string): void {
  const present = statSync(target, { throwIfNoEntry: false });
  if (present === undefined) return;
  if (present.isDirectory()) throw new Error('it is a folder');
  if (!present.isFile()) throw new Error('it is a device or a pipe, not a file');
  // The mode too: access is granted to a superuser, who did not mean a file that nobody may write either.
  if ((present.mode & 0o222) === 0) throw new Error('it is read-only');
  accessSync(target, constants.W_OK);
}

/** The most symbolic links that are followed, as in Linux. */
const MOST_LINKS = 40;

/** Where a file of this name is or would be created: the end of all symbolic links, in a folder that exists. Throws an Error. */
function targetOf(path: string): string {
  let target = path;
  for (let links = 0; links <= MOST_LINKS; links++) {
    if (/(^|[/\\])$/.test(target))
      throw new Error(links === 0 ? 'it names no file' : `it leads to ${target}, a folder`);
    const folder = folderOf(target, links);
    const link = join(folder, basename(target));
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return link;
    const text = readlinkSync(link);
    // Not made shorter: `..` behind a link to a folder is the folder above the one that it leads to.
    target = isAbsolute(text) ? text : `${folder}/${text}`;
  }
  throw new Error(
    `it leads through more than ${MOST_LINKS} symbolic links, or in a circle; remove the link or give another path`,
  );
}

/** The folder of a file, without symbolic links. */
function folderOf(target: string, links: number): string {
  const name = dirname(target);
  try {
    const folder = realpathSync.native(name);
    if (statSync(folder).isDirectory()) return folder;
  } catch (error) {
    if (links === 0 || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `it leads to ${target}, whose folder does not exist; create the folder ${name} or give another path`,
      { cause: error },
    );
  }
  throw new Error(`${name} is not a folder`);
}

/** An input without symbolic links; one that does not exist is taken as it is. */
function realpath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
