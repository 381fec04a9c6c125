/** Runs that take milliseconds: a program that forks, computes and writes files, without any recorded image. */
import { commodityGuests } from '../../../lib/experiments/systems/guests/commodity-guest.js';
import type { MonitorHost } from '../../../lib/experiments/systems/hosts/monitor-host.js';
import type { SystemOptions } from '../../../lib/experiments/systems/plan.js';
import type { MonitorResult, SystemResult } from '../../../lib/experiments/systems/system-result.js';
import { SystemRun } from '../../../lib/experiments/systems/system-run.js';
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
} from '../../../lib/guest/commodity/calls/system-calls.js';
import { irix } from '../../../lib/guest/commodity/profiles/irix.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { compute, load, store, type Program } from '../../../lib/processor/operations.js';
import type { GuestWorkload } from '../../../lib/workloads/guest-workload.js';

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
export function smallWorkload(changes: Partial<GuestWorkload> = {}, work = '/home/'): GuestWorkload {
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

/** Guests with a commodity kernel and a processor each. */
export function guestsWith(workloads: readonly GuestWorkload[], processors = 1): SystemOptions['guests'] {
  return commodityGuests({ profile: irix, guests: workloads.map(workload => ({ workload, processors })) });
}

/** What a run on the bare machine is made with. */
export function bareOptions(
  processors = 1,
  { workload = smallWorkload(), ...changes }: Partial<SystemOptions> & { readonly workload?: GuestWorkload } = {},
): SystemOptions {
  return {
    host: { kind: 'bare', layout: 'interleaved' },
    guests: guestsWith([workload], processors),
    machine: presets['disco-1997']({ nodes: processors }),
    seed: 1,
    ...changes,
  };
}

/** Runs it. */
export function bareResult(processors = 1, changes: Parameters<typeof bareOptions>[1] = {}): SystemResult {
  return new SystemRun(bareOptions(processors, changes)).run();
}

/** What a run of guests with a processor each under the monitor is made with. */
export function monitoredOptions(guests: number, changes: Partial<SystemOptions> = {}): SystemOptions {
  return {
    host: { kind: 'disco' },
    guests: guestsWith(Array.from({ length: guests }, () => smallWorkload())),
    machine: presets['disco-1997']({ nodes: guests }),
    seed: 1,
    ...changes,
  };
}

/** The monitor of a run that has one. */
export function monitorOf({ monitor }: SystemRun): MonitorHost {
  if (monitor === null) throw new Error('this run is on a bare machine');
  return monitor;
}

/** A result with its monitor's part, which must be there. */
export function withMonitor(result: SystemResult): SystemResult & { readonly monitor: MonitorResult } {
  const { monitor } = result;
  if (monitor === null) throw new Error('this run is on a bare machine');
  return { ...result, monitor };
}
