import type { Dataset } from "../data/dataset.ts";
import { findDuplicates } from "../statistics/duplicates.ts";
import type {
  ClassFinding,
  DuplicateFinding,
  Inspection,
  InspectionSummary,
  LabelFinding,
  LabelSummary,
  OutlierFinding,
} from "../store/inspection.ts";
import { duplicateThreshold, type Inputs } from "./inputs.ts";
import { fileOf, nameOf } from "./names.ts";
import type { Subject } from "./subject.ts";
import type { FoldScores } from "./training.ts";

/**
 * Robust standard deviations from which an example is listed; Iglewicz and Hoaglin (1993) begin at 3.5, of which large
 * data have many by chance.
 */
const OUTLIER_Z = 5;

export function outlierFindings(subject: Subject, scores: FoldScores): OutlierFinding[] {
  const { data } = subject;
  const z = outlierZ(scores);
  const { features, inputs } = scores.outliers;
  return Array.from(z.keys())
    .filter((i) => z[i]! >= OUTLIER_Z)
    .sort((a, b) => z[b]! - z[a]! || a - b)
    .map((i) => ({
      index: subject.place(i).index,
      label: data.labels[i]!,
      robustZ: z[i]!,
      ofFeatures: features[i]!,
      ofInputs: inputs[i]!,
      ...fileOf(data, i),
    }));
}

/** The larger of the two scores of each example; 0 where distances are all alike and neither is defined. */
export function outlierZ({ outliers: { features, inputs } }: FoldScores): Float64Array {
  return features.map((z, i) => Math.max(Number.isNaN(z) ? 0 : z, Number.isNaN(inputs[i]!) ? 0 : inputs[i]!));
}

/** Equal examples, and of inputs that are long enough near ones, of both parts. */
export function duplicateFindings(subject: Subject, inputs: Inputs): DuplicateFinding[] {
  const { copyOf } = inputs;
  const threshold = duplicateThreshold(inputs);
  const groups =
    threshold === null
      ? [...Map.groupBy(copyOf.keys(), (i) => copyOf[i]!).values()].map((examples) => ({ examples, leastCosine: 1 }))
      : findDuplicates(inputs, threshold);
  return groups
    .filter(({ examples }) => examples.length > 1)
    .map(({ examples, leastCosine }) => {
      const members = examples.map((i) => ({ ...subject.place(i), label: labelOf(subject, i) }));
      return {
        examples: members,
        exact: examples.every((i) => copyOf[i] === copyOf[examples[0]!]),
        leastCosine,
        acrossSplit: new Set(members.map(({ part }) => part)).size > 1,
        conflictingLabels: new Set(members.map(({ label }) => label)).size > 1,
      };
    })
    .sort((a, b) => Number(b.exact) - Number(a.exact) || b.examples.length - a.examples.length);
}

/** `p` [N × C]: what models that had not seen the examples say. */
export function classFindings(data: Dataset, p: Float64Array, issues: readonly LabelFinding[]): ClassFinding[] {
  const { labels, classes, size } = data;
  const [examples, right, doubted, suggested] = Array.from({ length: 4 }, () => new Uint32Array(classes));
  labels.forEach((label, i) => {
    examples![label]!++;
    if (mostProbable(p.subarray(i * classes, (i + 1) * classes)) === label) right![label]!++;
  });
  for (const issue of issues) {
    doubted![issue.given]!++;
    suggested![issue.suggested]!++;
  }
  return Array.from({ length: classes }, (_, c) => ({
    class: c,
    name: nameOf(data, c),
    examples: examples![c]!,
    share: examples![c]! / size,
    recall: right![c]! / examples![c]!,
    doubted: doubted![c]!,
    suggested: suggested![c]!,
  }));
}

export function summaryOf(
  { size }: Dataset,
  found: Pick<Inspection, "outliers" | "nearDuplicates">,
  classes: readonly ClassFinding[],
): Omit<InspectionSummary, "seconds" | keyof LabelSummary> {
  const { outliers, nearDuplicates } = found;
  const counts = classes.map(({ examples }) => examples).filter((count) => count > 0);
  const right = classes.reduce((sum, { examples, recall }) => sum + (examples > 0 ? recall * examples : 0), 0);
  const groups = (holds: (one: DuplicateFinding) => boolean) => nearDuplicates.filter(holds).length;
  return {
    examples: size,
    classes: counts.length,
    heldOutAccuracy: right / size,
    outliers: outliers.length,
    exactDuplicateGroups: groups(({ exact }) => exact),
    nearDuplicateGroups: groups(({ exact }) => !exact),
    acrossSplit: groups(({ acrossSplit }) => acrossSplit),
    conflictingLabels: groups(({ conflictingLabels }) => conflictingLabels),
    imbalance: Math.max(...counts) / Math.min(...counts),
  };
}

/** Six significant digits, as float32 has no more. */
export function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toPrecision(6)));
}

function mostProbable(row: Float64Array): number {
  return row.indexOf(row.reduce((most, p) => Math.max(most, p), 0));
}

function labelOf({ data, other }: Subject, position: number): number {
  return position < data.size ? data.labels[position]! : other!.labels[position - data.size]!;
}
