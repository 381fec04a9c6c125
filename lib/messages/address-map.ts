/**
 * Where memory and processors are. Frames are numbered densely over the machine, node after node; so are processors.
 * Caches are numbered like their processors, and behind all of them come those of the I/O bridges, node after node.
 * Byte addresses of 40 bits do not fit 32-bit operators, so nothing here uses them.
 */

import { list, plainObject, shown } from '../engine/checks.js';
import { machineFrame, type Line, type MachineFrame } from './addresses.js';

/** What an address map is made of. */
export interface AddressMapOptions {
  /** Frames of memory by node; 0 for a node without memory. */
  readonly frames: readonly number[];
  /** Processors by node; 0 for a node with memory only. */
  readonly processors: readonly number[];
  /** Bridges to devices by node, 0 or 1; none unless given. */
  readonly bridges?: readonly number[] | undefined;
  /** Size of a page in bytes, a power of two. */
  readonly pageBytes: number;
  /** Size of a coherence line in bytes, a power of two, not above a page. */
  readonly lineBytes: number;
}

/** A mistake beyond it: every directory entry has a bit for each. */
const MOST_PROCESSORS = 2 ** 20;

/** Frames, lines, processors and the nodes that they belong to. Immutable. */
export class AddressMap {
  readonly nodes: number;
  readonly processors: number;
  /** Processors and bridges: everybody who may hold a line. */
  readonly caches: number;
  readonly frames: number;
  readonly pageBytes: number;
  readonly lineBytes: number;
  /** Lines to a frame, as a shift. */
  readonly frameShift: number;
  /** First frame of each node, and behind the last one the number of frames. */
  readonly firstFrame: Float64Array;
  /** First processor of each node, and behind the last one the number of processors. */
  readonly firstProcessor: Int32Array;
  /** Node of each processor, and behind them of each bridge: of everybody who has a cache. */
  readonly nodeOfProcessor: Int32Array;
  /** The bridge of each node, as a cache; -1 for a node without one. */
  readonly bridgeOfNode: Int32Array;
  /** Frames of a node if all have the same number, else 0; log2 of it if it is a power of two, else -1. */
  private readonly equal: number;
  private readonly equalShift: number;

  /** Throws a RangeError for counts that are no whole numbers, sizes that are no powers of two, or a machine of more than 2^31 lines. */
  constructor(options: AddressMapOptions) {
    plainObject(options, 'an address map');
    const { frames, processors, pageBytes, lineBytes } = options;
    list(frames, 'frames');
    list(processors, 'processors');
    if (options.bridges !== undefined) list(options.bridges, 'bridges');
    const { bridges = frames.map(() => 0) } = options;
    if (frames.length !== processors.length)
      throw new RangeError(`memory is given for ${frames.length} nodes, processors for ${processors.length}`);
    if (frames.length !== bridges.length)
      throw new RangeError(`memory is given for ${frames.length} nodes, bridges for ${bridges.length}`);
    for (const [what, counts] of [
      ['frames', frames],
      ['processors', processors],
    ] as const)
      counts.forEach((count, node) => {
        if (!Number.isSafeInteger(count) || count < 0)
          throw new RangeError(`node ${node} has a whole number of ${what}, not ${shown(count)}`);
      });
    bridges.forEach((count, node) => {
      if (count !== 0 && count !== 1) throw new RangeError(`node ${node} has 0 or 1 bridges, not ${shown(count)}`);
    });
    for (const [name, size] of [
      ['page', pageBytes],
      ['line', lineBytes],
    ] as const)
      if (!Number.isSafeInteger(size) || size < 4 || (size & (size - 1)) !== 0)
        throw new RangeError(`a ${name} is a power of two of bytes, not ${shown(size)}`);
    if (lineBytes > pageBytes) throw new RangeError(`a line of ${lineBytes} bytes does not fit a page of ${pageBytes}`);
    this.nodes = frames.length;
    this.pageBytes = pageBytes;
    this.lineBytes = lineBytes;
    this.frameShift = Math.log2(pageBytes / lineBytes);
    this.firstFrame = Float64Array.from(sums(frames));
    this.firstProcessor = Int32Array.from(sums(processors));
    this.frames = this.firstFrame[this.nodes]!;
    this.processors = sums(processors)[this.nodes]!;
    if (this.processors > MOST_PROCESSORS)
      throw new RangeError(`there are ${this.processors} processors; ${MOST_PROCESSORS} are the most`);
    if (this.frames * (pageBytes / lineBytes) > 2 ** 31)
      throw new RangeError(
        `${this.frames} frames hold more than 2^31 lines of ${lineBytes} bytes; use less memory or longer lines`,
      );
    const bridgesBefore = sums(bridges);
    this.caches = this.processors + bridgesBefore[this.nodes];
    this.nodeOfProcessor = new Int32Array(this.caches);
    processors.forEach((count, node) =>
      this.nodeOfProcessor.fill(node, this.firstProcessor[node], this.firstProcessor[node] + count),
    );
    this.bridgeOfNode = new Int32Array(this.nodes).fill(-1);
    bridges.forEach((count, node) => {
      if (count === 0) return;
      const cache = this.processors + bridgesBefore[node];
      this.bridgeOfNode[node] = cache;
      this.nodeOfProcessor[cache] = node;
    });
    this.equal = frames.every(count => count === frames[0]) ? frames[0] : 0;
    this.equalShift = this.equal > 0 && Number.isInteger(Math.log2(this.equal)) ? Math.log2(this.equal) : -1;
  }

  /** The node whose memory holds a frame. */
  homeOfFrame(frame: MachineFrame): number {
    if (this.equalShift >= 0) return frame >> this.equalShift;
    if (this.equal !== 0) return (frame / this.equal) | 0;
    let node = 0;
    while (this.firstFrame[node + 1] <= frame) node++;
    return node;
  }

  /** The node that is home of a line. */
  homeOfLine(line: Line): number {
    return this.homeOfFrame(this.frameOfLine(line));
  }

  /** The frame that a line is in. */
  frameOfLine(line: Line): MachineFrame {
    return machineFrame(line >> this.frameShift);
  }
}

function sums(counts: readonly number[]): number[] {
  const result = [0];
  for (const count of counts) result.push(result[result.length - 1] + count);
  return result;
}
