/** A native run that takes milliseconds: a program that forks, computes and writes files, without any recorded image. */
import type { NativeResult } from '../../lib/experiments/systems/native-result.js';
import { NativeRun, type NativeOptions } from '../../lib/experiments/systems/native.js';
import {
  close,
  execve,
  exit,
  fork,
  open,
  OpenFlag,
  unlink,
  waitForChild,
  write,
} from '../../lib/guest/commodity/system-calls.js';
import { irix } from '../../lib/guest/commodity/profiles/irix.js';
import { presets } from '../../lib/machine/presets/presets.js';
import { compute, load, store, type Program } from '../../lib/processor/operations.js';
import type { GuestWorkload } from '../../lib/workloads/guest-workload.js';

const MEMORY = 0x100000;
const PAGES = 64;
const MICROSECOND = 400;

function* parent([name = 'x']: readonly string[]): Program {
  for (let child = 0; child < 2; child++)
    yield fork(function* () {
      yield execve('/child', `${name}${child}`);
      yield exit(1);
    });
  let failed = 0;
  for (let child = 0; child < 2; child++) failed += (yield waitForChild()) & 255;
  yield exit(failed);
}

function* child(work: string, [name]: readonly string[]): Program {
  for (let page = 0; page < PAGES; page++) yield store(MEMORY + page * 4096, page);
  const file = yield open(`${work}${name}`, OpenFlag.Write | OpenFlag.Create);
  yield compute(2000 * MICROSECOND);
  const written = yield write(file, MEMORY, 8192);
  yield close(file);
  yield unlink(`${work}${name}`);
  yield exit(written === 8192 && (yield load(MEMORY + 4096)) === 1 ? 0 : 2);
}

/** The workload, which writes its files where the disk `work` is mounted. */
export function smallWorkload(changes: Partial<GuestWorkload> = {}, work = '/work/'): GuestWorkload {
  const program = (run: (args: readonly string[]) => Program) => ({
    path: null,
    regions: [{ kind: 'zero', first: MEMORY / 4096, pages: PAGES }] as const,
    program: run,
  });
  return {
    name: 'small',
    description: 'two children that write a file each',
    executables: new Map([
      ['/parent', program(parent)],
      ['/child', program(args => child(work, args))],
    ]),
    disks: [
      { mount: '/', tree: { '/etc/motd': { bytes: 100, content: 1 } } },
      { mount: work, tree: {} },
    ],
    start: [{ path: '/parent', args: [] }],
    ...changes,
  };
}

/** What the run is made with. */
export function smallOptions(processors = 1, changes: Partial<NativeOptions> = {}): NativeOptions {
  return {
    workload: smallWorkload(),
    machine: presets['disco-1997']({ nodes: processors }),
    profile: irix,
    seed: 1,
    layout: 'interleaved',
    ...changes,
  };
}

/** Runs it. */
export function smallResult(processors = 1, changes: Partial<NativeOptions> = {}): NativeResult {
  return new NativeRun(smallOptions(processors, changes)).run();
}
