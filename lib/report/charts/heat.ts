/**
 * Heat maps side by side: pages from top to bottom, time from left to right; colour is the local share of the misses,
 * height of a cell their number. One path for each colour keeps a map small.
 */
import { NO_MISS, SHARE_STEPS } from './palette.js';
import { at, merged, ticksWithin } from './scale.js';
import { html as markup } from '../markup.js';
import type { Html } from '../markup.js';
import { clipped, count, percent, ratio } from '../format.js';

/** Misses of one page by window. */
export interface HeatRow {
  readonly label: string;
  readonly local: readonly number[];
  readonly remote: readonly number[];
}

/** One map. Row i is the same page in all maps; null where a map does not know it. */
export interface HeatMap {
  readonly title: string;
  readonly windowNs: number;
  readonly rows: readonly (HeatRow | null)[];
}

const WIDTH = 1040;
const LEFT = 168;
const GAP = 24;
const TOP = 24;
const ROW = 11;
const MOST_WINDOWS = 60;
/** Heights of cells with few, more and many misses. */
const HEIGHTS = [3, 6, 9];

/** Draws maps on one time scale and one scale of misses. `labels` names the rows. */
export function heatMaps(labels: readonly string[], maps: readonly HeatMap[]): Html {
  const merge = maps.map(shortened);
  const limits = limitsOf(merge);
  const end = Math.max(...merge.map(map => (map.windowNs / 1e6) * lengthOf(map)), 0) || 1;
  const width = (WIDTH - LEFT - GAP * (maps.length - 1)) / Math.max(2, maps.length);
  const bottom = TOP + ROW * labels.length;
  const panels = merge.map((map, i) => {
    const left = at(LEFT + i * (width + GAP));
    return markup`<g transform="translate(${left} 0)">${panel(map, limits, end, width, bottom)}</g>`;
  });
  return markup`<svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${bottom + 36}">
<title>${`Local share of the misses of each page over time: ${maps.map(({ title }) => title).join('; ')}`}</title>
<g class="tiny" text-anchor="end">${labels.map(rowLabel)}</g>
${panels}
</svg>
${key(limits)}`;
}

function rowLabel(label: string, row: number): Html {
  return markup`<text x="${LEFT - 8}" y="${TOP + ROW * row + 9}">${clipped(label, 28)}<title>${label}</title></text>`;
}

/** What colours and heights mean. */
function key(limits: readonly [number, number]): Html {
  const [few, more, many] = HEIGHTS.map(height => box(SHARE_STEPS[3], height));
  return markup`<p class="key">Colour: share of the page’s misses that were local, from none
${SHARE_STEPS.map(fill => box(fill, 9))} all; ${box(NO_MISS, 9)} no miss.
Height: ${few} up to ${count(limits[0])}, ${more} up to ${count(limits[1])}, ${many} more misses in one column.</p>`;
}

function panel(map: HeatMap, limits: readonly [number, number], end: number, width: number, bottom: number): Html {
  const perMs = width / end;
  const columnWidth = (map.windowNs / 1e6) * perMs;
  const paths = SHARE_STEPS.map(() => '');
  map.rows.forEach((row, i) => row && addCells(paths, row, TOP + ROW * i, columnWidth, limits));
  const extent = at(columnWidth * lengthOf(map));
  return markup`<text class="strong" x="0" y="14">${map.title}</text>
<rect y="${TOP}" width="${extent}" height="${bottom - TOP}" fill="${NO_MISS}"/>
${paths.map((d, i) => d !== '' && markup`<path d="${d}" fill="${SHARE_STEPS[i]}"/>`)}
${map.rows.map((row, i) => tooltip(row, TOP + ROW * i, extent))}
<g class="axis" text-anchor="middle">
${ticksWithin(end, 5).map(ms => markup`<text x="${at(ms * perMs)}" y="${bottom + 14}">${ms}</text>`)}
<text x="${at(width / 2)}" y="${bottom + 30}">milliseconds</text></g>`;
}

/** Adds the cells of a row to the paths of their colours; equal neighbours become one. */
function addCells(paths: string[], row: HeatRow, y: number, width: number, limits: readonly [number, number]): void {
  const cells = row.local.map((local, w) => cellOf(local, row.remote[w] ?? 0, limits));
  for (let from = 0; from < cells.length;) {
    let to = from + 1;
    while (to < cells.length && cells[to] === cells[from]) to++;
    const cell = cells[from];
    if (cell >= 0) {
      const height = HEIGHTS[cell % HEIGHTS.length];
      const left = at(from * width);
      const right = at(to * width);
      paths[Math.floor(cell / HEIGHTS.length)] += `M${left} ${y + (ROW - height) / 2}H${right}v${height}H${left}z`;
    }
    from = to;
  }
}

/** Colour and height in one number, or -1 for no miss. */
function cellOf(local: number, remote: number, limits: readonly [number, number]): number {
  const share = ratio(local, local + remote);
  if (share === null) return -1;
  const colour = Math.min(SHARE_STEPS.length - 1, Math.floor(share * SHARE_STEPS.length));
  const misses = local + remote;
  return colour * HEIGHTS.length + (misses <= limits[0] ? 0 : misses <= limits[1] ? 1 : 2);
}

/** Thirds of the largest number of misses, on a logarithmic scale. */
function limitsOf(maps: readonly HeatMap[]): [number, number] {
  let most = 1;
  for (const { rows } of maps) {
    for (const row of rows) row?.local.forEach((local, w) => (most = Math.max(most, local + (row.remote[w] ?? 0))));
  }
  return [Math.max(1, Math.round(most ** (1 / 3))), Math.max(2, Math.round(most ** (2 / 3)))];
}

function shortened(map: HeatMap): HeatMap {
  const group = Math.max(1, Math.ceil(lengthOf(map) / MOST_WINDOWS));
  const rows = map.rows.map(
    row => row && { ...row, local: merged(row.local, group), remote: merged(row.remote, group) },
  );
  return { ...map, windowNs: map.windowNs * group, rows };
}

function lengthOf({ rows }: HeatMap): number {
  return Math.max(0, ...rows.map(row => row?.local.length ?? 0));
}

function tooltip(row: HeatRow | null, y: number, width: number): Html {
  return markup`<rect class="row" y="${y}" width="${width}" height="${ROW}"><title>${rowTitle(row)}</title></rect>`;
}

function rowTitle(row: HeatRow | null): string {
  if (row === null) return 'not among the pages with most misses in this run';
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const local = sum(row.local);
  const all = local + sum(row.remote);
  return `${row.label}: ${count(all)} misses, ${percent(ratio(local, all), 0)} % local`;
}

function box(fill: string, height: number): Html {
  return markup`<svg class="box" viewBox="0 0 16 11" aria-hidden="true">
<rect y="${(ROW - height) / 2}" width="16" height="${height}" fill="${fill}"/></svg>`;
}
