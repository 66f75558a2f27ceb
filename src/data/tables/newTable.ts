import { DataError, option, UsageError } from "../../tensor/errors.ts";
import { IGNORED_LABEL } from "../../tensor/ignoredLabel.ts";
import { didYouMean } from "../../tensor/suggest.ts";
import { type Dataset, select } from "../dataset.ts";
import type { Table } from "../files/table.ts";
import type { Learned, NewDataOptions, Preparation } from "../preparation.ts";
import { textTable } from "./codes.ts";
import { refuseMissing } from "./missingValues.ts";
import { checkKind } from "./openTables.ts";
import { summarizeSpelt } from "./speltTable.ts";
import { checkStandardised, tableDataset } from "./tableDataset.ts";
import { guessedTarget, type Target, withoutTarget } from "./tableRoles.ts";
import { shortened, storeTable, type TableStore, UNKNOWN, unknownClass } from "./tableStore.ts";

type TablePreparation = Extract<Preparation, { readonly kind: "table" }>;

/**
 * The rows of a table as a model reads them, in their order: columns by their names, with the means, deviations,
 * categories and classes that it was trained with. Throws `DataError` for a column that is missing, for classes that
 * it has not seen, for texts among numbers, and for missing values and new categories unless `missing` says what
 * becomes of them.
 */
export async function newTable(
  table: Table,
  learned: Learned,
  { features, target: learnedTarget }: TablePreparation,
  options: NewDataOptions,
): Promise<{ readonly data: Dataset; readonly close: (() => void) | undefined }> {
  const { memory, withTarget, ignoreIndex = IGNORED_LABEL } = options;
  const missing = missingIn(options);
  const classes = learned.target.type === "int64" ? learned.classNames : null;
  for (const { name } of features) requireColumn(table, name);
  const name = withTarget ? targetColumn(table, options.target ?? learnedTarget) : (learnedTarget ?? "y");
  const columns = [...features.map((feature) => feature.name), name];
  const categories = features.filter((feature) => feature.categories !== null).map((feature) => feature.name);
  const asTexts = classes === null ? categories : [...categories, name];
  const source = withTarget ? table : withoutTarget(table, name, classes === null ? null : "");
  const spelt = await summarizeSpelt([source], columns, asTexts);
  const summaries = spelt.summaries[0]!;
  const size = summaries[0]!.size;
  if (size === 0) throw new DataError(`${table.file}: expected rows, got none; check the file`);
  for (const [i, feature] of features.entries()) {
    checkKind(summaries[i]!, feature, table.file);
  }
  if (missing === "refuse") refuseMissing(summaries.slice(0, features.length));
  if (withTarget && classes === null) checkKind(summaries.at(-1)!, { name, categories: null }, table.file);
  if (withTarget && missing !== "drop") refuseMissing([summaries.at(-1)!]);
  const unlabelled = { label: ignoreIndex, labels: 0, of: size };
  const target: Target = { name, classes, probabilities: false, unlabelled };
  const group = withTarget && classes !== null ? name : null;
  const store = await storeTable(
    textTable(spelt.tables[0]!, new Set(asTexts)),
    { features, target, group },
    { size, memory },
  );
  const preparation = { features, target: { ...target, moments: learned.targetScale ?? null } };
  refuseUnseen(store, { features, target, ignoreIndex, isRefused: missing === "refuse" });
  checkStandardised(store, preparation);
  const data = tableDataset(learned.name, store, preparation, null);
  return { data: missing === "drop" ? complete(data, store, features, table.file) : data, close: store.rows.close };
}

export function requireColumn(table: Table, name: string): void {
  if (table.columns.includes(name)) return;
  throw new DataError(
    `${table.file}: expected the column "${name}", which the model reads, got none among ${table.columns.slice(0, 12).join(", ")}` +
      `${didYouMean(name, table.columns) || "; add or rename it"}`,
  );
}

export function targetColumn(table: Table, known: string | null): string {
  const name = known ?? guessedTarget(table.columns);
  if (name !== undefined && table.columns.includes(name)) return name;
  const got = name === undefined ? "none called label, target or class" : `no "${name}"`;
  throw new UsageError(
    `${option("target")}: expected the column of ${table.file} that holds the right answers, got ${got} among ${table.columns.slice(0, 12).join(", ")}; name it, or use predict, which needs none`,
  );
}

/** What becomes of missing values: what was asked for, or what the training did with them. */
function missingIn({ withTarget, missing, trainedMissing }: NewDataOptions): "refuse" | "drop" | "mean" {
  if (!withTarget && missing === "drop")
    throw new UsageError(
      `${option("missing")}: expected refuse or mean, as every row gets its prediction, got drop; choose one of them`,
    );
  const usual = !withTarget && trainedMissing === "drop" ? "refuse" : trainedMissing;
  return missing ?? usual ?? "refuse";
}

interface Seen {
  readonly features: TablePreparation["features"];
  readonly target: Target;
  readonly ignoreIndex: number;
  /** Whether a category that is new is; else it is one that is missing. */
  readonly isRefused: boolean;
}

function refuseUnseen(store: TableStore, { features, target, ignoreIndex, isRefused }: Seen): void {
  const { rows, groups, texts, place } = store;
  for (let i = 0; i < rows.shape[0]!; i++) {
    const row = rows.at(i) as Float64Array;
    const c = features.findIndex(({ categories }, at) => categories !== null && row[at] === UNKNOWN);
    if (c >= 0 && isRefused) {
      const { name, categories } = features[c]!;
      throw new DataError(
        `${place(i)}: expected a category that the model has seen in "${name}" (${shortened(categories!)}), ` +
          `got ${JSON.stringify(texts[name]![i])}; correct it, or pass ${option("missing")} mean, which takes it for none of them`,
      );
    }
    if (groups.length > 0 && row.at(-1) === UNKNOWN && groups[i] !== String(ignoreIndex))
      throw unknownClass(place(i), target, groups[i]!);
  }
}

/** The rows without a missing value or a new category. */
function complete(data: Dataset, { rows }: TableStore, features: Seen["features"], file: string): Dataset {
  const isNew = (value: number, c: number) => value === UNKNOWN && (features[c]?.categories ?? null) !== null;
  const kept = Uint32Array.from({ length: data.size }, (_, i) => i).filter(
    (i) => !(rows.at(i) as Float64Array).some((value, c) => Number.isNaN(value) || isNew(value, c)),
  );
  if (kept.length === 0)
    throw new DataError(
      `${file}: expected rows without missing values, got none; pass ${option("missing")} mean or add them`,
    );
  return select(data, kept);
}
