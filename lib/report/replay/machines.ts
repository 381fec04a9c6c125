/** The machines of a report: drawn, in key numbers, and with how far to trust them. */
import { buildTopology } from '../../machine/build-topology.js';
import { readLatencyNs } from '../../machine/latency.js';
import type { ResolvedSpecification } from '../../machine/specification/specification.js';
import { TimeBase } from '../../engine/time.js';
import { drawing, html } from '../markup.js';
import type { Html } from '../markup.js';
import { count, counted, NONE } from '../format.js';
import type { RunResult } from '../../experiments/replay/result.js';
import { CONFIDENCE_TAGS } from './words.js';

/** A machine as the caller of a report presents it. */
export interface ReportMachine {
  /** Its name in the results. */
  readonly name: string;
  /** A drawing: one SVG element that loads nothing. */
  readonly svg: string;
  /** Text below the drawing. */
  readonly caption: string;
}

/** All machines, each with the key numbers of every variant of it that the results used. */
export function machinesSection(machines: readonly ReportMachine[], results: readonly RunResult[]): Html {
  return html`<section id="machines">
    <h2>The machines</h2>
    ${machines.map(machine => machineBlock(machine, results))}
  </section>`;
}

/** Specifications in the order of first use, and the programs that each was used for. */
export function variantsOf(
  results: readonly RunResult[],
): { specification: ResolvedSpecification; programs: string[]; key: string }[] {
  const variants = new Map<string, { specification: ResolvedSpecification; programs: string[]; key: string }>();
  for (const { machine, trace } of results) {
    const key = JSON.stringify(machine);
    const variant = variants.get(key) ?? { specification: machine, programs: [], key };
    if (!variant.programs.includes(trace.name)) variant.programs.push(trace.name);
    variants.set(key, variant);
  }
  return [...variants.values()];
}

function machineBlock({ name, svg, caption }: ReportMachine, results: readonly RunResult[]): Html {
  const variants = variantsOf(results.filter(({ machine }) => machine.name === name));
  const columns = columnsOf(variants);
  const first = variants[0]?.specification;
  return html`<h3>${name}</h3>
    <figure>
      ${drawing(svg)}
      <figcaption>${caption}</figcaption>
    </figure>
    ${
      first !== undefined &&
      html`<div class="wide">
          <table>
            <caption>
              Key numbers of ${name}
            </caption>
            <thead>
              <tr>
                <th scope="col">used for</th>
                ${columns.map(({ programs }) => html`<th scope="col" class="text">${programs.join(', ')}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${columns[0].facts.map(
                ([label], i) =>
                  html`<tr>
                    <th scope="row">${label}</th>
                    ${columns.map(({ facts }) => html`<td class="text">${facts[i][1]}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <p><strong>Where the numbers come from.</strong> ${first.source}. By group:</p>
        <dl class="facts">
          ${Object.entries(first.confidence).map(
            ([group, words]) =>
              html`<dt>${group}</dt>
                <dd>${String(words)}</dd>`,
          )}
        </dl>
        <p class="muted">${CONFIDENCE_TAGS}</p>`
    }`;
}

interface Column {
  readonly programs: string[];
  readonly facts: readonly (readonly [label: string, value: string])[];
}

/** Variants that differ only in what the table does not show (the settings of page counters) share a column. */
function columnsOf(variants: ReturnType<typeof variantsOf>): Column[] {
  const columns = new Map<string, Column>();
  for (const { specification, programs } of variants) {
    const facts = factsOf(specification);
    const key = JSON.stringify(facts);
    const column = columns.get(key) ?? { programs: [], facts };
    column.programs.push(...programs.filter(program => !column.programs.includes(program)));
    columns.set(key, column);
  }
  return [...columns.values()];
}

function factsOf(specification: ResolvedSpecification): [label: string, value: string][] {
  const { nodes, processor, memory, pageBytes, network, controller } = specification;
  const total = (pick: (node: (typeof nodes)[number]) => number) => nodes.reduce((sum, node) => sum + pick(node), 0);
  const { local, remote } = latencies(specification);
  const cache = ({ sizeBytes, ways, lineBytes }: typeof processor.l2) =>
    `${bytes(sizeBytes)}, ${ways}-way, ${lineBytes}-byte lines`;
  return [
    [
      'nodes and processors',
      `${counted(nodes.length, 'node')}, ${counted(
        total(node => node.processors),
        'processor',
      )}`,
    ],
    ['memory', `${bytes(total(node => node.memoryBytes))} in pages of ${bytes(pageBytes)}`],
    ['processor', `in order, ${processor.clockMHz} MHz, TLB of ${processor.tlbEntries} entries`],
    ['first-level caches', `instructions ${cache(processor.l1i)}; data ${cache(processor.l1d)}`],
    ['second-level cache', `${cache(processor.l2)}; a hit takes ${processor.l2HitNs} ns`],
    ['miss to local memory, nobody else waiting', local],
    ['miss to remote memory, nobody else waiting', remote],
    ['memory banks per node', `${memory.banks}, each busy for ${memory.bankNs} ns with a line`],
    ['controller', `busy for ${controller.homeOccupancyNs} ns with a request to its memory`],
    ['network', nodes.length > 1 ? `${network.topology.kind}, ${network.flitBytes}-byte flits` : 'none'],
  ];
}

function latencies(specification: ResolvedSpecification): { local: string; remote: string } {
  const topology = buildTopology(specification, new TimeBase(specification.tickPs));
  const local: number[] = [];
  const remote: number[] = [];
  specification.nodes.forEach(({ processors }, from) => {
    if (processors === 0) return;
    specification.nodes.forEach(({ memoryBytes }, to) => {
      if (memoryBytes > 0) (from === to ? local : remote).push(readLatencyNs(specification, topology, from, to));
    });
  });
  return { local: range(local), remote: range(remote) };
}

function range(values: readonly number[]): string {
  if (values.length === 0) return NONE;
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  return least === most ? `${least} ns` : `${least} to ${most} ns`;
}

function bytes(size: number): string {
  if (size % 2 ** 20 === 0) return `${count(size / 2 ** 20)} MB`;
  return size % 1024 === 0 ? `${count(size / 1024)} KB` : `${count(size)} bytes`;
}
