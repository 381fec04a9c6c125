/**
 * Who waits for room in a directory that has not room for all: requests for lines that have no entry in a sparse one, or
 * for one more sharer when the pool of list cells is used up. Room is made by calling lines back; waiting requests are
 * served in order of arrival, so everybody's turn comes.
 */
import type { Line } from '../messages/addresses.js';
import { Kind, type CoherenceMessage } from '../messages/coherence-messages.js';
import type { PointerLists } from '../coherence/sharers/pointer-lists.js';
import type { Directory } from './directory.js';

/** What it works on. */
export interface RoomOptions {
  readonly directory: Directory;
  /** The lists that a pool gives cells to, or null. */
  readonly lists: PointerLists | null;
  readonly stats: { recalls: number; waits: number };
  /** Serves a request that has room now. */
  readonly serve: (message: CoherenceMessage) => void;
  /** Whether the line of an entry can be called back. */
  readonly recallable: (entry: number) => boolean;
  /** Calls the line of an entry back; its sharers are forgotten at once. True if nobody had it. */
  readonly recall: (entry: number) => boolean;
}

/** Requests that wait, by set of a sparse directory; one queue for a pool of cells. */
export class Room {
  private readonly queues: CoherenceMessage[][];
  private readonly options: RoomOptions;

  constructor(options: RoomOptions) {
    this.options = options;
    this.queues = Array.from({ length: options.directory.sparse?.sets ?? 1 }, () => []);
  }

  /** Whether there is room for a message now; otherwise it waits here and is served later. */
  admits(message: CoherenceMessage): boolean {
    const { line } = message;
    const queue = this.queueOf(line);
    if (queue.length === 0 ? this.fits(message) : !this.needsRoom(message)) {
      this.options.directory.sparse?.touch(this.options.directory.entry(line));
      return true;
    }
    queue.push(message);
    this.drain(line);
    // Served by now if calling another line back made room at once.
    if (queue.includes(message)) this.options.stats.waits++;
    return false;
  }

  /** The line of an entry is held by nobody any more. */
  freed(entry: number): void {
    const { sparse } = this.options.directory;
    if (sparse !== null && entry !== sparse.nowhere) sparse.free(entry);
  }

  /** Serves those who wait where this line has its place, as far as there is room, and makes more. */
  drain(line: Line): void {
    const queue = this.queueOf(line);
    for (;;) {
      while (queue.length > 0 && this.fits(queue[0])) this.options.serve(queue.shift()!);
      if (!this.callBack(line, queue.length)) return;
    }
  }

  /** Who waits, for a report of a stall. */
  waitsFor(): string | undefined {
    const queue = this.queues.find(({ length }) => length > 0);
    return queue === undefined
      ? undefined
      : `room in the directory for line ${queue[0].line}, with ${queue.length} requests waiting`;
  }

  private queueOf(line: Line): CoherenceMessage[] {
    const { sparse } = this.options.directory;
    return this.queues[sparse === null ? 0 : sparse.setOf(line)];
  }

  /** Whether a message can be handled only with more room than its line has. */
  private needsRoom({ kind, line }: CoherenceMessage): boolean {
    const { directory, lists } = this.options;
    if (directory.sparse !== null)
      return (kind === Kind.GetS || kind === Kind.GetM) && directory.sparse.find(line) === directory.sparse.nowhere;
    if (kind !== Kind.GetS) return false;
    const entry = directory.entry(line);
    // The first sharer is in the header; a reader of an owned line may bring the owner with it.
    return directory.owner[entry] >= 0 || lists!.count(entry) > 0;
  }

  /** Whether a message has room, which it is given. */
  private fits(message: CoherenceMessage): boolean {
    const { directory, lists } = this.options;
    if (!this.needsRoom(message)) return true;
    if (directory.sparse !== null) return directory.sparse.allocate(message.line);
    return lists!.available > 0;
  }

  /** Calls a line back for those who wait, if one more is needed and there is one. True if that made room at once. */
  private callBack(line: Line, waiting: number): boolean {
    const { directory, lists, stats, recallable, recall } = this.options;
    const { sparse } = directory;
    if (waiting === 0) return false;
    if (sparse !== null && sparse.recalling[sparse.setOf(line)] >= waiting) return false;
    const entry = sparse === null ? lists!.victim(recallable) : sparse.victim(sparse.setOf(line), recallable);
    if (entry < 0) return false;
    stats.recalls++;
    sparse?.call(entry);
    const nobody = recall(entry);
    if (nobody) this.freed(entry);
    // Cells are free when the invalidations are sent, an entry when they are answered; more may be needed.
    return true;
  }
}
