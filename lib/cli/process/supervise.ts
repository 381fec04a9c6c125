/**
 * Runs a command in a process of its own and listens for signals meanwhile. Node calls a handler of a signal only between
 * two turns of the event loop, and a simulator that reads, prepares, enumerates or runs is busy within one. The process
 * that listens is never busy: it ends the other one at once, in whatever phase it is, removes what that one left
 * incomplete, and says how far it got (docs/decisions/0008-signals.md).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Account, EVERY_SECONDS, LONG_SECONDS } from './account.js';
import { UsageError } from '../errors.js';
import { STATUS_DESCRIPTOR, STATUS_VARIABLE, StatusReader, statusLine } from './status.js';

/** The signals that stop a command, which then ends with 128 and the number of the signal: 130, 143, 129. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Milliseconds that the other process has to be gone: the system may take long over one that waits for a disk. */
const PATIENCE_MS = 800;

/**
 * Runs the module `work` with the words of a command. The exit code is that of the work, or tells which signal stopped it.
 * Throws a UsageError for a status descriptor that is not open.
 */
export function supervise(work: URL, words: readonly string[]): void {
  const eavesdropper = eavesdropperOf(process.env[STATUS_VARIABLE]);
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(work), ...words], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const account = new Account(['disco-sim', ...words].join(' '));
  const lines = process.stderr.isTTY ? [] : linesOf(account);
  const seconds = secondsSince(performance.now());
  let heard: NodeJS.Signals | null = null;
  let over = false;
  const finish = (code: number | null, how: string | null): void => {
    if (over) return;
    over = true;
    for (const line of lines) clearTimeout(line);
    if (account.partial !== null) rmSync(account.partial, { force: true });
    const signal = heard ?? SIGNALS.find(name => name === how);
    if (code !== null) process.exitCode = code;
    else if (signal !== undefined) say(account.interrupted(seconds()), 128 + constants.signals[signal]);
    else say(account.ended(seconds(), how ?? 'an unknown cause'), 1);
  };
  for (const name of SIGNALS)
    process.on(name, () => {
      heard ??= name;
      child.kill('SIGKILL');
      setTimeout(() => {
        finish(null, null);
        process.exit();
      }, PATIENCE_MS).unref();
    });
  follow(child, account, eavesdropper);
  child.on('error', error => finish(null, error.message));
  child.on('close', finish);
}

/** Takes in what the work tells, and hands it on to a program that asked for it. */
function follow(child: ChildProcess, account: Account, eavesdropper: Socket | null): void {
  const reader = new StatusReader();
  // Absent if the system could not start the process.
  const stream = child.stdio[STATUS_DESCRIPTOR] as Readable | null | undefined;
  stream?.setEncoding('utf8').on('data', (text: string) => {
    for (const status of reader.read(text)) {
      account.heard(status);
      // Who does not read misses some: nothing may keep the process that listens waiting.
      if (eavesdropper?.writableNeedDrain === false) eavesdropper.write(statusLine(status));
    }
  });
}

/** The pipe or socket that the user's program wants to hear on, if it named one. Throws a UsageError. */
function eavesdropperOf(name: string | undefined): Socket | null {
  if (name === undefined) return null;
  try {
    const socket = new Socket({ fd: /^\d+$/.test(name) ? Number(name) : -1, readable: false, writable: true });
    return socket.on('error', () => socket.destroy()).unref();
  } catch {
    throw new UsageError(`${STATUS_VARIABLE} takes the number of an open pipe or socket, not ${JSON.stringify(name)}`);
  }
}

/** Off a terminal: what it does, once it is a long command, and how far it is from then on. */
function linesOf(account: Account): NodeJS.Timeout[] {
  const seconds = secondsSince(performance.now());
  return [
    setTimeout(() => process.stderr.write(`disco-sim: ${account.whatItDoes(seconds())}\n`), 1000 * LONG_SECONDS),
    setInterval(() => process.stderr.write(`disco-sim: ${account.howFar(seconds())}\n`), 1000 * EVERY_SECONDS),
  ];
}

function secondsSince(start: number): () => number {
  return () => (performance.now() - start) / 1000;
}

/** A line on standard error, in place of a line of progress. */
function say(message: string, exitCode: number): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}disco-sim: ${message}\n`);
  process.exitCode = exitCode;
}
