/** A machine that runs SPLASHOS with a program of a spec's own. */
import { SplashOS, type SplashOptions } from '../../../lib/guest/splash/splash-os.js';
import type { SplashThread } from '../../../lib/guest/splash/threads.js';
import type { DeviceSpecification } from '../../../lib/machine/specification/device-specification.js';
import { buildMachine, type Machine } from '../../../lib/machine/machine.js';
import { presets } from '../../../lib/machine/presets/presets.js';
import { changed } from './changed.js';
import type { Code } from '../../../lib/system/code.js';

/** What a spec runs. */
export interface Setup extends Partial<SplashOptions> {
  readonly processors: number;
  readonly seed?: number;
  readonly runAhead?: boolean;
  readonly storeBuffer?: number;
  readonly tlbEntries?: number;
  readonly devices?: readonly DeviceSpecification[];
  /** Links the program: makes what it needs and returns the body of a thread. */
  readonly link: (os: SplashOS, machine: Machine) => (thread: SplashThread) => Code;
}

/** Both, ready to run. */
export interface Running {
  readonly machine: Machine;
  readonly os: SplashOS;
}

/** Builds them. */
export function withSplash(setup: Setup): Running {
  const { link, seed = 1, runAhead = true, storeBuffer, tlbEntries, devices = [], ...options } = setup;
  const { processors } = options;
  const preset = { ...presets['disco-1997']({ nodes: processors }), devices };
  const specification = changed(preset, { storeBuffer, tlbEntries });
  const machine = buildMachine(specification, { seed, layout: 'interleaved', runAhead });
  const os = new SplashOS({
    threads: processors,
    programPages: 16,
    dataPages: 4,
    pages: machine.layout!.length,
    mapped: false,
    scheduler: { spinTurns: 4, turnCycles: 6 },
    ...options,
  });
  machine.load(os, os.boot(link(os, machine)));
  return { machine, os };
}
