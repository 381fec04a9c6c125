/**
 * The synchronisation marks of one stream of a user-level NTR1 trace, with the objects they concern.
 * A lock or semaphore is known by the address of a load-linked instruction that the thread library executes between
 * the opening and the closing mark; so the opening mark gets its object when the region has ended.
 */
import { ReferenceKind } from '../../processor/references.js';
import type { MarkList } from '../mark-list.js';
import type { StreamRecording } from '../recording.js';
import type { TraceMark } from '../trace.js';

const lockKinds = ['lock-request', 'lock-acquired', 'lock-release', 'lock-released'] as const;
const semaphoreKinds = ['post-begin', 'post', 'wait', 'waited'] as const;
const Code = {
  BarrierEnter: 16,
  BarrierLeave: 17,
  LockRequest: 18,
  LockRelease: 20,
  LockReleased: 21,
  PostBegin: 22,
  Wait: 24,
  Waited: 25,
} as const;

/** What an address takes in a list that grows. */
const ADDRESS_BYTES = 16;

interface Wait {
  readonly marks: number[];
  readonly candidates: readonly number[];
}

/** Collects the marks of one stream. */
export class SynchronisationMarks {
  /** In recorded order. Waits have their semaphore after `resolveWaits`. */
  readonly marks: readonly TraceMark[];
  /** Addresses that posts of this stream raised. */
  readonly posted = new Set<number>();
  /** Whether load-linked addresses are wanted. */
  open = false;
  /** Regions that held no load-linked instruction, or released a lock that the stream does not hold. */
  guessed = 0;
  private code = 0;
  private opening = 0;
  private linked: number[] = [];
  /** What the addresses of the open region take. Those of waits are kept. */
  private addressBytes = 0;
  private readonly held: number[] = [];
  private readonly waits: Wait[] = [];
  private readonly recording: StreamRecording;
  private readonly list: MarkList;

  constructor(recording: StreamRecording, list: MarkList) {
    this.recording = recording;
    this.list = list;
    this.marks = list.marks;
  }

  /** A load-linked instruction of the open region. */
  loadLinked(address: number): void {
    this.holdAddress();
    this.linked.push(address);
  }

  /** The mark with this code happens now. */
  mark(code: number): void {
    const at = this.recording.length;
    if (code === Code.BarrierEnter) this.list.push({ kind: 'barrier-enter', at });
    else if (code === Code.BarrierLeave) this.list.push({ kind: 'barrier-leave', at });
    else if (code < Code.LockRequest || code > Code.Waited) this.list.push({ kind: 'note', at, note: code });
    else if (code % 2 === 0) this.enter(code);
    else this.leave(code);
  }

  /** The stream ends: a region that is still open is closed with what it has. */
  finish(): void {
    if (this.open) this.closeRegion(-1);
  }

  /** Gives each wait the semaphore that somebody posts, or the first that it looked at. */
  resolveWaits(posted: ReadonlySet<number>): void {
    for (const wait of this.waits) {
      const semaphore = wait.candidates.find(address => posted.has(address)) ?? wait.candidates[0] ?? 0;
      for (const index of wait.marks) this.list.marks[index] = { ...this.marks[index], semaphore } as TraceMark;
    }
  }

  private enter(code: number): void {
    this.finish();
    this.open = true;
    this.code = code;
    this.linked = [];
    this.opening = this.marks.length;
    this.put(code, 0);
  }

  /** A closing mark without its opening one gets a region of no length. */
  private leave(code: number): void {
    if (this.open && this.code !== code - 1) this.finish();
    if (!this.open) {
      this.open = true;
      this.code = code - 1;
      this.linked = [];
      this.opening = -1;
    }
    const closing = this.marks.length;
    this.put(code, 0);
    this.closeRegion(closing);
  }

  private closeRegion(closing: number): void {
    const marks = [this.opening, closing].filter(index => index >= 0);
    const candidates =
      this.linked.length > 0 ? this.linked : this.dataAddresses(this.code === Code.Wait ? Infinity : 1);
    this.open = false;
    if (this.linked.length === 0) this.guessed++;
    if (this.code === Code.Wait) {
      this.waits.push({ marks, candidates });
      this.addressBytes = 0;
      return;
    }
    this.list.release(this.addressBytes);
    this.addressBytes = 0;
    const first = candidates[0] ?? 0;
    const object = this.code === Code.LockRelease ? this.released(first) : first;
    if (this.code === Code.LockRequest) this.held.push(object);
    if (this.code === Code.PostBegin) this.posted.add(object);
    for (const index of marks) this.put(this.codeAt(index, closing), object, index);
  }

  /** The lock that a release is about: the one that was seen if the stream holds it, else the innermost held. */
  private released(seen: number): number {
    let index = this.held.lastIndexOf(seen);
    if (index < 0 && this.held.length > 0) {
      if (this.linked.length > 0) this.guessed++;
      index = this.held.length - 1;
    }
    return index < 0 ? seen : this.held.splice(index, 1)[0];
  }

  private holdAddress(): void {
    this.list.hold(ADDRESS_BYTES);
    this.addressBytes += ADDRESS_BYTES;
  }

  private codeAt(index: number, closing: number): number {
    return index === closing ? this.code + 1 : this.code;
  }

  private put(code: number, object: number, index = this.marks.length): void {
    const at = this.marks[index]?.at ?? this.recording.length;
    const mark: TraceMark =
      code <= Code.LockReleased
        ? { kind: lockKinds[code - Code.LockRequest], at, lock: object }
        : { kind: semaphoreKinds[code - Code.PostBegin], at, semaphore: object };
    if (index === this.marks.length) this.list.push(mark);
    else this.list.marks[index] = mark;
  }

  /** Word addresses of the loads and stores of the region, up to a limit. */
  private dataAddresses(most: number): number[] {
    const found: number[] = [];
    const start = this.opening < 0 ? this.recording.length : this.marks[this.opening].at;
    for (let i = start; i < this.recording.length && found.length < most; i++) {
      const word = this.recording.words[i];
      if ((word & 3) === ReferenceKind.Fetch) continue;
      this.holdAddress();
      found.push((word & ~3) >>> 0);
    }
    return found;
  }
}
