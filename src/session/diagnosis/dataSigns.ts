import type { Dataset } from "../../data/dataset.ts";
import { wilsonInterval } from "../../statistics/wilsonInterval.ts";
import type { DataSigns } from "../../store/diagnosisFacts.ts";
import { inputRows, numbersOf, projectionOf } from "./inputRows.ts";
import { sampleOf } from "./scoredPart.ts";

/** Examples whose nearest neighbours are looked for: their number squared is the work. */
const MOST = 600;

/** What a sample of the training data says of itself: scales, the commonest class, and whether neighbours agree. */
export async function dataSigns(train: Dataset, targets: readonly number[]): Promise<DataSigns> {
  const input = numbersOf(train);
  const sample = sampleOf(train, MOST);
  const rows = input ? await inputRows(sample, input.name) : null;
  const labels = train.labels.filter((label) => label >= 0);
  return {
    inputRms: rows ? rms(rows) : null,
    targets:
      targets.length === 0
        ? null
        : {
            rms: Math.sqrt(targets.reduce((sum, x) => sum + x * x, 0) / targets.length),
            lowest: targets.reduce((a, b) => Math.min(a, b)),
            highest: targets.reduce((a, b) => Math.max(a, b)),
          },
    majorityShare: labels.length === 0 ? null : Math.max(...countsOf(labels)) / labels.length,
    neighbours: rows && sample.labels.length === rows.length ? agreementOf(rows, sample.labels) : null,
  };
}

function rms(rows: readonly Float64Array[]): number {
  let [sum, count] = [0, 0];
  for (const row of rows) for (const x of row) [sum, count] = [sum + x * x, count + 1];
  return Math.sqrt(sum / Math.max(1, count));
}

function countsOf(labels: Int32Array): number[] {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts.values()];
}

/** Null where there are too few examples, or one class. */
function agreementOf(rows: readonly Float64Array[], labels: Int32Array): DataSigns["neighbours"] {
  const shares = countsOf(labels).map((count) => count / labels.length);
  const chance = shares.reduce((sum, share) => sum + share * share, 0);
  if (rows.length < 50 || shares.length < 2) return null;
  const projected = rows.map(projectionOf(rows[0]!.length));
  const agree = projected.reduce((sum, row, i) => sum + Number(labels[nearestTo(row, i, projected)] === labels[i]), 0);
  return { agreement: wilsonInterval(agree, rows.length), chance };
}

function nearestTo(row: Float64Array, own: number, rows: readonly Float64Array[]): number {
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  rows.forEach((other, i) => {
    if (i === own) return;
    let distance = 0;
    for (let k = 0; k < row.length && distance < least; k++) distance += (row[k]! - other[k]!) ** 2;
    if (distance < least) [nearest, least] = [i, distance];
  });
  return nearest;
}
