/** Writer of small NTR1 files for the specs, after traces/FORMAT.md; independent of the reader. */

/** A memory operation or special instruction of a block, by instruction index. */
export interface Operation {
  readonly position: number;
  readonly store: boolean;
}

/** A run of instructions. */
export interface Block {
  readonly pc: number;
  readonly length: number;
  readonly operations: readonly Operation[];
  /** Positions of load-linked instructions. */
  readonly linked: readonly number[];
  /** Whether the last instruction is a system call. */
  readonly systemCall?: boolean;
}

/** What the recorder saw, in order. */
export type Event =
  | { readonly stream: number }
  | { readonly mark: number }
  | { readonly map: readonly [page: number, physical: number] }
  | { readonly task: number }
  | { readonly run: number; readonly addresses: readonly number[] };

/** A whole program. */
export interface Program {
  readonly system: boolean;
  readonly streams: number;
  readonly blocks: readonly Block[];
  readonly events: readonly Event[];
}

/** Bytes of an unsigned varint. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 128) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  return [...bytes, value];
}

/** Bytes of a signed varint. */
export function zigzag(value: number): number[] {
  return varint(value >= 0 ? 2 * value : -2 * value - 1);
}

/** Puts sections together. */
export function ntrFile(
  header: string,
  table: readonly number[],
  control: readonly number[],
  addresses: readonly number[],
): Uint8Array {
  const sections = [[...new TextEncoder().encode(header)], table, control, addresses];
  const lengths = (n: number): number[] => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
  return Uint8Array.from([
    ...new TextEncoder().encode('NTR1'),
    ...sections.flatMap(section => [...lengths(section.length), ...section]),
  ]);
}

/** The four sections of a program; change one and put them together with `ntrFile`. */
export function ntrSections(program: Program): [string, number[], number[], number[]] {
  const { control, addresses } = encodeEvents(program);
  return [JSON.stringify(headerOf(program)), encodeBlocks(program.blocks), control, addresses];
}

/** A whole file. */
export function writeNtr(program: Program): Uint8Array {
  return ntrFile(...ntrSections(program));
}

/** The header with the counts that the events have. */
export function headerOf({
  system,
  streams,
  blocks,
  events,
}: Program): Record<string, unknown> & { counts: Record<string, unknown> } {
  const perStream = Array.from({ length: streams }, () => [0, 0, 0]);
  const count = (key: string): number => events.filter(event => key in event).length;
  let current = 0;
  for (const event of events) {
    if ('stream' in event) current = event.stream;
    if (!('run' in event)) continue;
    const { length, operations } = blocks[event.run];
    const stores = operations.filter(operation => operation.store).length;
    perStream[current][0] += length;
    perStream[current][1] += operations.length - stores;
    perStream[current][2] += stores;
  }
  const total = (i: number): number => perStream.reduce((sum, one) => sum + one[i], 0);
  const counts = {
    streams,
    blocks: blocks.length,
    blockExecutions: count('run'),
    instructions: total(0),
    loads: total(1),
    stores: total(2),
    marks: count('mark'),
    maps: count('map'),
    taskSwitches: count('task'),
    perStream,
  };
  return { format: 'NTR1', system, info: { program: 'handmade', input: 'none' }, counts };
}

function encodeBlocks(blocks: readonly Block[]): number[] {
  let pc = 0;
  return blocks.flatMap(block => {
    const head = [...zigzag((block.pc - pc) / 4), ...varint(block.length), ...varint(block.operations.length)];
    pc = block.pc;
    let last = 0;
    const operations = block.operations.flatMap(({ position, store }) => {
      const value = (position - last) * 8 + 2 * 2 + (store ? 1 : 0);
      last = position;
      return varint(value);
    });
    let lastSpecial = 0;
    const special = (position: number, code: number): number[] => {
      const value = (position - lastSpecial) * 32 + code;
      lastSpecial = position;
      return varint(value);
    };
    const specials = block.linked.flatMap(position => special(position, 13));
    if (block.systemCall) specials.push(...special(block.length - 1, 15));
    return [...head, ...operations, ...varint(block.linked.length + Number(block.systemCall ?? false)), ...specials];
  });
}

function encodeEvents({ events }: Program): { control: number[]; addresses: number[] } {
  const control: number[] = [];
  const addresses: number[] = [];
  const states = new Map<number, { previous: number; next: Map<number, number>; last: Map<string, number> }>();
  let state = { previous: -1, next: new Map<number, number>(), last: new Map<string, number>() };
  let page = 0;
  for (const event of events) {
    if ('stream' in event) {
      control.push(1, ...varint(event.stream));
      state = states.get(event.stream) ?? { previous: -1, next: new Map(), last: new Map() };
      states.set(event.stream, state);
    } else if ('mark' in event) {
      control.push(2, ...varint(event.mark));
    } else if ('map' in event) {
      control.push(3, ...zigzag(event.map[0] - page), ...varint(event.map[1]));
      page = event.map[0];
    } else if ('task' in event) {
      control.push(4, ...varint(event.task));
    } else {
      control.push(...(state.next.get(state.previous) === event.run ? [5] : varint(event.run + 6)));
      state.next.set(state.previous, event.run);
      state.previous = event.run;
      event.addresses.forEach((address, i) => {
        const key = `${event.run} ${i}`;
        addresses.push(...zigzag(address - (state.last.get(key) ?? 0)));
        state.last.set(key, address);
      });
    }
  }
  return { control: [...control, 0], addresses };
}
