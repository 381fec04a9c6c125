/** The monitor's text: where each step is in the code segment, and the operations that execute it. */
import { block, type Operation } from '../processor/operations.js';
import { packReference, ReferenceKind, type References } from '../processor/references.js';
import { MONITOR_STEPS, type MonitorStep } from './costs.js';
import { CODE, CODE_BYTES } from './monitor-space.js';

/** Bytes of an instruction, and of a line that is fetched as a whole. */
const INSTRUCTION_BYTES = 4;
const FETCH_BYTES = 64;
const FETCH_INSTRUCTIONS = FETCH_BYTES / INSTRUCTION_BYTES;

/** References to data that a step makes: byte offset from the record that it works on, and whether it writes. */
export interface Touch {
  readonly offset: number;
  readonly store: boolean;
}

/** Blocks of references by step. Made once; several processors execute them at the same virtual addresses. */
export class MonitorCode {
  private readonly places = new Map<MonitorStep, number>();
  private readonly plain = new Map<MonitorStep, Operation>();

  /** Steps lie one after the other, each at the beginning of a line. */
  constructor() {
    let at = CODE;
    for (const step of Object.keys(MONITOR_STEPS) as MonitorStep[]) {
      this.places.set(step, at);
      at += Math.ceil((MONITOR_STEPS[step] * INSTRUCTION_BYTES) / FETCH_BYTES) * FETCH_BYTES;
    }
    if (at > CODE + CODE_BYTES) throw new Error(`the monitor's steps do not fit into ${CODE_BYTES} bytes`);
    for (const step of this.places.keys()) this.plain.set(step, this.assemble(step, 0, []));
  }

  /** Executes a step. */
  step(step: MonitorStep): Operation {
    return this.plain.get(step)!;
  }

  /** The step whose text references are; null if they are not the monitor's. */
  stepOf({ words }: References): MonitorStep | null {
    for (const [step, place] of this.places) if (words[0] === packReference(place, ReferenceKind.Fetch)) return step;
    return null;
  }

  /**
   * A step that touches a record at a virtual address while it executes. Keep the operation: it is made anew each time.
   * @internal
   */
  assemble(step: MonitorStep, record: number, touches: readonly Touch[]): Operation {
    const instructions = MONITOR_STEPS[step];
    const fetches = Math.ceil(instructions / FETCH_INSTRUCTIONS);
    const words = new Int32Array(fetches + touches.length);
    const gaps = new Uint16Array(words.length);
    const place = this.places.get(step)!;
    let at = 0;
    let done = 0;
    for (let fetch = 0; fetch < fetches; fetch++) {
      words[at++] = packReference(place + fetch * FETCH_BYTES, ReferenceKind.Fetch);
      const upTo = Math.floor(((fetch + 1) * touches.length) / fetches);
      for (; done < upTo; done++) {
        const { offset, store } = touches[done];
        words[at++] = packReference(record + offset, store ? ReferenceKind.Store : ReferenceKind.Load);
      }
    }
    let given = 0;
    for (let i = 0; i < gaps.length; i++) {
      const upTo = Math.floor(((i + 1) * instructions) / gaps.length);
      gaps[i] = upTo - given;
      given = upTo;
    }
    const references: References = { words, gaps };
    return block(references, 0, words.length);
  }
}
