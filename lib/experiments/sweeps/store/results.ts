/** The results of a sweep as files: a line of JSON for each point, a table of values separated by commas, and a manifest. */
import type { Collected, CollectedPoint } from './collected.js';
import type { Json } from './json.js';

/** Every point that has an outcome, as one line of JSON: `{ parameters, seed, metrics, fingerprint }`. */
export function resultsNdjson({ points }: Collected): string {
  return points
    .filter(hasOutcome)
    .map(
      ({ parameters, seed, metrics, fingerprint }) => `${JSON.stringify({ parameters, seed, metrics, fingerprint })}\n`,
    )
    .join('');
}

/** The same as a table (RFC 4180, lines end with a line feed): parameters, seed, fingerprint, metrics. What is not text is JSON. */
export function resultsCsv({ points }: Collected): string {
  const rows = points.filter(hasOutcome);
  const names = (part: 'parameters' | 'metrics'): string[] => [
    ...new Set(rows.flatMap(row => Object.keys(row[part] ?? {}))),
  ];
  const [parameters, metrics] = [names('parameters'), names('metrics').sort()];
  const lines = rows.map(row => [
    ...parameters.map(name => cell(row.parameters[name])),
    cell(row.seed),
    cell(row.fingerprint ?? undefined),
    ...metrics.map(name => cell(row.metrics?.[name])),
  ]);
  const heading = [...parameters, 'seed', 'fingerprint', ...metrics].map(name => cell(name));
  return [heading, ...lines].map(line => `${line.join(',')}\n`).join('');
}

/** Version, specification, and of each point its key, fingerprint and whether it is there. */
export function manifestJson({ version, specification, points }: Collected): string {
  const entries = points.map(({ key, parameters, seed, metrics, fingerprint }) => {
    return { key, parameters, seed, complete: metrics !== null, fingerprint };
  });
  return `${JSON.stringify({ version, specification, points: entries }, null, 1)}\n`;
}

function hasOutcome({ metrics }: CollectedPoint): boolean {
  return metrics !== null;
}

function cell(value: Json | undefined): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
