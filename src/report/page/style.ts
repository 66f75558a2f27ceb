import { figures } from "../charts/figures.ts";
import { colors } from "../charts/theme.ts";

const variables = ({ background, text, muted, line, grid, palette }: (typeof colors)["light"]) =>
  `--background:${background};--text:${text};--muted:${muted};--line:${line};--grid:${grid};--accent:${palette[0]};`;

/** A CSS list for text and charts of pages; Chinese is drawn with the reader's own fonts. */
export const pageFonts =
  'system-ui, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const narrow = Object.values(figures).flatMap((some) => some.filter((figure) => figure.narrow).map(({ id }) => id));

/** The style sheet of the HTML report: one column on a phone, two pictures side by side from 900 px on. */
export const pageStyle = `
:root { color-scheme: light dark; ${variables(colors.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(colors.dark)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 48px; max-width: 1120px; background: var(--background); color: var(--text);
  font: 16px/1.55 ${pageFonts}; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.2rem; margin: 40px 0 12px; padding-top: 12px; border-top: 1px solid var(--grid); }
h3 { font-size: 1rem; margin: 0 0 4px; }
p { margin: 0 0 12px; }
.muted, figcaption { color: var(--muted); }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 14px 20px; margin: 20px 0; }
dl.facts dt { font-size: 0.82rem; color: var(--muted); }
dl.facts dd { margin: 0; font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 14px; margin: 20px 0 8px; }
.card { border: 1px solid var(--grid); border-left: 4px solid var(--accent); border-radius: 6px; padding: 12px 16px; min-width: 0; }
.card h2 { font-size: 0.82rem; margin: 0 0 4px; padding: 0; border: 0; color: var(--muted); font-weight: 600; }
.card p { margin: 0 0 6px; }
.card p::first-letter { text-transform: uppercase; }
.card p:last-child { margin: 0; }
code { font-size: 0.9em; }
.flag { white-space: nowrap; }
ul.reading { margin: 0; padding-left: 1.2em; max-width: 78ch; }
ul.reading li { margin-bottom: 8px; }
.scroll { overflow-x: auto; margin-bottom: 28px; }
.scroll th:first-child, .scroll td:first-child { position: sticky; left: 0; background: var(--background); padding-right: 10px;
  border-right: 1px solid var(--grid); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.92rem; white-space: nowrap; }
th, td { padding: 6px 12px; text-align: right; border-bottom: 1px solid var(--grid); }
th { vertical-align: bottom; font-weight: 600; }
td.sentence { white-space: normal; text-align: left; min-width: 30ch; }
th small { display: block; font-weight: 400; color: var(--muted); }
th:first-child, td:first-child { padding-left: 0; }
table.stacked th { white-space: normal; overflow-wrap: normal; }
table.stacked td small { display: block; color: var(--muted); font-size: 0.86em; }
figure { margin: 0 0 28px; min-width: 0; }
figcaption { font-size: 0.88rem; line-height: 1.5; max-width: 90ch; }
.chart { width: 100%; }
${narrow.map((id) => `#${id}`).join(", ")} { max-width: 640px; }
picture { display: block; overflow-x: auto; }
picture img { width: 100%; min-width: min(560px, var(--width)); max-width: var(--width); height: auto; }
details { margin-bottom: 16px; }
summary { cursor: pointer; font-weight: 600; padding: 6px 0; }
[hidden] { display: none !important; }
.pair { display: grid; gap: 0 36px; }
@media (min-width: 900px) { .pair { grid-template-columns: 1fr 1fr; } }
.pair .chart { max-width: 640px; }
.choose { display: block; margin-bottom: 16px; }
select { font: inherit; color: inherit; background: var(--background); border: 1px solid var(--line); border-radius: 6px;
  padding: 6px 10px; margin-left: 8px; }
select:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#readout { font-size: 0.88rem; min-height: 1.5em; margin: 0 0 6px; color: var(--text); }
pre { overflow-x: auto; padding: 12px 14px; border: 1px solid var(--grid); border-radius: 6px; font-size: 0.86rem;
  white-space: pre-wrap; }
dl.glossary dt { font-weight: 600; }
dl.glossary dd { margin: 0 0 10px; max-width: 78ch; }
@media (max-width: 480px) { body { padding: 16px 14px 32px; font-size: 15px; }
  th, td { padding: 6px 8px; } table { font-size: 0.84rem; }
  table.stacked, table.stacked tbody { display: block; } table.stacked thead { display: none; }
  table.stacked tr { display: block; padding: 8px 0; border-bottom: 1px solid var(--grid); }
  table.stacked td { display: flex; justify-content: space-between; gap: 14px; padding: 2px 0; border: 0; white-space: normal; }
  table.stacked td::before { content: attr(data-name); color: var(--muted); text-align: left; white-space: nowrap; }
  table.stacked td > span { overflow-wrap: anywhere; } table.stacked td.sentence > span { text-align: left; }
  .scroll table.stacked td:first-child { position: static; font-weight: 600; border-right: 0; padding-right: 0; } }
@media print { .choose { display: none; } figure, tr { break-inside: avoid; } }
`;
