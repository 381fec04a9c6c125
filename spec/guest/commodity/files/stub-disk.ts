/** A disk for the rig: commands end in any order, at any time, and fail if somebody says so. */
import type { Code } from '../../../../lib/system/code.js';
import { DiskDriver } from '../../../../lib/guest/commodity/files/disk/disk-driver.js';
import type {
  DiskDriverOptions,
  DiskPort,
  DiskRequest,
} from '../../../../lib/guest/commodity/files/disk/disk-driver.js';
import { BLOCK_WORDS, SECTORS_PER_BLOCK } from '../../../../lib/guest/commodity/files/disk/disk-layout.js';
import { compute } from '../../../../lib/processor/operations.js';
import type { Rig } from './rig.js';

/** What a disk keeps when it is off: words by block; what is not there is zeros. */
export type Image = Map<number, Int32Array>;

/** An image of what `makeFileSystem` yields. */
export function imageOf(parts: Iterable<[number, Int32Array]>): Image {
  const image: Image = new Map();
  for (const [sector, words] of parts) {
    if (sector % SECTORS_PER_BLOCK !== 0 || words.length !== BLOCK_WORDS) throw new Error('not a whole block');
    image.set(sector / SECTORS_PER_BLOCK, words);
  }
  return image;
}

const NOTHING = new Int32Array(BLOCK_WORDS);

/** Reads blocks of an image. */
export function readerOf(image: Image): (block: number) => Int32Array {
  return block => image.get(block) ?? NOTHING;
}

/** The disk and its driver. */
export class StubDisk implements DiskPort {
  readonly image: Image;
  readonly driver: DiskDriver;
  readonly commands: DiskRequest[] = [];
  /** Whether the command fails: asked when it ends, with how many there were before. */
  fails: (command: DiskRequest, count: number) => boolean = () => false;
  /** Nothing ever failed. */
  reliable = true;
  private count = 0;
  private readonly rig: Rig;
  private readonly pending: { command: DiskRequest; early: (Int32Array | null)[] }[] = [];

  constructor(rig: Rig, image: Image, options: DiskDriverOptions = { depth: 4, order: 'elevator' }) {
    this.rig = rig;
    this.image = image;
    this.driver = new DiskDriver(rig, 'disk', this, options);
    rig.devices.push(() => (this.pending.length === 0 ? null : () => this.finish()));
  }

  *start(command: DiskRequest): Code {
    yield compute(1);
    if (command.sectors !== command.pages.length * SECTORS_PER_BLOCK) throw new Error('sectors and pages differ');
    this.commands.push(command);
    // Some pages of a write are read from memory now, the others when it ends.
    const early = command.pages.map(page =>
      command.op === 'write' && this.rig.random.below(2) === 0 ? this.words(page).slice() : null,
    );
    this.pending.push({ command, early });
  }

  private finish(): void {
    const [{ command, early }] = this.pending.splice(this.rig.random.below(this.pending.length), 1) as [
      (typeof this.pending)[0],
    ];
    const failed = this.fails(command, this.count++);
    if (failed) this.reliable = false;
    const first = command.sector / SECTORS_PER_BLOCK;
    command.pages.forEach((page, k) => {
      // A write that fails may have written some of it.
      if (failed && (command.op === 'read' || this.rig.random.below(2) === 0)) return;
      if (command.op === 'read') this.words(page).set(this.image.get(first + k) ?? NOTHING);
      else this.image.set(first + k, early[k] ?? this.words(page).slice());
    });
    const { driver } = this;
    this.rig.interrupt('disk interrupt', function* (self) {
      yield* driver.interrupt(self, command.tag, failed ? 1 : 0);
    });
  }

  private words(page: number): Int32Array {
    return this.rig.pageWords(Math.floor(this.rig.addressOf(page) / 4096));
  }
}
