import type { NoiseScale } from "../../statistics/types.ts";
import { placeOf } from "../../store/place.ts";
import type { CheckpointAnalysis } from "../../store/schema.ts";
import type { Text } from "../../text/text.ts";
import { alignedLines } from "./aligned.ts";
import { evenly } from "./evenly.ts";

const COLUMNS = 48;
const MOST_BARS = 8;

/**
 * The noise scale of checkpoints as bars on a logarithmic axis, with the batch as a line through them:
 *
 *     epoch 5          │   ├──●───┤
 *     epoch 10         │        ├────────────▶
 *     examples   10    │   100       1,000
 *
 * An arrow is an end that nothing bounds. No lines where there is no value to draw.
 */
export function noiseBars(
  checkpoints: readonly CheckpointAnalysis[],
  batchSize: number,
  { page, charts }: Text,
): string[] {
  const drawn = evenly(
    checkpoints.filter(({ statistics: { noiseScale } }) => noiseScale.lower > 0 && Number.isFinite(noiseScale.lower)),
    MOST_BARS,
  );
  if (drawn.length === 0) return [];
  const ends = drawn.flatMap(({ statistics: { noiseScale } }) => knownEnds(noiseScale));
  const [from, to] = [Math.min(batchSize, ...ends) / 1.5, Math.max(batchSize, ...ends) * 2];
  const column = (value: number) => {
    const share = Math.log(value / from) / Math.log(to / from);
    return Math.min(COLUMNS - 1, Math.max(0, Math.round((COLUMNS - 1) * share)));
  };
  const bars = drawn.map(({ statistics, ...checkpoint }) => [
    page.place(placeOf(checkpoint)),
    bar(statistics.noiseScale, batchSize, column),
  ]);
  return alignedLines([...bars, [charts.examples, axis({ from, to, batchSize }, column)]], () => true);
}

type Column = (value: number) => number;

const knownEnds = ({ lower, value, upper, resolved }: NoiseScale) => (resolved ? [lower, value, upper] : [lower]);

function bar({ lower, value, upper, resolved }: NoiseScale, batchSize: number, column: Column): string {
  const cells = Array<string>(COLUMNS).fill(" ");
  const [first, last] = [column(lower), resolved ? column(upper) : COLUMNS - 1];
  for (let i = first; i <= last; i++) cells[i] = "─";
  cells[first] = "├";
  cells[last] = resolved ? "┤" : "▶";
  if (resolved) cells[column(value)] = "●";
  const batch = column(batchSize);
  if (cells[batch] === " " || cells[batch] === "─") cells[batch] = cells[batch] === " " ? "│" : "┼";
  return cells.join("");
}

/** Powers of ten under their columns, and the batch under its own. */
function axis(
  { from, to, batchSize }: { readonly from: number; readonly to: number; readonly batchSize: number },
  column: Column,
) {
  const cells = Array<string>(COLUMNS).fill(" ");
  const write = (text: string, at: number) => {
    const start = Math.min(COLUMNS - text.length, Math.max(0, at - Math.floor(text.length / 2)));
    const around = cells.slice(Math.max(0, start - 1), start + text.length + 1);
    if (around.some((cell) => cell !== " ")) return;
    for (const [i, letter] of [...text].entries()) cells[start + i] = letter;
  };
  write(`B=${batchSize}`, column(batchSize));
  for (let power = Math.ceil(Math.log10(from)); power <= Math.floor(Math.log10(to)); power++)
    write((10 ** power).toLocaleString("en"), column(10 ** power));
  return cells.join("");
}
