/** A way to a fault as a sequence chart in Mermaid's notation, which forges and editors draw. */
import { plainObject, wholeNumbers } from '../../engine/checks.js';
import type { Violation } from './explorer.js';
import type { TracedStep } from './trace.js';

/** The chart of a violation: a message arrives where its arrow stands; notes tell accesses and changes of state. */
export function sequenceChart(violation: Violation, size: ChartSize): string {
  plainObject(violation, 'the violation of a chart');
  plainObject(size, 'the size of a chart');
  wholeNumbers(size, ['caches', 'lines'], 'the size of a chart', 1, 64);
  const { kind, what, steps } = violation;
  const { caches, lines } = size;
  const several = lines > 1;
  const actors = [
    ...Array.from({ length: caches }, (_, cache) => `  participant C${cache} as cache ${cache}`),
    ...Array.from({ length: lines }, (_, line) => `  participant H${line} as home${several ? ` of line ${line}` : ''}`),
  ];
  const chart = steps.flatMap((step, index) =>
    drawn(step, several, kind === 'unexpected message' && index === steps.length - 1),
  );
  return ['sequenceDiagram', ...actors, ...chart, `  Note over C0,H${lines - 1}: ${kind}: ${what}`].join('\n');
}

/** How many columns a chart has; an Exploration says. */
export interface ChartSize {
  readonly caches: number;
  readonly lines: number;
}

function drawn(step: TracedStep, several: boolean, lost: boolean): string[] {
  const actor = (at: number): string => (at < 0 ? `H${step.line}` : `C${at}`);
  const line = several && step.at >= 0 ? `line ${step.line}: ` : '';
  const change = step.before === step.after ? step.before : `${step.before} → ${step.after}`;
  const self = actor(step.at);
  if (step.message === null) return [`  Note over ${self}: ${line}${step.access}, ${change}`];
  const arrow = lost ? '--x' : '->>';
  return [`  ${actor(step.from ?? -1)}${arrow}${self}: ${step.message}`, `  Note over ${self}: ${line}${change}`];
}
