/** The looks of a report: one column, one font, nothing that has to be loaded. */

import { THEME } from './theme.js';

/** Classes of charts. */
export const CHART_STYLE = `.chart { display: block; width: 100%; height: auto; font-size: 13px; fill: var(--ink); }
.chart .grid path { stroke: var(--rule); fill: none; }
.chart .axis text, .chart .small { fill: var(--muted); font-size: 12px; }
.chart .tiny text { font-size: 9.5px; }
.chart .piece { stroke: var(--edge); stroke-width: 1; }
.chart .on { font-size: 11.5px; text-anchor: middle; pointer-events: none; }
.chart .mark { stroke: var(--ink); stroke-dasharray: 4 3; fill: none; }
.chart .strong { font-weight: 700; }
.chart .warn { fill: var(--warn); font-weight: 700; }
.chart .line { fill: none; stroke-linejoin: round; stroke-linecap: round; }
.chart .leader { stroke: var(--strong); stroke-dasharray: 1 3; fill: none; }
.chart .cell { stroke: var(--paper); stroke-width: 1; }
.chart .row { fill: transparent; stroke: var(--paper); stroke-width: .6; }
`;

/** A style sheet. */
export const STYLE = `${THEME}
:root { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
body { max-width: 1080px; margin: 0 auto; padding: 24px 20px 60px; }
h1 { font-size: 30px; line-height: 1.2; margin: 8px 0 12px; }
h2 { font-size: 23px; margin: 48px 0 8px; padding-top: 12px; border-top: 3px solid var(--ink); }
h3 { font-size: 17px; margin: 28px 0 6px; }
p, li, dd { max-width: 80ch; }
p { margin: 6px 0 10px; }
a { color: var(--link); }
nav ol { columns: 2; margin: 8px 0; padding-left: 22px; }
.lead { font-size: 18px; }
.muted { color: var(--muted); font-size: 14px; }
.finding { border-left: 4px solid var(--link); padding-left: 12px; }
.finding p { max-width: none; }
.partial { border: 3px solid var(--warn); background: var(--alarm); padding: 8px 14px; font-weight: 600; max-width: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; margin: 8px 0 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: 4px; }
th, td { padding: 4px 7px; border-bottom: 1px solid var(--rule); text-align: right; vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; font-weight: 600; line-height: 1.25; }
tbody th { font-weight: 500; }
td, th[scope^="row"] { white-space: nowrap; }
th:first-child, td.text, th.text { text-align: left; }
td.text { white-space: normal; overflow-wrap: break-word; }
td.kind { white-space: nowrap; }
td.reasons { min-width: 24ch; }
tr.base th, tr.base td { background: var(--shade); }
tr.partial-run th, tr.partial-run td { background: var(--alarm); }
tbody + tbody tr:first-child th, tbody + tbody tr:first-child td { border-top: 2px solid var(--strong); }
dl { margin: 6px 0; }
dt { font-weight: 600; margin-top: 8px; }
dd { margin: 0 0 4px 20px; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; font-size: 14px; }
dl.facts dt, dl.facts dd { margin: 0; max-width: none; overflow-wrap: anywhere; }
figure { margin: 10px 0 16px; }
.drawing { background: #fff; border-radius: 4px; }
.panels { display: flex; flex-wrap: wrap; gap: 12px 10px; }
.panels > svg { width: 340px; max-width: 100%; }
figure > svg { max-width: 100%; height: auto; }
figcaption { font-size: 14px; color: var(--muted); max-width: 90ch; }
details { margin: 8px 0; border: 1px solid var(--rule); border-radius: 4px; padding: 4px 12px; }
summary { cursor: pointer; font-weight: 600; }
pre { font-size: 12px; line-height: 1.35; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 48px; border-top: 1px solid var(--rule); padding-top: 8px; }
${CHART_STYLE}.mini { width: 60px; height: 10px; vertical-align: -1px; margin-right: 6px; }
.number { display: inline-block; min-width: 3em; text-align: right; }
td.text .number { min-width: 0; }
.sample { width: 28px; height: 12px; vertical-align: -1px; }
.swatch { width: 12px; height: 12px; vertical-align: -1px; }
.box { width: 16px; height: 11px; vertical-align: -1px; }
.key { font-size: 14px; color: var(--muted); max-width: none; }
ul.legend { list-style: none; margin: 4px 0 6px; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 14px; }
@media print {
  body { max-width: none; padding: 0; font-size: 12px; }
  svg, tr.base, .finding p { max-width: none; }
.partial { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  figure, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .wide { overflow: visible; }
  details:not([open])::details-content { content-visibility: visible; block-size: auto; }
}
`;
