/**
 * The synchronisation marks of one stream of a user-level NTR1 trace, with the objects they concern.
 * A lock or semaphore is known by the address of a load-linked instruction that the thread library executes between
 * the opening and the closing mark; so the opening mark gets its object when the region has ended.
 */
import { ReferenceKind } from '../processor/references.js';
import type { StreamRecording } from './recording.js';
import type { TraceMark } from './trace.js';

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

interface Wait {
  readonly marks: number[];
  readonly candidates: readonly number[];
}

/** Collects the marks of one stream. */
export class SynchronisationMarks {
  /** In recorded order. Waits have their semaphore after `resolveWaits`. */
  readonly marks: TraceMark[] = [];
  /** Addresses that posts of this stream raised. */
  readonly posted = new Set<number>();
  /** Whether load-linked addresses are wanted. */
  open = false;
  /** Regions that held no load-linked instruction, or released a lock that the stream does not hold. */
  guessed = 0;
  private code = 0;
  private opening = 0;
  private linked: number[] = [];
  private readonly held: number[] = [];
  private readonly waits: Wait[] = [];
  private readonly recording: StreamRecording;

  constructor(recording: StreamRecording) {
    this.recording = recording;
  }

  /** A load-linked instruction of the open region. */
  loadLinked(address: number): void {
    this.linked.push(address);
  }

  /** The mark with this code happens now. */
  mark(code: number): void {
    const at = this.recording.length;
    if (code === Code.BarrierEnter) this.marks.push({ kind: 'barrier-enter', at });
    else if (code === Code.BarrierLeave) this.marks.push({ kind: 'barrier-leave', at });
    else if (code < Code.LockRequest || code > Code.Waited) this.marks.push({ kind: 'note', at, note: code });
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
      for (const index of wait.marks) this.marks[index] = { ...this.marks[index], semaphore } as TraceMark;
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
    const candidates = this.linked.length > 0 ? this.linked : this.dataAddresses();
    this.open = false;
    if (this.linked.length === 0) this.guessed++;
    if (this.code === Code.Wait) {
      this.waits.push({ marks, candidates });
      return;
    }
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

  private codeAt(index: number, closing: number): number {
    return index === closing ? this.code + 1 : this.code;
  }

  private put(code: number, object: number, index = this.marks.length): void {
    const at = this.marks[index]?.at ?? this.recording.length;
    this.marks[index] =
      code <= Code.LockReleased
        ? { kind: lockKinds[code - Code.LockRequest], at, lock: object }
        : { kind: semaphoreKinds[code - Code.PostBegin], at, semaphore: object };
  }

  /** Word addresses of the loads and stores of the region. */
  private dataAddresses(): number[] {
    const found: number[] = [];
    const start = this.opening < 0 ? this.recording.length : this.marks[this.opening].at;
    for (let i = start; i < this.recording.length; i++) {
      const word = this.recording.words[i];
      if ((word & 3) !== ReferenceKind.Fetch) found.push((word & ~3) >>> 0);
    }
    return found;
  }
}
