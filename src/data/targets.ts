import { DataError, option } from "../tensor/errors.ts";
import { IGNORED_LABEL } from "../tensor/ignoredLabel.ts";
import type { DataNote } from "./notes.ts";

/** What a loss and a model make of targets, as far as readers of data must know. */
export interface TargetRule {
  /** The label that stands for none. Default −100. */
  readonly ignoreIndex?: number | undefined;
  /**
   * What the loss compares with: classes, numbers from 0 to 1 that stay as they are, or any numbers. Default: what the
   * data suggest.
   */
  readonly aim?: "classes" | "probabilities" | "numbers" | undefined;
  /**
   * How many outputs a model has that was made before these data, null where that cannot be said. Asked only where
   * labels leave a choice. Default: a model is made for the data.
   */
  readonly outputs?: (() => Promise<number | null>) | undefined;
  /** Of a model that is trained already: how many outputs it has. Its classes need not all occur. */
  readonly trained?: number | "unknown" | undefined;
}

/** The task that the loss asks for where nobody names one: it compares numbers, so the targets are numbers. */
export function taskFor<Task extends string>(
  task: Task | undefined,
  { aim }: TargetRule,
): Task | "regression" | undefined {
  return task ?? (aim === "numbers" || aim === "probabilities" ? "regression" : undefined);
}

/** Of a target that is to be a probability. */
export function noProbability(place: string, value: number, column: string): DataError {
  return new DataError(
    `${place}: expected a number from 0 to 1 in the target "${column}", as ${option("loss")} compares probabilities, got ${value}; ` +
      `write 0 and 1, or choose another ${option("loss")}`,
  );
}

/** Labels as they occur, each with where it does first and how often it does. */
export type Occurring = ReadonlyMap<
  number,
  { readonly file: string; readonly example: number; readonly count: number }
>;

/** Labels while they are gathered. */
export type Gathered = Map<number, { readonly file: string; readonly example: number; count: number }>;

export function countLabel(labels: Gathered, label: number, file: string, example: number): void {
  const known = labels.get(label);
  if (known) known.count++;
  else labels.set(label, { file, example, count: 1 });
}

/** Which class each label is. */
export interface Numbering {
  readonly classes: number;
  readonly classNames: readonly string[];
  /** The class of each label; null where labels are the numbers of their classes. */
  readonly positions: ReadonlyMap<number, number> | null;
  /** What the model is given for a label that stands for none. */
  readonly ignored: number;
  /** The label that stands for none, and how many of all labels it is. */
  readonly unlabelled: { readonly label: number; readonly labels: number; readonly of: number };
}

/** More classes than this are numbers by mistake. */
const MAXIMUM_CLASSES = 100_000;

/**
 * Numbers the classes. Labels from 0 on, half of which occur at least, are classes as they are, and so are those that
 * all are numbers of a given model's outputs; others (years, −1 and 1, 1 to 10) are numbered by what occurs.
 * `asTheyAre`: the numbers mean something to the model beyond the label, as the tokens of a text do.
 *
 * Throws `DataError` for labels that have no class: none at all, too many, or others than a given model's outputs.
 */
export async function numberLabels(
  occurring: Occurring,
  { ignoreIndex = IGNORED_LABEL, outputs, trained }: TargetRule,
  asTheyAre: boolean,
): Promise<Numbering> {
  const labels = [...occurring.keys()].filter((label) => label !== ignoreIndex).sort((a, b) => a - b);
  const [least, most] = [labels[0], labels.at(-1)!];
  const [{ file } = { file: "y" }] = occurring.values();
  if (least === undefined) throw allIgnored(file, "y", ignoreIndex);
  const unlabelled = unlabelledIn(occurring, ignoreIndex);
  const classes = typeof trained === "number" ? Math.max(most + 1, trained) : most + 1;
  const asClasses = { classes, positions: null, ignored: ignoreIndex, unlabelled };
  const fromZero = least >= 0 && most < MAXIMUM_CLASSES;
  if (asTheyAre && !fromZero) throw notFrom0(occurring, least < 0 ? least : most);
  if (asTheyAre || (fromZero && least === 0 && 2 * labels.length > most))
    return { ...asClasses, classNames: classNumbers(classes) };
  const count = (await outputs?.()) ?? null;
  if (count !== null && least >= 0 && most < count) return { ...asClasses, classNames: classNumbers(classes) };
  if (count !== null && (least === 0 || labels.length !== count))
    throw notOutputs(occurring, least < 0 ? least : most, count);
  if (labels.length > MAXIMUM_CLASSES) throw tooMany(occurring, labels.length);
  return {
    classes: labels.length,
    classNames: labels.map(String),
    positions: new Map(labels.map((label, i) => [label, i])),
    // What stood for no label may be the number of a class now.
    ignored: IGNORED_LABEL,
    unlabelled,
  };
}

/** Labels whose file names the classes 0, 1, …. Throws `DataError` for one that has no name. */
export function namedLabels(
  occurring: Occurring,
  classNames: readonly string[],
  { ignoreIndex = IGNORED_LABEL }: TargetRule,
): Numbering {
  const unlabelled = unlabelledIn(occurring, ignoreIndex);
  for (const [label, { file, example }] of occurring)
    if (label !== ignoreIndex && !(label >= 0 && label < classNames.length))
      throw new DataError(
        `${file}: expected labels from 0 to ${classNames.length - 1} in "y", which its class_names name, got ${label} in example ${example}; name every class`,
      );
  return { classes: classNames.length, classNames, positions: null, ignored: ignoreIndex, unlabelled };
}

/** Names of classes that have no others. */
export function classNumbers(classes: number): string[] {
  return Array.from({ length: classes }, (_, i) => String(i));
}

function unlabelledIn(occurring: Occurring, label: number): Numbering["unlabelled"] {
  const of = [...occurring.values()].reduce((sum, { count }) => sum + count, 0);
  return { label, labels: occurring.get(label)?.count ?? 0, of };
}

/** Of labels that all stand for none. */
export function allIgnored(file: string, column: string, ignored: number): DataError {
  return new DataError(
    `${file}: expected labels that count in "${column}", got ${ignored} alone, which stands for none; change ${option("ignoreIndex")}`,
  );
}

function notFrom0(occurring: Occurring, label: number): DataError {
  const { file, example } = occurring.get(label)!;
  return new DataError(
    `${file}: expected labels from 0 to ${MAXIMUM_CLASSES - 1} in "y", got ${label} in example ${example}; ` +
      (label < 0
        ? `pass ${option("ignoreIndex")} ${label} where it stands for no label`
        : `pass ${option("task")} regression for numbers`),
  );
}

function notOutputs(occurring: Occurring, label: number, outputs: number): DataError {
  const { file, example } = occurring.get(label)!;
  return new DataError(
    `${file}: expected labels from 0 to ${outputs - 1} in "y", one for each of the model's ${outputs} outputs, ` +
      `got ${label} in example ${example}; number them so, or pass ${option("ignoreIndex")} ${label} where it stands for no label`,
  );
}

function tooMany(occurring: Occurring, labels: number): DataError {
  const [{ file } = { file: "y" }] = occurring.values();
  return new DataError(
    `${file}: expected at most ${MAXIMUM_CLASSES} classes in "y", got ${labels} different labels; pass ${option("task")} regression for numbers`,
  );
}

/**
 * What is said of labels that are not the numbers of their classes, and of those that stand for none. `named`: numbers
 * that a table calls its classes; in tables they may be any, and only one that may stand for none is worth a word.
 */
export function labelNotes({
  positions,
  unlabelled,
  named = null,
}: Pick<Numbering, "positions" | "unlabelled"> & {
  readonly named?: readonly (string | number)[] | null | undefined;
}): DataNote[] {
  const labels = positions === null ? (named ?? []).filter((one) => typeof one === "number") : [...positions.keys()];
  const mark = labels.length === (named ?? labels).length ? noLabel(labels) : null;
  const numbered = { kind: "numberedLabels", labels: shortened(labels), classes: labels.length, mark } as const;
  return [
    ...(positions === null && mark === null ? [] : [numbered]),
    ...(unlabelled.labels > 0 ? [{ kind: "unlabelled", ...unlabelled } as const] : []),
  ];
}

/** Numbers that stand for "none" far above all classes: the −1 of bytes and of 16 bits, and the nines of surveys. */
const noneAbove = [255, 65535, 99, 999, 9999];

/** A label, of ascending ones, that stands for none more often than not; null where none looks so. */
function noLabel(labels: readonly number[]): number | null {
  const [least, before, most] = [labels[0]!, labels.at(-2)!, labels.at(-1)!];
  if (labels.length <= 2) return null;
  if (least < 0 && most >= 0) return least;
  return noneAbove.includes(most) && 2 * before < most ? most : null;
}

/** At most eight. */
function shortened(labels: readonly number[]): string[] {
  const texts = labels.map(String);
  return texts.length <= 8 ? texts : [...texts.slice(0, 6), "…", texts.at(-1)!];
}
