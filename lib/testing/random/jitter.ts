/**
 * A component in the middle of a wire that holds messages up at random, as gem5's random tester does: by 0 to 3 ticks,
 * and one in eight by 101 to 115 more. Forwards keep their order, which protocols rely on; all else may overtake.
 */
import { Lane } from '../../messages/coherence-messages.js';
import { Component, type Scope } from '../../engine/component.js';
import { Port, type Message } from '../../engine/port.js';
import type { RandomStream } from '../../engine/random.js';
import type { Ticks } from '../../engine/time.js';

/** Holds messages up in both directions. */
export class Jitter<M extends Message> extends Component {
  readonly cache: Port<M, M>;
  readonly home: Port<M, M>;
  private readonly random: RandomStream;
  private readonly lastForward = [0, 0];

  constructor(parent: Scope, name: string) {
    super(parent, name);
    this.random = this.simulation.random(`${this.path}.jitter`);
    this.cache = new Port<M, M>(this, 'cache', refuse, (message, arrives) => this.pass(this.home, 0, message, arrives));
    this.home = new Port<M, M>(this, 'home', refuse, (message, arrives) => this.pass(this.cache, 1, message, arrives));
  }

  override leastTransit(port: object): Ticks {
    return port === this.cache ? this.home.wireLatency : this.cache.wireLatency;
  }

  private pass(to: Port<M, M>, direction: number, message: M, arrives: Ticks): boolean {
    const draw = this.random.below(32);
    let departs = arrives + (draw & 3);
    if (draw < 4) departs += 101 + this.random.below(15);
    if (message.lane === Lane.Forward) {
      departs = Math.max(departs, this.lastForward[direction]);
      this.lastForward[direction] = departs;
    }
    to.forward(message, departs);
    return true;
  }
}

function refuse(): never {
  throw new Error('jitter passes everything on');
}
