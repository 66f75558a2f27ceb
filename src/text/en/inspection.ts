import type { InspectionRemark } from "../../store/findings.ts";
import type { Inspection, InspectionSummary } from "../../store/inspection.ts";
import { aboutWhole, percent, significant, whole } from "../format.ts";
import { said } from "../words.ts";
import { counted } from "./counted.ts";
import { notesEnglish } from "./notes.ts";

/** Every text of an inspection, on the terminal and in HTML. */
export interface InspectTexts {
  readonly title: string;
  /** What examples are named by, as heads of columns. */
  readonly index: string;
  readonly row: string;
  readonly line: string;
  readonly example: (index: number) => string;
  readonly namedBy: (head: string) => string;
  readonly given: string;
  readonly suggested: string;
  readonly score: string;
  readonly probabilities: string;
  readonly file: string;
  readonly labels: string;
  readonly labelsNote: string;
  readonly outliers: string;
  readonly outliersNote: string;
  readonly distance: string;
  readonly duplicates: string;
  readonly duplicatesNote: (cosine: number | null) => string;
  readonly exact: string;
  readonly near: (cosine: number) => string;
  readonly acrossSplit: string;
  readonly conflictingLabels: string;
  readonly parts: Readonly<Record<"train" | "validation", string>>;
  readonly classes: string;
  readonly class: string;
  readonly examples: string;
  readonly share: string;
  readonly recall: string;
  readonly doubted: string;
  readonly suggestedElsewhere: string;
  readonly groups: string;
  /** Of so many groups. */
  readonly undoubtedGroups: (count: number) => string;
  readonly column: string;
  readonly value: string;
  readonly conflicts: string;
  readonly conflictsNote: string;
  readonly stiffness: string;
  readonly cosineOfMeans: string;
  readonly remarks: string;
  readonly remark: (found: InspectionRemark) => string;
  readonly command: string;
  readonly none: string;
  readonly more: (count: number) => string;
  /** What was found, a line each. */
  readonly summary: (inspection: Inspection) => string[];
}

function doubtsEnglish(summary: InspectionSummary): string[] {
  const { evident, judged, labelIssues, labelIssueShare, doubtedThoughRight, estimatedNoise } = summary;
  const { mean, least, most } = summary.withoutErrors;
  const expected = `about ${aboutWhole(mean)} (${whole(least)} to ${whole(most)})`;
  if (judged === 0) return ["no label could be judged: every class has too few examples"];
  if (!evident)
    return [
      "no label to doubt: the models contradict no more labels than hard examples explain" +
        (most > 0 ? `; ${expected} would seem doubtful without any error` : ""),
    ];
  const { lower, upper } = summary.estimatedNoiseInterval;
  const wrong = `estimated label noise ${percent(estimatedNoise)} (${percent(lower)} to ${percent(upper)} by chance of the examples)`;
  if (labelIssues === 0) return [`no single label to doubt, though not all are right: ${wrong}`];
  return [
    `${counted(labelIssues, "label")} to doubt (${percent(labelIssueShare)}); ${expected} would be expected without any error`,
    `${wrong}; of the labels to doubt about ${aboutWhole(doubtedThoughRight)} should be right`,
  ];
}

export const inspectionEnglish: InspectTexts = {
  title: "data inspection",
  index: "example (from 0)",
  row: "row (from 1)",
  line: "file:line",
  example: (index) => `example ${index}`,
  namedBy: (head) => `Examples are named by ${head}.`,
  given: "given",
  suggested: "suggested",
  score: "score",
  probabilities: "p given / suggested",
  file: "file",
  labels: "Labels to doubt",
  labelsNote:
    "The most suspect first. Every example was judged by a model that had not seen it. The score is the probability that the given label is right, " +
    "by what that model expected, calibrated, and by how often labels of each class seem to be wrong; labels below one half are listed, " +
    "where all labels together give strong evidence of errors. How many would be doubted without any error is counted on labels drawn from the models' own probabilities. A doubted label may be right.",
  outliers: "Outliers",
  outliersNote:
    "Mean distance to the 10 nearest others in robust standard deviations, of the inputs or of what the last layer of a model that had not seen the example reads, whichever is larger; from 5 on. Of tables unusual values come first, in bold, with their robust standard deviations from the column's median.",
  distance: "deviations",
  duplicates: "Duplicates",
  duplicatesNote: (cosine) =>
    cosine === null
      ? "Examples with the same inputs, bit for bit."
      : `Examples with the same inputs, bit for bit, or with a cosine of at least ${cosine} between inputs less their mean.`,
  exact: "equal",
  near: (cosine) => `cosine ${cosine.toFixed(4)}`,
  acrossSplit: "in training and validation",
  conflictingLabels: "different labels",
  parts: { train: "training", validation: "validation" },
  classes: "Classes",
  class: "class",
  examples: "examples",
  share: "share",
  recall: "recognised unseen",
  doubted: "doubted here",
  suggestedElsewhere: "suggested for others",
  groups: "Doubted labels by column",
  undoubtedGroups: (count) => `${count === 1 ? "1 group has" : `${whole(count)} groups have`} no doubted label`,
  column: "column",
  value: "value",
  conflicts: "Groups in conflict",
  conflictsNote:
    "Values of one column whose gradients, on examples that the model has not seen, pull against each other beyond chance.",
  stiffness: "mean cosine",
  cosineOfMeans: "cosine of means",
  remarks: "To keep in mind",
  remark: (found) => said(found, notesEnglish.inspection),
  command: "Command",
  none: "none",
  more: (count) => `and ${whole(count)} more`,
  summary: ({ data, model, inspected, settings, summary }) => [
    `${data}: ${whole(summary.examples)} examples (${inspected}) in ${summary.classes} classes, the largest ${significant(summary.imbalance)} times the smallest`,
    `${model} in ${settings.folds} folds of ${settings.epochs} epochs predicts ${percent(summary.heldOutAccuracy)} of the labels that it has not seen`,
    ...doubtsEnglish(summary),
    ...foundEnglish(summary),
  ],
};

/** What was found, and nothing of what was not. */
function foundEnglish(summary: InspectionSummary): string[] {
  const { outliers, exactDuplicateGroups, nearDuplicateGroups, acrossSplit, conflictingLabels } = summary;
  const some = (count: number, what: string) => (count > 0 ? [`${counted(count, "group")} ${what}`] : []);
  const equal = [
    ...some(exactDuplicateGroups, "of equal examples"),
    ...some(nearDuplicateGroups, "of nearly equal ones"),
  ];
  const wrong = [
    ...some(acrossSplit, "in both training and validation"),
    ...some(conflictingLabels, "with different labels"),
  ];
  return [
    outliers > 0 ? counted(outliers, "outlier") : "no outlier",
    equal.length > 0 ? equal.join(" and ") : "no example twice",
    ...(wrong.length > 0 ? [`of these ${wrong.join(" and ")}`] : []),
  ];
}
