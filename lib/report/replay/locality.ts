/** Pictures of locality over time: local share by policy, and page by page under two policies. */
import { heatMaps } from '../charts/heat.js';
import { lineChart } from '../charts/lines.js';
import { merged } from '../charts/scale.js';
import { html } from '../markup.js';
import type { Html } from '../markup.js';
import { localShare, processorNodes, whole } from './figures.js';
import type { LabelledRun, ProgramRuns } from './figures.js';
import { ratio } from '../format.js';
import type { Locality } from '../../experiments/replay/result.js';

const MOST_PAGES = 40;
const MOST_STEPS = 120;

/** A line chart of all runs on machines of several nodes, and heat maps of first touch and of what moves pages. */
export function localityPictures({ runs, baseline }: ProgramRuns): Html {
  const distributed = runs.filter(({ run }) => processorNodes(run) > 1 && localShare(run.misses) !== null);
  if (distributed.length === 0)
    return html`<p class="muted">No run on a machine of several nodes had a miss, so there is nothing to show.</p>`;
  const series = distributed.map(entry => seriesOf(entry));
  return html`<figure>
      ${lineChart('Local share of misses over time, by configuration', series)}
      <figcaption>
        Share of all misses that were local, over simulated time; a line ends where its run ends. Machines of one node
        are left out: all their misses are local.
      </figcaption>
    </figure>
    ${pageMaps(distributed, baseline)}`;
}

/** Sums windows until at most MOST_STEPS are left, so that a line is no thicket. */
function seriesOf({ run, label }: LabelledRun): { name: string; stepMs: number; values: (number | null)[] } {
  const { windowNs, local, remote } = run.locality;
  const group = Math.max(1, Math.ceil(local.length / MOST_STEPS));
  const remoteSums = merged(remote, group);
  const values = merged(local, group).map((sum, i) => ratio(sum, sum + (remoteSums[i] ?? 0)));
  return { name: marked(label, whole(run)), stepMs: (windowNs * group) / 1e6, values };
}

function pageMaps(distributed: readonly LabelledRun[], baseline: LabelledRun | null): Html | null {
  const chosen = pair(
    distributed.filter(({ run }) => run.locality.pages.length > 0),
    baseline,
  );
  if (chosen.length === 0) return null;
  const keyed = chosen.map(({ run }) => byKey(run.locality.pages));
  const keys = interleaved(keyed.map(pages => [...pages.keys()])).slice(0, MOST_PAGES);
  const labels = keys.map(key => keyed.map(pages => pages.get(key)).find(page => page !== undefined)!.label);
  const maps = chosen.map(({ run, label }, i) => ({
    title: marked(label, whole(run)),
    windowNs: run.locality.windowNs,
    rows: keys.map(key => keyed[i].get(key) ?? null),
  }));
  const same =
    chosen.length > 1
      ? ' Left the baseline, right the run on this machine that moved and copied most pages; a row is the same page on both sides.'
      : '';
  return html`<figure>
    ${heatMaps(labels, maps)}
    <figcaption>
      The pages with most misses, one row each, over simulated time.${same} A row that turns from orange to blue is a
      page whose misses became local.
    </figcaption>
  </figure>`;
}

/** The baseline, and with it the run on the same machine that moved and copied most pages, if there is another run. */
function pair(runs: readonly LabelledRun[], baseline: LabelledRun | null): LabelledRun[] {
  const first = runs.find(({ run }) => run === baseline?.run) ?? runs[0];
  if (first === undefined) return [];
  const moved = ({ run }: LabelledRun) => run.placement.migrations + run.placement.replications;
  const others = runs.filter(entry => entry !== first && entry.run.machine.name === first.run.machine.name);
  const most = others.reduce<LabelledRun | null>((a, b) => (a && moved(a) >= moved(b) ? a : b), null);
  return most && moved(most) > 0
    ? [first, most]
    : [first, ...others.filter(({ run }) => run.policy === 'migrate-replicate')].slice(0, 2);
}

/** Pages by label; of equal labels by label and occurrence. */
function byKey(pages: Locality['pages']): Map<string, Locality['pages'][number]> {
  const keyed = new Map<string, Locality['pages'][number]>();
  for (const page of pages) {
    let occurrence = 1;
    while (keyed.has(`${occurrence} ${page.label}`)) occurrence++;
    keyed.set(`${occurrence} ${page.label}`, page);
  }
  return keyed;
}

/** Rank by rank, each key once. */
function interleaved(lists: readonly (readonly string[])[]): string[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const keys = Array.from({ length: longest }, (_, rank) => lists.flatMap(list => list.slice(rank, rank + 1))).flat();
  return [...new Set(keys)];
}

function marked(label: string, isWhole: boolean): string {
  return isWhole ? label : `PARTIAL: ${label}`;
}
