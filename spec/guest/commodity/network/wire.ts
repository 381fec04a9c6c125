/** A wire between kernels that may delay, lose, double and reorder frames. */
import type { KernelThread } from '../../../../lib/system/code.js';
import type { Code } from '../../../../lib/system/code.js';
import type {
  Fragment,
  NetworkPort,
  ReceivedFrame,
  SentFrame,
} from '../../../../lib/guest/commodity/network/interface.js';
import { compute } from '../../../../lib/processor/operations.js';
import type { Fabric, TestKernel } from './fabric.js';

export interface WireOptions {
  readonly mtu: number;
  /** Chances. */
  readonly loss: number;
  readonly double: number;
  readonly sendError: number;
  /** Most nanoseconds under way. */
  readonly delayNs: number;
}

export const PERFECT: WireOptions = { mtu: Infinity, loss: 0, double: 0, sendError: 0, delayNs: 20_000 };

interface Interrupts {
  sent(thread: KernelThread, tag: number, status: number): Code;
  received(thread: KernelThread, frame: ReceivedFrame): Code;
}

/** Joins the ports of kernels. A whole page from the beginning of a page goes to a buffer of its own, as on a virtual subnet. */
export class Wire {
  options: WireOptions;
  /** Answers whether a frame is to be lost, besides those lost by chance. */
  lose: (from: number, to: number, words: readonly number[]) => boolean = () => false;
  /** Told when a port reads the memory of a frame. */
  onRead: (port: TestPort, bytes: number) => void = () => undefined;
  readonly stats = { frames: 0, lost: 0, doubled: 0, noBuffers: 0, mapped: 0 };
  private readonly fabric: Fabric;
  readonly ports = new Map<number, TestPort>();

  constructor(fabric: Fabric, options: WireOptions) {
    this.fabric = fabric;
    this.options = options;
  }

  port(kernel: TestKernel, address: number): TestPort {
    const port = new TestPort(this, kernel, address);
    this.ports.set(address, port);
    return port;
  }

  /** Takes a frame off a port. */
  take(port: TestPort, frame: SentFrame): void {
    const { random } = this.fabric;
    const bytes = frame.fragments.reduce((sum, fragment) => sum + fragment.bytes, 0);
    if (bytes > this.options.mtu) throw new Error(`a frame of ${bytes} bytes is too long`);
    this.fabric.after(random.below(this.options.delayNs), () => {
      this.onRead(port, bytes);
      const parts = frame.fragments.map(fragment => port.read(fragment));
      const failed = random.next() < this.options.sendError;
      port.kernel.interrupt('sent', thread => port.above!.sent(thread, frame.tag, failed ? 1 : 0));
      if (!failed) this.carry(port.address, frame.to, parts);
    });
  }

  /** Puts a frame onto the wire, whoever makes it. */
  carry(from: number, to: number, parts: readonly (readonly number[])[]): void {
    const { random } = this.fabric;
    this.stats.frames++;
    if (random.next() < this.options.loss || this.lose(from, to, parts.flat())) {
      this.stats.lost++;
      return;
    }
    const copies = random.next() < this.options.double ? 2 : 1;
    this.stats.doubled += copies - 1;
    for (let copy = 0; copy < copies; copy++)
      this.fabric.after(random.below(this.options.delayNs), () => this.ports.get(to)?.deliver(from, parts));
  }
}

/** A port of a kernel. */
export class TestPort implements NetworkPort {
  readonly address: number;
  readonly kernel: TestKernel;
  above: Interrupts | null = null;
  private readonly wire: Wire;
  private readonly posted: Fragment[] = [];

  constructor(wire: Wire, kernel: TestKernel, address: number) {
    this.wire = wire;
    this.kernel = kernel;
    this.address = address;
  }

  get mtu(): number {
    return this.wire.options.mtu;
  }

  *start(frame: SentFrame): Code {
    yield compute(1);
    this.wire.take(this, frame);
  }

  *post(buffer: Fragment): Code {
    yield compute(1);
    this.posted.push(buffer);
  }

  read({ page, offset, bytes }: Fragment): number[] {
    const words: number[] = [];
    for (let k = 0; k < bytes; k += 4) words.push(this.kernel.loadWord(this.kernel.addressOf(page) + offset + k));
    return words;
  }

  /** Writes a frame into posted buffers, as many as it takes, and interrupts. `bytes`: of the last part, if not whole words. */
  deliver(from: number, parts: readonly (readonly number[])[], bytes = 0): void {
    const used: Fragment[] = [];
    const took: Fragment[] = [];
    let filled = 0;
    for (const words of parts) {
      const buffer = this.posted[0];
      const page = words.length === 1024 && buffer?.offset === 0 && buffer.bytes === 4096;
      if (page) this.wire.stats.mapped++;
      if (page || used.length === 0) filled = Infinity;
      for (const word of words) {
        if (used.length === 0 || filled >= took.at(-1)!.bytes) {
          const next = this.posted.shift();
          if (next === undefined) {
            this.wire.stats.noBuffers++;
            this.posted.unshift(...took);
            return;
          }
          took.push(next);
          used.push({ ...next, bytes: 0 });
          filled = 0;
        }
        const last = used.at(-1)!;
        this.kernel.storeWord(this.kernel.addressOf(last.page) + last.offset + filled, word);
        filled += 4;
        used[used.length - 1] = { ...last, bytes: filled };
      }
      if (page) filled = Infinity;
    }
    if (bytes > 0) used[used.length - 1] = { ...used.at(-1)!, bytes };
    this.kernel.interrupt('received', thread => this.above!.received(thread, { from, fragments: used }));
  }
}
