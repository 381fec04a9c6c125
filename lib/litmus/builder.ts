/** A litmus test while it is being read: names become indices. */
import type { LitmusScanner } from './scanner.js';
import type { LitmusInstruction, LitmusOperand, LitmusPlace, LitmusThread } from './litmus-test.js';
import { addressValue } from './values.js';

/** Locations of a test, in order of mention. */
export class LocationNames {
  readonly names: string[] = [];
  readonly initial: number[] = [];

  /** The index of a location, new or known. */
  index(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    this.initial.push(0);
    return this.names.push(name) - 1;
  }
}

/** A place in the text, for messages about what is known to be wrong only later. */
interface TextPlace {
  readonly scanner: LitmusScanner;
  readonly at: number;
}

/** An access through a register. What it accesses is known when the whole thread has been read. */
export interface Pointer extends TextPlace {
  readonly pointer: string;
}

/** A branch to a label. */
interface Jump extends TextPlace {
  readonly label: string;
}

type Access = Extract<LitmusInstruction, { readonly location: LitmusPlace }>;
type Branch = Extract<LitmusInstruction, { readonly kind: 'branch' }>;
type Unresolved<T> = T extends Access ? Omit<T, 'location'> & { readonly location: number | Pointer } : never;

/** An instruction while its thread is being read. */
export type UnresolvedInstruction =
  | Exclude<LitmusInstruction, Access | Branch>
  | Unresolved<Access>
  | (Omit<Branch, 'target'> & { readonly target: Jump });

/** A thread while it is being read. */
export class ThreadBuilder {
  private readonly unresolved: UnresolvedInstruction[] = [];
  private readonly instructions: LitmusInstruction[] = [];
  private readonly places: string[] = [];
  private readonly labels = new Map<string, number>();
  private readonly names: string[] = [];
  private readonly initial: number[] = [];
  private readonly writtenNames = new Set<string>();
  private readonly addresses: Map<string, string>;
  private readonly locations: LocationNames;

  /** `addresses`: registers that hold locations at first, by name. */
  constructor(locations: LocationNames, addresses: ReadonlyMap<string, string>) {
    this.locations = locations;
    this.addresses = new Map(addresses);
  }

  /** Appends an instruction. `place` says where it is in its file. */
  add(instruction: UnresolvedInstruction, place?: string): void {
    this.unresolved.push(instruction);
    if (place !== undefined) this.places.push(place);
  }

  /** The next instruction is the target of branches to a label. */
  label(name: string, scanner: LitmusScanner, at: number): void {
    if (this.labels.has(name)) scanner.fail('expected a label that is not in this thread yet', at);
    this.labels.set(name, this.unresolved.length);
  }

  /** A location by name. */
  location(name: string): number {
    return this.locations.index(name);
  }

  /** The address of a location, as a constant. */
  addressOf(name: string): LitmusOperand {
    return { value: addressValue(this.locations.index(name)) };
  }

  /** A register by name, to be read. */
  register(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    const location = this.addresses.get(name);
    this.initial.push(location === undefined ? 0 : addressValue(this.locations.index(location)));
    return this.names.push(name) - 1;
  }

  /** A register by name, to be written. */
  written(name: string): number {
    this.writtenNames.add(name);
    return this.register(name);
  }

  /** An operand that reads a register. */
  reading(name: string): LitmusOperand {
    return { register: this.register(name) };
  }

  /** Sets what a register holds at first. */
  start(name: string, value: number): void {
    this.initial[this.register(name)] = value;
  }

  /** Index of a register that was mentioned, in the thread or in the initial state, or -1. */
  known(name: string): number {
    return this.addresses.has(name) ? this.register(name) : this.names.indexOf(name);
  }

  /** Called once when the thread has been read: finds what registers point at, and labels. Throws a LitmusError. */
  resolve(): void {
    for (const instruction of this.unresolved)
      if ('location' in instruction)
        this.instructions.push({ ...instruction, location: this.placeOf(instruction.location) });
      else if (instruction.kind === 'branch')
        this.instructions.push({ ...instruction, target: this.targetOf(instruction.target) });
      else this.instructions.push(instruction);
  }

  /** The thread as it stands. */
  finish(): LitmusThread {
    const { names, initial, instructions, places } = this;
    return { registers: names, initial, instructions, ...(places.length > 0 ? { places } : {}) };
  }

  /** A register that keeps the address from the initial state stands for its location, and need not be seen. */
  private placeOf(location: number | Pointer): LitmusPlace {
    if (typeof location === 'number') return location;
    const { pointer, scanner, at } = location;
    if (this.writtenNames.has(pointer)) return { register: this.register(pointer) };
    const name =
      this.addresses.get(pointer) ?? scanner.fail('expected a register that holds the address of a location', at);
    return this.locations.index(name);
  }

  private targetOf({ label, scanner, at }: Jump): number {
    return this.labels.get(label) ?? scanner.fail('expected a label of this thread', at);
  }
}
