/** Where the time of a processor goes: by activity, by service, and what it stalls on. */
import { TimeAccount } from '../../engine/time-account.js';
import type { Ticks } from '../../engine/time.js';
import { ACTIVITIES, Activity } from '../software.js';
import type { Execution } from './execution.js';

/** Time by service, and how many instances of each there were. */
export interface ServiceAccounts {
  readonly account: TimeAccount;
  readonly counts: Float64Array;
}

/** The accounts of one processor. They own the time charged so far and the stall that is under way. */
export class Accounts {
  /** By activity: see ACTIVITIES. */
  readonly account = new TimeAccount(ACTIVITIES);
  /** Ticks that contexts other than users' programs have stalled, by activity: on local, then on remote misses. */
  readonly systemStalls = new Float64Array(2 * ACTIVITIES.length);
  /** By service; null if the software names no services. */
  services: ServiceAccounts | null = null;
  private readonly execution: Execution;
  private readonly nodeNumber: number;
  private stallActivity = 0;
  /** The service that a stall is for, if not that of the context: see Refill. */
  private stallService = -1;
  private stallSide = 0;
  private stalledFrom: Ticks = 0;
  /** Ticks to be spent after the current stall. */
  private owedAfterStall: Ticks = 0;
  /** Ticks of second-level hits in user and in kernel mode, not yet moved to their activity. */
  private readonly cacheTicks = [0, 0];

  constructor(execution: Execution, nodeNumber: number) {
    this.execution = execution;
    this.nodeNumber = nodeNumber;
  }

  /** Names the services. */
  nameServices(names: readonly string[]): void {
    this.services = { account: new TimeAccount(names), counts: new Float64Array(names.length) };
  }

  /** The service that what executes belongs to; 0 if nothing executes. */
  get service(): number {
    const { context } = this.execution;
    return context === null ? 0 : context.service;
  }

  /** What time is charged to now. */
  activity(): number {
    const { context, state, mode } = this.execution;
    if (context === null) return Activity.Idle;
    if (state === 'stalled') return this.stallActivity;
    if (context.activity >= 0) return context.activity;
    return mode < 0 ? Activity.Kernel : Activity.User;
  }

  /** Charges the time up to `time` to what executes. */
  upTo(time: Ticks): void {
    this.charge(this.activity(), time, -1);
  }

  /** Charges the time up to `time` to an activity, and to a service or, with -1, to that of what executes. */
  charge(activity: number, time: Ticks, service: number): void {
    this.account.charge(activity, time);
    if (this.services === null) return;
    this.services.account.charge(service >= 0 ? service : this.service, time);
  }

  /** One more instance of a service. */
  countService(service: number): void {
    if (this.services !== null) this.services.counts[service]++;
  }

  /** A second-level hit of a user's program. */
  addCacheTicks(ticks: Ticks): void {
    this.cacheTicks[this.execution.mode < 0 ? 1 : 0] += ticks;
  }

  /** Waits for something on a node, from now on. */
  stall(node: number): void {
    const { execution } = this;
    this.upTo(execution.now);
    const { activity } = execution.top;
    const local = node === this.nodeNumber;
    this.stallSide = local ? 0 : 1;
    this.stalledFrom = execution.now;
    this.stallActivity = activity >= 0 ? activity : local ? Activity.LocalStall : Activity.RemoteStall;
    execution.state = 'stalled';
  }

  /** The stall that has just begun is that of a refill, which takes `ticks` more. A service of -1 is that of the context. */
  stallForRefill(activity: number, service: number, ticks: Ticks): void {
    this.stallActivity = activity;
    this.stallService = service;
    this.owedAfterStall = ticks;
  }

  /** What it waited for is there. Returns when it continues: all up to then is charged. */
  endStall(): Ticks {
    const { now, top } = this.execution;
    const next = now + this.owedAfterStall;
    this.owedAfterStall = 0;
    if (top.activity >= 0) this.systemStalls[2 * top.activity + this.stallSide] += now - this.stalledFrom;
    this.charge(this.stallActivity, next, this.stallService);
    this.stallService = -1;
    return next;
  }

  /** Brings the accounts up to now and checks that their parts add up. */
  settle(path: string): void {
    const { now } = this.execution;
    if (this.account.until < now) this.upTo(now);
    for (const [index, activity] of [Activity.User, Activity.Kernel].entries()) {
      const ticks = Math.min(this.cacheTicks[index], this.account.ticks[activity]);
      this.account.move(activity, Activity.Cache, ticks);
      this.cacheTicks[index] -= ticks;
    }
    this.account.check(path);
    this.services?.account.check(`${path}, by service`);
  }

  /** Begins anew. Settled before. */
  reset(): void {
    this.account.reset();
    this.services?.account.reset();
    this.services?.counts.fill(0);
    this.systemStalls.fill(0);
    this.stalledFrom = this.execution.now;
    this.cacheTicks.fill(0);
  }
}
