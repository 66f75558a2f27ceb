import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { type ColumnSummary, kindOf, repeated, type Table } from "../files/table.ts";

export type Task = "classification" | "regression";

/** What the user says about the columns of a table. */
export interface TableOptions {
  readonly target?: string | undefined;
  readonly features?: readonly string[] | undefined;
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
}

/** The names that say that a column is the target. */
const targetNames = ["label", "target", "class"];

/** More categories than this are one column each no longer. */
const MAXIMUM_CATEGORIES = 100;

/** Up to so many different whole numbers are classes unless the user says that they are not. */
const MAXIMUM_NUMBERED_CLASSES = 20;

/**
 * The columns' roles: the target is the last one called label, target or class, in any case, unless it is named;
 * features are all others. Throws `UsageError` for a column that is not there and where no target can be told.
 */
export function chooseColumns(table: Table, { target, features, splitBy }: TableOptions): TableColumns {
  const known = (flag: string, name: string) => knownColumn(table, flag, name);
  const guessed = table.columns.findLast((name) => targetNames.includes(name.toLowerCase()));
  const chosen = target === undefined ? guessed : known(option("target"), target);
  if (chosen === undefined)
    throw new UsageError(
      `${option("target")}: expected a column of ${table.file}, got none, and none is called label, target or class; ` +
        `choose of ${listed(table.columns)}`,
    );
  const group = splitBy === undefined ? null : known(option("splitBy"), splitBy);
  const all = new Set(table.columns);
  const named = features?.map((name) => (all.has(name) ? name : known(option("features"), name)));
  const rest = named ?? table.columns.filter((name) => name !== chosen && name !== group);
  if (rest.includes(chosen))
    throw new UsageError(
      `${option("features")}: expected columns other than the target, got "${chosen}"; leave it out`,
    );
  const twice = repeated(rest);
  if (rest.length === 0 || twice !== undefined)
    throw new UsageError(
      `${option("features")}: expected at least one column, each once, got ${twice === undefined ? "none" : `"${twice}" twice`}; name others`,
    );
  return { target: chosen, features: rest, group };
}

/** `name`, which the user gave with `flag`. Throws `UsageError` where the table has no such column. */
export function knownColumn(table: Table, flag: string, name: string): string {
  if (table.columns.includes(name)) return name;
  const hint = didYouMean(name, table.columns) || `; choose of ${listed(table.columns)}`;
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

/** Throws `DataError`, naming the column, for texts that are too many to be categories, and as `kindOf`. */
export function featureOf(summary: ColumnSummary, file: string): Feature {
  const { name, distinct } = summary;
  if (kindOf(summary, file) === "numbers") return { name, categories: null };
  if (distinct === null || distinct.size > MAXIMUM_CATEGORIES)
    throw new DataError(
      `${file}: expected numbers or at most ${MAXIMUM_CATEGORIES} categories in "${name}", ` +
        `got ${distinct?.size ?? "more"} different texts; leave it out with ${option("features")}`,
    );
  return { name, categories: [...distinct.keys()].map(String).sort() };
}

/** Classes in order, numbers by value and texts by their characters; null for a target that is a number. */
export interface Target {
  readonly name: string;
  readonly classes: readonly (string | number)[] | null;
}

/**
 * What the target is, from the summaries of all parts of the data: texts are classes, and so are whole numbers of at
 * most 20 different values; other numbers are to be predicted, unless `task` says otherwise. Throws `DataError` for
 * more than 1,000 classes and for fewer than two, and `UsageError` for a regression on texts.
 */
export function targetOf(summaries: readonly ColumnSummary[], file: string, task: Task | undefined): Target {
  const { name } = summaries[0]!;
  const texts = task !== "regression" && summaries.some((one) => kindOfTarget(one, file, task) === "texts");
  const distinct = summaries.some((one) => one.distinct === null)
    ? null
    : [...new Set(summaries.flatMap((one) => [...one.distinct!.keys()]))];
  const classLike = distinct?.every((x) => Number.isInteger(x)) && distinct.length <= MAXIMUM_NUMBERED_CLASSES;
  if (task === "regression") {
    const wrong = summaries.find((one) => one.firstText !== null);
    if (wrong === undefined) return { name, classes: null };
    throw new UsageError(
      `${wrong.firstText!.place}: expected a number in the target "${name}", got ${JSON.stringify(wrong.firstText!.text)}; ` +
        `use ${option("task")} classification`,
    );
  }
  if (task === undefined && !texts && !classLike) return { name, classes: null };
  if (distinct === null || distinct.length < 2)
    throw new DataError(
      `${file}: expected from 2 to 1000 classes in the target "${name}", got ${distinct?.length ?? "more"}; ` +
        `choose another ${option("target")}, or ${option("task")} regression for numbers`,
    );
  const byValue = (a: string | number, b: string | number) =>
    typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;
  return { name, classes: distinct.sort(byValue) };
}

function kindOfTarget(summary: ColumnSummary, file: string, task: Task | undefined): "numbers" | "texts" {
  // Who says that these are classes has said that no cell is a mistake.
  if (task === "classification" && summary.firstText !== null) return "texts";
  return kindOf(summary, file);
}
