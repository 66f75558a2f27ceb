import { is, requireArguments } from "../tensor/arguments.ts";
import { UsageError } from "../tensor/errors.ts";
import { assertFits, type Probabilities } from "./exampleScores.ts";

/** Which examples are taken, once their number is estimated; see `confidentLearning`. */
export type LabelFilter = "noise rate" | "class" | "both";

export interface LabelIssue {
  /** Index of the example. */
  readonly example: number;
  readonly given: number;
  /** The most probable class. */
  readonly suggested: number;
  /** Normalised margin (p_given − max of the others + 1)/2, 0–1: the smaller, the more suspect. */
  readonly score: number;
}

export interface ConfidentLearning {
  /** t_j: mean probability of class j over the examples labelled j; NaN for a class without examples. */
  readonly thresholds: readonly number[];
  /** C × C: examples labelled i that are confidently of class j. */
  readonly confidentJoint: readonly (readonly number[])[];
  /**
   * C × C whole numbers: the same brought to the counts of the labels, so that row i adds up to the examples labelled
   * i.
   */
  readonly joint: readonly (readonly number[])[];
  /** Share of examples that the joint puts off its diagonal. */
  readonly noise: number;
  /** The most suspect first. */
  readonly issues: readonly LabelIssue[];
}

/**
 * Which labels are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021, J. Artificial Intelligence
 * Research 70, arXiv 1911.00068), with the filters of the authors' library. N × C probabilities of models that were
 * NOT trained on the example they judge (cross-validation): a model's own training examples look right to it.
 *
 * An example labelled i counts as class j when p_j ≥ t_j, the most probable of several such j (§3.1; the library takes
 * the most probable of all classes then, even one below its threshold). The joint counts, brought to the labels'
 * counts, say how many labels to doubt; the filter which: "noise rate" for each i ≠ j the joint_ij examples labelled i
 * of largest p_j − p_i, "class" the examples labelled i of smallest p_i, as many as the row has off its diagonal,
 * "both" those that both name. Labels that are the most probable class are never named. One example of each class is
 * always left.
 *
 * Doubtful is not wrong: hard, rare and ambiguous examples are among them, and noise that a model learns to imitate is
 * not. Throws `ShapeError` for shapes or labels that do not fit, `UsageError` for probabilities outside [0, 1].
 */
export function confidentLearning(
  probabilities: Probabilities,
  labels: ArrayLike<number>,
  filter: LabelFilter,
): ConfidentLearning {
  requireArguments(
    "confidentLearning",
    { probabilities, labels, filter },
    { probabilities: is.object, labels: is.list, filter: is.text },
  );
  assertFits("confidentLearning", probabilities, labels);
  assertProbable(probabilities);
  const members = membersOf(labels, probabilities.classes);
  const thresholds = thresholdsOf(probabilities, members);
  const confidentJoint = confidentJointOf(probabilities, labels, thresholds);
  const joint = calibrated(confidentJoint, members);
  const chosen = chooseBy(filter, probabilities, members, joint);
  const issues = [...chosen]
    .map((example) => judge(probabilities, example, labels[example]!))
    .filter(({ given, suggested }) => given !== suggested)
    .sort((a, b) => a.score - b.score || a.example - b.example);
  const right = joint.reduce((sum, row, i) => sum + row[i]!, 0);
  return { thresholds, confidentJoint, joint, noise: 1 - right / labels.length, issues };
}

function assertProbable({ values, classes }: Probabilities): void {
  const bad = values.findIndex((p) => !(p >= 0 && p <= 1 + 1e-6));
  if (bad >= 0)
    throw new UsageError(
      `confidentLearning: expected probabilities, got ${values[bad]} for example ${Math.floor(bad / classes)}; apply a softmax first`,
    );
}

/** Examples by label. */
function membersOf(labels: ArrayLike<number>, classes: number): number[][] {
  const members = Array.from({ length: classes }, (): number[] => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]!]!.push(i);
  return members;
}

function thresholdsOf({ values, classes }: Probabilities, members: readonly (readonly number[])[]): number[] {
  return members.map((some, c) => some.reduce((sum, i) => sum + values[i * classes + c]!, 0) / some.length);
}

function confidentJointOf(
  { values, classes }: Probabilities,
  labels: ArrayLike<number>,
  thresholds: readonly number[],
): number[][] {
  const joint = thresholds.map(() => Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    let guess = -1;
    for (let c = 0; c < classes; c++) {
      // A class that nobody was labelled with has no threshold (NaN) and is never confident. Probabilities are float32.
      const isConfident = values[i * classes + c]! >= thresholds[c]! - 1e-6;
      if (isConfident && (guess < 0 || values[i * classes + c]! > values[i * classes + guess]!)) guess = c;
    }
    if (guess >= 0) joint[labels[i]!]![guess]!++;
  }
  // At least one example of every class is taken to be labelled rightly.
  joint.forEach((row, c) => {
    row[c] = Math.max(1, row[c]!);
  });
  return joint;
}

/**
 * Rows in proportion to the confident counts that add up to the labels' counts, in whole numbers, with at least one
 * example of each class on the diagonal, taken from the largest number beside it.
 */
function calibrated(joint: readonly (readonly number[])[], members: readonly (readonly number[])[]): number[][] {
  return joint.map((row, c) => {
    const sum = row.reduce((total, count) => total + count, 0);
    const whole = roundedTo(
      row.map((count) => (count / sum) * members[c]!.length),
      members[c]!.length,
    );
    if (whole[c] === 0 && members[c]!.length > 0) {
      whole[c] = 1;
      whole[whole.indexOf(Math.max(...whole.with(c, 0)))]!--;
    }
    return whole;
  });
}

/** Rounds to whole numbers of the same sum: down, and up where most was lost, the first on ties. */
function roundedTo(values: readonly number[], sum: number): number[] {
  const rounded = values.map((value) => Math.floor(value + 1e-9));
  const short = sum - rounded.reduce((total, value) => total + value, 0);
  const byLoss = values.map((_, i) => i).sort((a, b) => values[b]! - rounded[b]! - (values[a]! - rounded[a]!));
  for (const i of byLoss.slice(0, short)) rounded[i]!++;
  return rounded;
}

function chooseBy(
  filter: LabelFilter,
  probabilities: Probabilities,
  members: readonly (readonly number[])[],
  joint: readonly (readonly number[])[],
): Set<number> {
  if (filter === "class") return byClass(probabilities, members, joint);
  const chosen = byNoiseRate(probabilities, members, joint);
  if (filter === "noise rate") return chosen;
  const alsoByClass = byClass(probabilities, members, joint);
  return new Set([...chosen].filter((example) => alsoByClass.has(example)));
}

function byNoiseRate(
  { values, classes }: Probabilities,
  members: readonly (readonly number[])[],
  joint: readonly (readonly number[])[],
): Set<number> {
  const chosen = new Set<number>();
  members.forEach((some, given) => {
    joint[given]!.forEach((count, other) => {
      if (other === given || count === 0) return;
      const margin = (i: number) => values[i * classes + other]! - values[i * classes + given]!;
      for (const i of some.toSorted((a, b) => margin(b) - margin(a)).slice(0, count)) chosen.add(i);
    });
  });
  return chosen;
}

function byClass(
  { values, classes }: Probabilities,
  members: readonly (readonly number[])[],
  joint: readonly (readonly number[])[],
): Set<number> {
  const chosen = new Set<number>();
  members.forEach((some, given) => {
    const count = some.length - joint[given]![given]!;
    const own = (i: number) => values[i * classes + given]!;
    for (const i of some.toSorted((a, b) => own(a) - own(b)).slice(0, count)) chosen.add(i);
  });
  return chosen;
}

function judge({ values, classes }: Probabilities, example: number, given: number): LabelIssue {
  const row = values.subarray(example * classes, (example + 1) * classes);
  let suggested = 0;
  let other = Number.NEGATIVE_INFINITY;
  row.forEach((p, c) => {
    if (p > row[suggested]!) suggested = c;
    if (c !== given) other = Math.max(other, p);
  });
  return { example, given, suggested, score: (row[given]! - other + 1) / 2 };
}
