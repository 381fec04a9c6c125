/** Latency against load: a line for each network, up to where it saturates. A picture of its own, as a file. */
import { LINES } from './palette.js';
import { at, ticks } from './scale.js';
import { html as markup, type Html } from '../markup.js';
import { inLight } from '../theme.js';
import type { NetworkSweep } from '../../experiments/hardware/network-sweep.js';

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 64;
const RIGHT = 24;
const TOP = 44;
const BOTTOM = 84;
/** Latencies are drawn up to so many times the lowest. */
const TALLEST = 6;

interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [rate: number, latency: number])[];
}

/** Draws a sweep as SVG, complete with its colours and fonts. Loads that were not borne are drawn where they leave the chart. */
export function loadChart({ options, name, rows }: NetworkSweep): string {
  const curves: Curve[] = [
    { name: 'routers, flit by flit', points: rows.map(({ routers }) => [routers.rate, routers.meanLatency]) },
    { name: 'links that are booked', points: rows.map(({ booking }) => [booking.rate, booking.meanLatency]) },
  ];
  const lowest = Math.min(...curves.flatMap(({ points }) => points.map(([, latency]) => latency)));
  const loads = ticks(Math.max(...options.rates.slice(0, rows.length)), 8);
  const latencies = ticks(TALLEST * lowest, 6);
  const x = (rate: number): number => at(LEFT + (rate / loads[loads.length - 1]) * (WIDTH - LEFT - RIGHT));
  const y = (latency: number): number => {
    const share = Math.min(latency / latencies[latencies.length - 1], 1);
    return at(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM));
  };
  const packets = options.flits === 1 ? 'one flit' : `${options.flits} flits`;
  return inLight(
    markup`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="#1c2530">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
<text x="${LEFT}" y="24" font-size="16">${name}, ${options.pattern}, packets of ${packets}</text>
<g stroke="#dde3e8">${latencies.map(value => markup`<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}"/>`)}</g>
<g text-anchor="end">${latencies.map(value => markup`<text x="${LEFT - 8}" y="${y(value) + 4}">${value}</text>`)}</g>
<g text-anchor="middle">${loads.map(value => markup`<text x="${x(value)}" y="${HEIGHT - BOTTOM + 18}">${value}</text>`)}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - BOTTOM + 38}">offered load, flits per node and cycle</text>
<text transform="rotate(-90)" x="${-(TOP + HEIGHT - BOTTOM) / 2}" y="16">mean latency, cycles</text></g>
${curves.map((curve, i) => drawn(curve, i, x, y))}
</svg>
`.text,
  );
}

function drawn({ name, points }: Curve, i: number, x: (rate: number) => number, y: (latency: number) => number): Html {
  const { stroke, dashes } = LINES[i % LINES.length];
  const dashed = dashes !== '' && markup` stroke-dasharray="${dashes}"`;
  const path = points.map(([rate, latency], step) => `${step === 0 ? 'M' : 'L'}${x(rate)} ${y(latency)}`).join('');
  const left = LEFT + 260 * i;
  return markup`<path d="${path}" fill="none" stroke="${stroke}" stroke-width="2"${dashed}><title>${name}</title></path>
<path d="M${left} ${HEIGHT - 22}h28" stroke="${stroke}" stroke-width="2"${dashed}/>
<text x="${left + 36}" y="${HEIGHT - 18}">${name}</text>`;
}
