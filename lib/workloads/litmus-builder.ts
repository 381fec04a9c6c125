/** A litmus test while it is being read: names become indices. */
import type { LitmusScanner } from './litmus-scanner.js';
import type { LitmusInstruction, LitmusOperand, LitmusThread } from './litmus-test.js';

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

/** A thread while it is being read. */
export class ThreadBuilder {
  readonly instructions: LitmusInstruction[] = [];
  private readonly names: string[] = [];
  private readonly initial: number[] = [];
  private readonly addresses: Map<string, string>;
  private readonly locations: LocationNames;

  /** `addresses`: registers that hold locations, by name. */
  constructor(locations: LocationNames, addresses: ReadonlyMap<string, string>) {
    this.locations = locations;
    this.addresses = new Map(addresses);
  }

  /** A location by name. */
  location(name: string): number {
    return this.locations.index(name);
  }

  /** The location that a register holds. */
  pointedTo(register: string, scanner: LitmusScanner, at: number): number {
    const name = this.addresses.get(register);
    if (name === undefined) scanner.fail('expected a register that the initial state points at a location', at);
    return this.locations.index(name);
  }

  /** A register by name, to be read. */
  register(name: string): number {
    const known = this.names.indexOf(name);
    if (known >= 0) return known;
    this.initial.push(0);
    return this.names.push(name) - 1;
  }

  /** A register by name, to be written. */
  written(name: string, scanner: LitmusScanner, at: number): number {
    if (this.addresses.has(name)) scanner.fail('expected a register that holds no location: those are fixed here', at);
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

  /** Index of a register that was mentioned, or -1. */
  known(name: string): number {
    return this.names.indexOf(name);
  }

  /** The thread as it stands. */
  finish(): LitmusThread {
    return { registers: this.names, initial: this.initial, instructions: this.instructions };
  }
}
