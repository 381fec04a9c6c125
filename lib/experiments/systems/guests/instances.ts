/** Several instances of a workload in one system: they share the programs and the root disk, and each has its work disk. */
import { callable, wholeNumber } from '../../../engine/checks.js';
import { fork, execve, type SystemCall } from '../../../guest/commodity/calls/system-calls.js';
import type { Executable } from '../../../guest/commodity/processes/process.js';
import type { Operation, Program } from '../../../processor/operations.js';
import type { GuestWorkload } from '../../../workloads/guest-workload.js';

/**
 * `count` instances of the workload that `make` makes for each number: with the same programs and the same root, and one
 * more disk, mounted where no other instance mounts its own. One instance is that workload itself.
 */
export function instancesOf(count: number, make: (number: number) => GuestWorkload): GuestWorkload {
  wholeNumber(count, 'instancesOf: count', 1, 8192);
  callable(make, 'instancesOf: make');
  const all = Array.from({ length: count }, (_, number) => make(number));
  const first = all[0];
  if (count === 1) return first;
  const program = (path: string): Executable['program'] =>
    function ([number, ...args]) {
      return tagged(all[Number(number)].executables.get(path)!.program(args), number);
    };
  return {
    name: first.name,
    description: `${count} instances of ${first.description}`,
    executables: new Map(
      [...first.executables].map(([path, executable]) => [path, { ...executable, program: program(path) }]),
    ),
    disks: [first.disks[0], ...all.flatMap(({ disks }) => disks.slice(1))],
    start: all.flatMap(({ start }, number) =>
      start.map(({ path, args }) => ({ path, args: [String(number), ...args] })),
    ),
  };
}

/** A program that tells whatever it starts which instance it belongs to. */
function* tagged(program: Program, number: string): Program {
  let result = 0;
  for (;;) {
    const next = program.next(result);
    if (next.done === true) return;
    result = yield tag(next.value, number);
  }
}

function tag(operation: Operation, number: string): Operation {
  const { call, args } = (operation.request ?? {}) as Partial<SystemCall>;
  if (call === 'execve') return execve(args![0] as string, number, ...(args![1] as string[]));
  if (call === 'fork') return fork(() => tagged((args![0] as () => Program)(), number));
  return operation;
}
