import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { namesRows } from "../files/columnNames.ts";
import { type Cell, type ColumnSummary, kindOf, repeated, type Table } from "../files/table.ts";
import { allIgnored, type Numbering, type TargetRule, taskFor } from "../targets.ts";

export type Task = "classification" | "regression";

/** What the user says about the columns of a table. */
export interface TableOptions {
  readonly target?: string | undefined;
  readonly features?: readonly string[] | undefined;
  /** Columns that are no features, where all others are. */
  readonly drop?: readonly string[] | undefined;
  readonly task?: Task | undefined;
  /** What becomes of rows with missing values. */
  readonly missing?: "refuse" | "drop" | "mean" | undefined;
  /** A column whose values stay together when the rows are split; no feature unless named as one. */
  readonly splitBy?: string | undefined;
}

/** Which column is what, by name. */
export interface TableColumns {
  readonly target: string;
  readonly features: readonly string[];
  readonly group: string | null;
  /** Names of the rows, which are no features unless they are named as such. */
  readonly index: readonly string[];
}

/** The names that say that a column is the target. */
const targetNames = ["label", "target", "class"];

/** The column that says by its name that it is the target. */
export function guessedTarget(columns: readonly string[]): string | undefined {
  return columns.findLast((name) => targetNames.includes(name.toLowerCase()));
}

/** More categories than this are one column each no longer. */
export const MAXIMUM_CATEGORIES = 100;

/** Up to so many different whole numbers are classes unless the user says that they are not. */
export const MAXIMUM_NUMBERED_CLASSES = 20;

/**
 * The columns' roles: the target is the last one called label, target or class, in any case, unless it is named;
 * features are all others, but for names of the rows. Throws `UsageError` for a column that is not there and where no
 * target can be told.
 */
export function chooseColumns(table: Table, { target, features, drop, splitBy }: TableOptions): TableColumns {
  const known = (flag: string, name: string) => knownColumn(table, flag, name);
  const chosen = target === undefined ? guessedTarget(table.columns) : known(option("target"), target);
  if (chosen === undefined)
    throw new UsageError(
      `${option("target")}: expected a column of ${table.file}, got none, and none is called label, target or class; ` +
        `choose one of ${listed(table.columns)}`,
    );
  const group = splitBy === undefined ? null : known(option("splitBy"), splitBy);
  if (features !== undefined && drop !== undefined)
    throw new UsageError(
      `${option("drop")}: expected one way to choose columns, got ${option("features")} too; keep one of them`,
    );
  const dropped = new Set(drop?.map((name) => known(option("drop"), name)));
  if (dropped.has(chosen))
    throw new UsageError(`${option("drop")}: expected columns other than the target, got "${chosen}"; keep it`);
  const all = new Set(table.columns);
  const named = features?.map((name) => (all.has(name) ? name : known(option("features"), name)));
  const others = table.columns.filter((name) => name !== chosen && name !== group && !dropped.has(name));
  const index = named === undefined ? others.filter((name) => namesRows(name, table)) : [];
  // A table of nothing else is predicted from what it has.
  const rest = named ?? (index.length < others.length ? others.filter((name) => !index.includes(name)) : others);
  if (rest.includes(chosen))
    throw new UsageError(
      `${option("features")}: expected columns other than the target, got "${chosen}"; leave it out`,
    );
  const twice = repeated(rest);
  if (rest.length === 0) throw noFeatures(table, chosen, { features, group });
  if (twice !== undefined)
    throw new UsageError(`${option("features")}: expected columns, each once, got "${twice}" twice; name it once`);
  return { target: chosen, features: rest, group, index: index.filter((name) => !rest.includes(name)) };
}

function noFeatures(
  { file }: Table,
  target: string,
  { features, group }: { readonly features: readonly string[] | undefined; readonly group: string | null },
): UsageError {
  const but = `"${target}", the target${group === null ? "" : `, and "${group}", which groups the rows`}`;
  if (features !== undefined)
    return new UsageError(`${option("features")}: expected at least one column of ${file}, got none; name some`);
  return new UsageError(
    `${option("drop")}: expected columns of ${file} that remain as features, got none but ${but}; drop fewer, or add columns to the file`,
  );
}

/** `name`, which the user gave with `flag`. Throws `UsageError` where the table has no such column. */
export function knownColumn(table: Table, flag: string, name: string): string {
  if (table.columns.includes(name)) return name;
  const hint = didYouMean(name, table.columns) || `; choose one of ${listed(table.columns)}`;
  throw new UsageError(`${flag}: expected a column of ${table.file}, got "${name}"${hint}`);
}

function listed(columns: readonly string[]): string {
  return columns.length <= 12
    ? columns.join(", ")
    : `${columns.slice(0, 12).join(", ")} and ${columns.length - 12} more`;
}

/** A feature as the model reads it: a standardised number, or one 0-or-1 input for each category. */
export interface Feature {
  readonly name: string;
  readonly categories: readonly string[] | null;
}

/**
 * Throws `DataError` for columns of texts that are too many to be categories and for columns without values, naming all
 * of them, and as `kindOf`.
 */
export function featuresOf(summaries: readonly ColumnSummary[], file: string): Feature[] {
  const empty = summaries.filter(({ size, missing }) => size === missing);
  const kinds = summaries.map((summary) => (empty.includes(summary) ? "numbers" : kindOf(summary, file)));
  const many = summaries.filter(
    ({ distinct }, i) => kinds[i] === "texts" && (distinct === null || distinct.size > MAXIMUM_CATEGORIES),
  );
  const unfit = summaries.filter((one) => empty.includes(one) || many.includes(one)).map(({ name }) => name);
  if (unfit.length > 0) {
    const got = many.map(({ name, distinct }) => `${distinct?.size ?? "more"} different texts in "${name}"`);
    if (empty.length > 0) got.push(`no values in ${empty.map(({ name }) => `"${name}"`).join(", ")}`);
    throw new DataError(
      `${file}: expected numbers or at most ${MAXIMUM_CATEGORIES} categories in every column, got ${got.join(", ")}; ` +
        `leave ${unfit.length > 1 ? "them" : "it"} out with ${option("drop")} ${quoted(unfit.join(","))}`,
    );
  }
  return summaries.map(({ name, distinct }, i) => ({
    name,
    categories: kinds[i] === "numbers" ? null : [...distinct!.keys()].map(String).sort(),
  }));
}

/** Of a table of the part to validate on, as competitions give them: what is to be predicted is not in it. */
export function noTarget(file: string, first: string, target: string): DataError {
  return new DataError(
    `${file}: expected the target "${target}" as in ${first}, got none, so nothing can be validated on it; pass ${option("data")} ${quoted(first)} alone, which is split then`,
  );
}

/** As a shell reads it as one word. */
function quoted(text: string): string {
  return /^[\p{L}\p{N}_.,:/@%+-]+$/u.test(text) ? text : `"${text.replace(/["\\$`]/g, "\\$&")}"`;
}

/** Classes in order, numbers by value and texts by their characters; null for a target that is a number. */
export interface Target {
  readonly name: string;
  readonly classes: readonly (string | number)[] | null;
  /** Whether numbers are probabilities, which are not standardised. */
  readonly probabilities: boolean;
  /** The label that stands for none, and how many of all labels it is. */
  readonly unlabelled: Numbering["unlabelled"];
}

/** A table for a model to predict of: its target, which need not be there, holds nothing that is compared with. */
export function withBlankTarget(table: Table, { target }: TableOptions): Table {
  const guessed = guessedTarget(table.columns);
  const name = target ?? guessed ?? "target";
  const columns = [...table.columns.filter((one) => one !== name), name];
  return { ...withoutTarget(table, name, 0), columns };
}

/** The table with `nothing` to compare with, whether or not there is such a column. */
export function withoutTarget(table: Table, target: string, nothing: Cell): Table {
  return {
    ...table,
    async *scan(wanted) {
      // A table of nothing would have no rows.
      const others = wanted.filter((name) => name !== target);
      for await (const block of table.scan(others.length > 0 ? others : [table.columns[0]!])) {
        const blank = Array<Cell>(block.size).fill(nothing);
        yield { ...block, cells: wanted.map((name) => (name === target ? blank : block.cells[others.indexOf(name)]!)) };
      }
    },
  };
}

/**
 * What the target is, from the summaries of all parts of the data: texts are classes, and so are whole numbers of at
 * most 20 different values; other numbers are to be predicted, unless `task` or the loss says otherwise. Throws
 * `DataError` for more than 1,000 classes and for fewer than two, and `UsageError` for a regression on texts.
 */
export function targetOf(
  summaries: readonly ColumnSummary[],
  file: string,
  asked: Task | undefined,
  rule: TargetRule = {},
): Target {
  const { name } = summaries[0]!;
  const task = taskFor(asked, rule);
  const texts = task !== "regression" && summaries.some((one) => kindOfTarget(one, file, task) === "texts");
  const { labels, unlabelled } = labelsIn(summaries, rule);
  const classLike = labels?.every(isWhole) && labels.length <= MAXIMUM_NUMBERED_CLASSES;
  const none = { ...unlabelled, labels: 0 };
  const numbers = { name, classes: null, probabilities: rule.aim === "probabilities", unlabelled: none };
  if (task === "regression") {
    refuseTexts(summaries, name, asked);
    return numbers;
  }
  if (task === undefined && !texts && !classLike) return numbers;
  if (labels?.length === 0 && unlabelled.labels > 0) throw allIgnored(file, name, unlabelled.label);
  const { trained } = rule;
  // Of a model that gives one number only 0 and 1 may be classes, which the loss must say.
  if (trained === 1 && task === undefined && !texts && !labels?.every((label) => label === 0 || label === 1))
    return numbers;
  if (labels === null || labels.length < (trained === undefined ? 2 : 1))
    throw new DataError(
      `${file}: expected from 2 to 1000 classes in the target "${name}", got ${labels?.length ?? "more"}; ` +
        `choose another ${option("target")}, or ${option("task")} regression for numbers`,
    );
  const whole = labels.every(isWhole);
  const byValue = (a: string | number, b: string | number) =>
    typeof a === "number" && typeof b === "number"
      ? a - b
      : (whole ? BigInt(a) < BigInt(b) : String(a) < String(b))
        ? -1
        : 1;
  const classes = labels.sort(byValue);
  return { name, classes: classesOf(classes, trained, name, file), probabilities: false, unlabelled };
}

/** Of a model that is trained all its classes, whichever of them occur. */
function classesOf(
  labels: readonly (string | number)[],
  trained: TargetRule["trained"],
  name: string,
  file: string,
): readonly (string | number)[] {
  if (typeof trained !== "number" || trained === 1) return labels;
  if (labels.every((label) => isWhole(label) && Number(label) >= 0 && Number(label) < trained))
    return Array.from({ length: trained }, (_, i) => i);
  if (labels.length === trained) return labels;
  throw new DataError(
    `${file}: expected classes from 0 to ${trained - 1}, or all ${trained} of the model by their names, in the target "${name}", ` +
      `got ${labels.length} (${labels.slice(0, 5).join(", ")}); number them as the model's outputs`,
  );
}

/** The different labels, without the one that stands for none; null where there are too many. */
function labelsIn(summaries: readonly ColumnSummary[], { ignoreIndex = IGNORED_LABEL }: TargetRule) {
  const count = summaries.reduce(
    (sum, { distinct }) => sum + (distinct?.get(ignoreIndex) ?? distinct?.get(String(ignoreIndex)) ?? 0),
    0,
  );
  const of = summaries.reduce((sum, { size, missing }) => sum + size - missing, 0);
  const labels = summaries.some(({ distinct }) => distinct === null)
    ? null
    : [...new Set(summaries.flatMap(({ distinct }) => [...distinct!.keys()]))].filter(
        (label) => String(label) !== String(ignoreIndex),
      );
  return { labels, unlabelled: { label: ignoreIndex, labels: count, of } };
}

/** `asked`: whether it was the user who wants numbers, and not the loss. */
function refuseTexts(summaries: readonly ColumnSummary[], name: string, asked: Task | undefined): void {
  const wrong = summaries.find(({ firstText }) => firstText !== null);
  if (wrong === undefined) return;
  const { place, text } = wrong.firstText!;
  throw new UsageError(
    `${place}: expected a number in the target "${name}"${asked === undefined ? `, which ${option("loss")} compares with` : ""}, got ${JSON.stringify(text)}; ` +
      (asked === undefined
        ? `choose a ${option("loss")} of classes, or write numbers`
        : `use ${option("task")} classification`),
  );
}

/** A whole number that float64 rounds stands as its digits. */
function isWhole(value: number | string): boolean {
  return typeof value === "number" ? Number.isInteger(value) : /^-?\d+$/.test(value);
}

function kindOfTarget(summary: ColumnSummary, file: string, task: Task | undefined): "numbers" | "texts" {
  // Who says that these are classes has said that no cell is a mistake.
  if (task === "classification" && summary.firstText !== null) return "texts";
  return kindOf(summary, file);
}
