/**
 * How soon anything can reach a runner, from the wires alone. Components are taken to react in no time, so the bounds
 * are safe for whatever they do.
 */
import type { Component } from '../component.js';
import type { Message, Port } from '../port.js';
import type { Runner } from './runner.js';
import type { Ticks } from '../time.js';

type AnyPort = Port<Message, Message>;

/** Fills in the lookahead of every runner. */
export function findLookaheads(runners: readonly Runner[], ports: readonly AnyPort[]): void {
  const byDomain = new Map<string, AnyPort[]>();
  for (const port of ports) {
    const domain = domainOf(port.owner);
    const list = byDomain.get(domain);
    if (list) list.push(port);
    else byDomain.set(domain, [port]);
  }
  const running = new Map(runners.map(runner => [runner.owner, runner]));
  const leave = Math.min(...runners.map(runner => leastDeparture(runner.owner, byDomain)), Infinity);
  const counts = new Map<string, number>();
  for (const { owner } of runners) counts.set(domainOf(owner), (counts.get(domainOf(owner)) ?? 0) + 1);
  for (const runner of runners) {
    const domain = domainOf(runner.owner);
    const inside = byDomain.get(domain) ?? [];
    const distance = distancesTo(runner.owner, inside);
    let fromDomain = Infinity;
    let fromMates = Infinity;
    for (const [component, ticks] of distance) {
      if (component === runner.owner) continue;
      if (running.has(component)) fromMates = Math.min(fromMates, ticks);
      else fromDomain = Math.min(fromDomain, ticks);
    }
    const fromOutside = leastEntry(inside, distance);
    const alone = counts.get(domain) === 1;
    runner.lookahead.fromDomain = fromDomain;
    // What happens elsewhere may wake a mate through software that they share.
    runner.lookahead.fromOutside = alone ? fromOutside : Math.min(fromOutside, fromMates);
    runner.lookahead.fromRunner = Math.min(alone ? Infinity : fromMates, fromOutside + leave);
  }
}

/** The first part of a path: components below one top-level scope form a domain. */
export function domainOf(component: Component): string {
  const dot = component.path.indexOf('.');
  return dot < 0 ? component.path : component.path.slice(0, dot);
}

/** Shortest distances to a component over wires that stay inside its domain. */
function distancesTo(target: Component, inside: readonly AnyPort[]): Map<Component, Ticks> {
  const distance = new Map<Component, Ticks>([[target, 0]]);
  // Domains are small (a node), so relaxing until nothing changes is simple and quick enough.
  for (let changed = true; changed;) {
    changed = false;
    for (const port of inside) {
      const peer = port.connectedTo;
      const onward = peer === null ? undefined : distance.get(peer.owner);
      if (onward === undefined) continue;
      const ticks = onward + port.wireLatency;
      if (ticks < (distance.get(port.owner) ?? Infinity)) {
        distance.set(port.owner, ticks);
        changed = true;
      }
    }
  }
  return distance;
}

/** The least time from an event outside to the component that the distances lead to. */
function leastEntry(inside: readonly AnyPort[], distance: ReadonlyMap<Component, Ticks>): Ticks {
  let least = Infinity;
  for (const port of inside) {
    const peer = port.connectedTo;
    const onward = distance.get(port.owner);
    if (peer === null || onward === undefined || domainOf(peer.owner) === domainOf(port.owner)) continue;
    const transit = peer.owner.leastTransit?.(peer) ?? 0;
    least = Math.min(least, transit + port.wireLatency + onward);
  }
  return least;
}

/** The least time in which what a runner sends reaches another component of its domain; 0 if it sends outside directly. */
function leastDeparture(owner: Component, byDomain: ReadonlyMap<string, readonly AnyPort[]>): Ticks {
  let least = Infinity;
  for (const port of byDomain.get(domainOf(owner)) ?? []) {
    const peer = port.connectedTo;
    if (port.owner !== owner || peer === null) continue;
    least = Math.min(least, domainOf(peer.owner) === domainOf(owner) ? port.wireLatency : 0);
  }
  return least;
}
