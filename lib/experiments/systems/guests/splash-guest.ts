/** SPLASHOS as a guest: starts its threads, waits for the other guests, and runs its program. It has no disks. */
import { SPLASH_SERVICES, type SplashOS } from '../../../guest/splash/splash-os.js';
import type { SplashThread } from '../../../guest/splash/threads.js';
import { USER_PROGRAM } from '../../../processor/context.js';
import { annotate, compute } from '../../../processor/operations.js';
import { Activity } from '../../../processor/software.js';
import { cyclesToWait, type GuestPhase, type GuestPlace, type GuestPlan, type GuestRun, type Guests } from '../plan.js';
import { splashSystem, type SplashProgram } from './splash-program.js';
import type { GuestResult, MemoryUse } from '../system-result.js';
import type { Code } from '../../../system/code.js';

/** What guests with SPLASHOS are made with. */
export interface SplashGuestsOptions {
  /** Program and processors of each, at least 1. */
  readonly guests: readonly (SplashProgram & { readonly processors: number })[];
}

/** Guests with SPLASHOS and a program each. */
export function splashGuests({ guests }: SplashGuestsOptions): Guests {
  return {
    system: 'SPLASHOS',
    switches: null,
    services: SPLASH_SERVICES,
    plans: guests.map(({ processors, ...splash }): GuestPlan => {
      const plan: GuestPlan = {
        workload: splash.program.name,
        processors,
        disks: [],
        make: place => new SplashGuest(plan, splash, place),
      };
      return plan;
    }),
  };
}

const PROGRAM = SPLASH_SERVICES.indexOf('program');
const START = SPLASH_SERVICES.indexOf('start');
const PAGE_BYTES = 4096;

class SplashGuest implements GuestRun {
  readonly plan: GuestPlan;
  readonly windowNs = Infinity;
  phase: GuestPhase;
  private readonly splash: SplashProgram;
  private readonly os: SplashOS;
  private readonly place: GuestPlace;
  /** Processors with a thread that waits for the others, and threads that have ended. */
  private arrived = 0;
  private ended = 0;

  constructor(plan: GuestPlan, splash: SplashProgram, place: GuestPlace) {
    const { processors, pages, mapped, boot } = place;
    this.plan = plan;
    this.place = place;
    this.splash = splash;
    this.os = splashSystem(splash.program, { processors, pages, mapped });
    this.phase = boot.together ? 'boot' : 'ready';
  }

  start(): void {
    const { os, place, splash } = this;
    const body = splash.program.link(os);
    place.start(os, os.boot(place.boot.together ? thread => this.together(thread, body) : body));
  }

  begin(): void {
    // It counts nothing that would have to be taken off.
  }

  finished(): void {
    // Alone on a machine, it is over when no processor has anything left to do.
    if (!this.place.boot.together) this.phase = 'over';
  }

  fault(): string | null {
    return null;
  }

  useOf(physical: number): MemoryUse {
    const { firstPhysical, pages } = this.os.memory;
    return physical < firstPhysical ? 'kernel data' : physical < pages ? 'processes' : 'free in guest';
  }

  result(): Omit<GuestResult, 'endedNs' | 'failure'> {
    const { place, splash } = this;
    return {
      name: place.name,
      description: splash.description,
      processors: place.processors,
      memoryBytes: place.memoryBytes,
      processes: 1,
      locks: [],
      scheduler: { switches: 0, migrations: 0, wakeUps: 0 },
      memory: { program: splash.program.programPages * PAGE_BYTES },
    };
  }

  /** A thread. What processors tell the run, they tell at the present: as system software. */
  private *together(thread: SplashThread, body: (thread: SplashThread) => Code): Code {
    const { os } = this;
    const { common } = this.place;
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
