/** SPLASHOS as a guest of a virtual run: starts its threads, waits for the others, and runs its program. It has no disks. */
import { SPLASH_SERVICES, type SplashOS } from '../../guest/splash/splash-os.js';
import type { SplashCode, SplashThread } from '../../guest/splash/threads.js';
import type { Disco } from '../../monitor/disco.js';
import type { VirtualMachine } from '../../monitor/virtual-machine.js';
import { Context, USER_PROGRAM } from '../../processor/context.js';
import { annotate, compute, type Program } from '../../processor/operations.js';
import { Activity } from '../../processor/software.js';
import { splashSystem, type SplashProgram } from './splash-system.js';
import {
  cyclesToWait,
  type CommonStart,
  type GuestPhase,
  type GuestPlace,
  type GuestPlan,
  type GuestRun,
  type VirtualGuests,
} from './virtual-guest.js';
import type { MemoryUse, VirtualGuestResult } from './virtual-result.js';

/** What guests with SPLASHOS are made with. */
export interface SplashGuestsOptions {
  /** Program and virtual processors of each, at least 1. */
  readonly guests: readonly (SplashProgram & { readonly processors: number })[];
}

/** Guests of a virtual run with SPLASHOS and a program each. */
export function splashGuests({ guests }: SplashGuestsOptions): VirtualGuests {
  return {
    system: 'SPLASHOS',
    switches: null,
    services: SPLASH_SERVICES,
    plans: guests.map(({ processors, ...splash }): GuestPlan => {
      const plan: GuestPlan = {
        ...{ workload: splash.program.name, processors, disks: [] },
        make: place => new SplashGuest(plan, splash, place),
      };
      return plan;
    }),
  };
}

const PROGRAM = SPLASH_SERVICES.indexOf('program');
const START = SPLASH_SERVICES.indexOf('start');

class SplashGuest implements GuestRun {
  readonly plan: GuestPlan;
  readonly virtual: VirtualMachine;
  readonly windowNs = Infinity;
  phase: GuestPhase = 'boot';
  private readonly splash: SplashProgram;
  private readonly os: SplashOS;
  private readonly common: CommonStart;
  /** Processors with a thread that waits for the others, and threads that have ended. */
  private arrived = 0;
  private ended = 0;

  constructor(plan: GuestPlan, splash: SplashProgram, { virtual, pages, common }: GuestPlace) {
    this.plan = plan;
    this.virtual = virtual;
    this.splash = splash;
    this.common = common;
    this.os = splashSystem(splash.program, { processors: plan.processors, pages, mapped: true });
  }

  start(disco: Disco): void {
    const { os, virtual, splash } = this;
    const body = splash.program.link(os);
    const contexts = os.boot(thread => this.execute(thread, body));
    disco.start(
      virtual,
      os,
      contexts.map(context => context ?? new Context(nothing(), Activity.Idle)),
    );
  }

  begin(): void {
    // It counts nothing that would have to be taken off.
  }

  fault(): string | null {
    return null;
  }

  useOf(physical: number): MemoryUse {
    const { firstPhysical, pages } = this.os.memory;
    return physical < firstPhysical ? 'kernel data' : physical < pages ? 'processes' : 'free in guest';
  }

  result(): Omit<VirtualGuestResult, 'endedNs'> {
    const { virtual, splash } = this;
    return {
      name: virtual.name,
      description: splash.description,
      processors: virtual.specification.processors,
      memoryBytes: virtual.specification.memoryBytes,
      processes: 1,
      locks: [],
    };
  }

  /** A thread. What processors tell the run, they tell at the present: as system software. */
  private *execute(thread: SplashThread, body: (thread: SplashThread) => SplashCode): SplashCode {
    const { common, os } = this;
    yield annotate(START, Activity.Kernel);
    if (++this.arrived === os.processors.filter(({ threads }) => threads.length > 0).length) this.phase = 'ready';
    while (!common.go()) yield compute(cyclesToWait(common));
    yield annotate(PROGRAM, Activity.User);
    thread.context!.activity = USER_PROGRAM;
    yield* body(thread);
    yield annotate(PROGRAM, Activity.Kernel);
    if (++this.ended === os.threads.length) this.phase = 'over';
  }
}

/** For a processor without threads. */
function* nothing(): Program {}
