/**
 * The lines of a Lackey log that are no references. Each begins, possibly after `>` for a Valgrind in a Valgrind, with
 *
 * - `==pid== `, `--pid-- `, `**pid** `: messages to the user, of -v and -d, and of the program (VALGRIND_PRINTF); with
 *   --time-stamp a time stands before the pid, with -d a colon may stand after it;
 * - `SB address`: a superblock is entered (--trace-superblocks);
 * - `SYSCALL[pid,thread](number) `, ` --> `: a system call and what came of it (--trace-syscalls);
 * - `valgrind: `: Valgrind itself gives up;
 *
 * or is blank. A message of the program need not end its line. Then the next reference stands behind it, and the next message
 * has no beginning of its own. After the exit code Valgrind may print tables (--profile-flags). After the output of Valgrind 3.19.
 */
import type { TextCursor } from './text-cursor.js';

/** Kinds of lines. `Other` is nothing that Valgrind begins a line with. */
export const LackeyLine = { Record: 0, Message: 1, Superblock: 2, SystemCall: 3, Blank: 4, Other: 5 } as const;
/** One of `LackeyLine`. */
export type LackeyLine = (typeof LackeyLine)[keyof typeof LackeyLine];

const Code = { I: 73, L: 76, S: 83, M: 77, Blank: 32 } as const;
/** Bytes of a line that are looked at, at its beginning and at its end. */
const headBytes = 256;
const tailBytes = 48;
const prefixes: readonly number[] = [61, 45, 42]; // = - *
const messageHead = /^>*(==|--|\*\*)(?:[\d:.]+ )?(\d+)(?:\1 ?|:)/;
const failure = 'valgrind: ';
const banner = /== Lackey, an example Valgrind tool/;
const systemCall = /^SYSCALL\[(\d+),(\d+)\]|^ --> /;
const exitCode = /== Exit code: /;
const instructions = /== {3}guest instrs: +([\d,]+)/;
const scheduled = /^>*--.*-- +SCHED\[(\d+)\]/;
const superblock = /^SB [0-9a-f]{8,16}[ \t\r]*$/;
/** What Lackey may have printed behind the text of a message. Its addresses have eight digits at least. */
const recordBehind = /(?:I {2}| [LSM] )[0-9a-f]{8,16},\d+[ \t\r]*$/;
const superblockBehind = /SB [0-9a-f]{8,16}[ \t\r]*$/;
/** Most threads that are told apart for a remark. */
const mostThreads = 1000;

/** What the line at the cursor is. */
export function lineKind(text: TextCursor): LackeyLine {
  const first = text.peek();
  const second = text.peek(1);
  if (first === Code.I && second === Code.Blank && text.peek(2) === Code.Blank) return LackeyLine.Record;
  const data = second === Code.L || second === Code.S || second === Code.M;
  if (first === Code.Blank && data && text.peek(2) === Code.Blank) return LackeyLine.Record;
  if (prefixes.includes(first) && second === first) return LackeyLine.Message;
  const line = text.head(headBytes);
  if (superblock.test(line)) return LackeyLine.Superblock;
  if (systemCall.test(line)) return LackeyLine.SystemCall;
  if (line.startsWith(failure) || messageHead.test(line)) return LackeyLine.Message;
  return line.length < headBytes && line.trim() === '' ? LackeyLine.Blank : LackeyLine.Other;
}

/** What the messages of a log say, and whether the last of them ended its line. */
export class LackeyMessages {
  private readonly text: TextCursor;
  private process = '';
  private banners = 0;
  private readonly threads = new Set<string>();
  private continued = 0;
  private exited = false;
  /** Instructions that Lackey has counted itself, or -1. */
  private counted = -1;
  /** Whether a message did not end its line, so that the next one has no beginning. */
  private open = false;

  constructor(text: TextCursor) {
    this.text = text;
  }

  /**
   * Takes a line that is no record and goes to the next line, or to the record that stands behind the text of the line, for
   * which it returns true. Throws a TraceError for a line that is not Valgrind's, and for one of another process.
   */
  take(kind: LackeyLine): boolean {
    const { text } = this;
    const line = text.head(headBytes);
    const [, , pid = ''] = messageHead.exec(line) ?? [];
    if (kind === LackeyLine.SystemCall) this.systemCall(line);
    else if (kind === LackeyLine.Message) this.message(line, pid);
    else if (kind === LackeyLine.Other && !this.open && !this.exited)
      text.fail(
        'expected "I  address,size" or " L", " S", " M", or a line that Valgrind begins ' +
          '(a program that prints? use valgrind --log-file; dumps like those of --trace-symtab cannot be read)',
      );
    if (kind === LackeyLine.Blank || kind === LackeyLine.Other) this.open = false;
    const clientText = kind === LackeyLine.Other || line.startsWith('**');
    if (clientText && this.unfinished(messageHead.exec(line)?.[0].length ?? 0)) return true;
    text.nextLine();
    return false;
  }

  /** What a reader of a report must know. `read` is the number of instructions that were read. */
  remarks(read: number): string[] {
    const remarks: string[] = [];
    if (this.counted >= 0 && this.counted !== read)
      remarks.push(`Lackey counted ${this.counted} instructions, but the log has ${read}: a part of it is missing.`);
    if (this.threads.size > 1)
      remarks.push(
        `The log names ${this.threads.size} threads (system calls, scheduler), but not whose each reference is; they are not told apart.`,
      );
    if (this.continued > 0)
      remarks.push(`${this.continued} messages of the program do not end their line; what stands behind them is read.`);
    return remarks;
  }

  private message(line: string, pid: string): void {
    if (pid !== '') this.ofProcess(pid);
    if (banner.test(line) && ++this.banners > 1)
      this.text.fail(
        'a second program begins (exec, or logs put together): its addresses are others; give each program a log of its own',
      );
    if (exitCode.test(line)) this.exited = true;
    const [, counted] = instructions.exec(line) ?? [];
    if (counted !== undefined) this.counted = Number(counted.replaceAll(',', ''));
    const [, thread] = scheduled.exec(line) ?? [];
    if (thread !== undefined) this.ofThread(thread);
  }

  private systemCall(line: string): void {
    const [, pid, thread] = systemCall.exec(line) ?? [];
    if (pid === undefined || thread === undefined) return;
    this.ofProcess(pid);
    this.ofThread(thread);
  }

  private ofProcess(pid: string): void {
    if (this.process === '') this.process = pid;
    else if (this.process !== pid)
      this.text.fail(
        `process ${pid} writes into the log of process ${this.process}, and references do not say whose they are; ` +
          'trace one process, or give each a log of its own (valgrind --log-file=NAME.%p)',
      );
  }

  private ofThread(thread: string): void {
    if (this.threads.size < mostThreads) this.threads.add(thread);
  }

  /**
   * Whether the message at the cursor did not end its line, as what follows shows. Then the cursor goes to the record behind
   * it, or over the line if a superblock is there. `headLength` is the length of what Valgrind wrote before the text.
   */
  private unfinished(headLength: number): boolean {
    const { text } = this;
    const length = text.lineBytes();
    const from = Math.max(0, length - tailBytes);
    const tail = text.tail(from, length);
    const record = recordBehind.exec(tail);
    const found = record ?? superblockBehind.exec(tail);
    // A message without a text is not printed, so that a record alone is the text.
    if (found === null || from + found.index <= headLength || !this.nextHasNoBeginning()) return false;
    this.open = true;
    this.continued++;
    if (record === null) return false;
    text.skip(from + found.index);
    return true;
  }

  /** Whether the next line that is not printed by the traces has no beginning, or does not exist. */
  private nextHasNoBeginning(): boolean {
    const ahead = this.text.copy();
    for (ahead.nextLine(); !ahead.ended; ahead.nextLine()) {
      const kind = lineKind(ahead);
      if (kind === LackeyLine.Message) return false;
      if (kind === LackeyLine.Blank || kind === LackeyLine.Other) return true;
    }
    return true;
  }
}
