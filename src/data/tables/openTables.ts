import { DataError, option } from "../../tensor/errors.ts";
import { select } from "../dataset.ts";
import { type Duplicate, duplicatesAcross } from "../duplicates.ts";
import { type ColumnSummary, kindOf, type Table } from "../files/table.ts";
import { type DataNote, type SplitRule, splitInEnglish } from "../notes.ts";
import {
  absentClasses,
  allowOnly,
  chooseSplit,
  type DataDescription,
  defaultMemory,
  type OpenedData,
  type OpenOptions,
  outputsOfTrained,
  refuseSplit,
  splitOptions,
} from "../openOptions.ts";
import { labelNotes, taskFor } from "../targets.ts";
import { cachedTable } from "./cachedTable.ts";
import { codedTables } from "./codes.ts";
import { filledNotes, refuseMissing } from "./missingValues.ts";
import { rowIds } from "./rowIds.ts";
import { type Part, rowNotes } from "./rowNotes.ts";
import { roundedNotes, summarizeSpelt } from "./speltTable.ts";
import { asTheyAre, checkStandardised, prepareTable, type TablePreparation, tableDataset } from "./tableDataset.ts";
import {
  chooseColumns,
  type Feature,
  featuresOf,
  noTarget,
  type TableColumns,
  type Target,
  targetOf,
  withBlankTarget,
} from "./tableRoles.ts";
import { storeTable } from "./tableStore.ts";
import { textNotes } from "./textNotes.ts";
import { unsharedTexts } from "./unsharedTexts.ts";

interface Roles {
  readonly features: readonly Feature[];
  readonly target: Target;
  readonly group: TableColumns["group"];
  /** Rows of each table. */
  readonly sizes: readonly number[];
  /** Columns that only number the rows and that nobody asked for. */
  readonly leftOut: readonly string[];
  /** The tables with the numbers that stand in them, however they are written. */
  readonly tables: readonly Table[];
  /** What is to be said of how they were read. */
  readonly notes: readonly DataNote[];
}

/**
 * Training and validation examples of a table, or of two: the rows of one are split, those of two are used as they are,
 * with the categories of the first and the classes of both. Throws `DataError`, with the place, for cells that are not
 * what their column holds, for missing values unless `options.missing` says what becomes of them, and for a column of
 * one table that the other has not.
 */
export async function openTables(
  name: string,
  kind: string,
  files: readonly [Table] | readonly [Table, Table],
  options: OpenOptions,
): Promise<OpenedData> {
  const asTexts = options.splitBy === undefined ? [] : [options.splitBy];
  const room = (options.dataMemory ?? defaultMemory) / files.length;
  const bare = options.whole?.withTarget === false;
  const given = bare ? files.map((table) => withBlankTarget(table, options)) : files;
  const tables = given.map((table) =>
    cachedTable(
      table,
      asTexts.filter((name) => table.columns.includes(name)),
      room,
    ),
  );
  const [first, second] = tables as [Table, Table?];
  allowOnly([...splitOptions, "splitBy", "target", "features", "drop", "task", "missing"], options, first.file);
  if (second !== undefined) refuseSplit(options, `${first.file} and ${second.file}`);
  const roles = await chooseRoles(tables, options);
  const [training, validating] = roles.tables as [Table, Table?];
  const train = await readPart(training, roles, roles.sizes[0]!, options, 0);
  const held = train.store.rows.bytesHeld;
  const validation = validating && (await readPart(validating, roles, roles.sizes[1]!, options, held));
  const parts = validation ? givenParts(train, validation) : splitPart(train, roles, options);
  const preparation = options.whole
    ? asTheyAre(roles.features, roles.target)
    : prepareTable(train.store, parts.training, roles.features, roles.target);
  const all = [train, ...(validation ? [validation] : [])].map(({ store }) => {
    checkStandardised(store, preparation);
    return tableDataset(name, store, preparation, roles.group);
  });
  const opened = { train: select(all[0]!, parts.training), validation: select(all.at(-1)!, parts.validating) };
  const duplicates = duplicatesAcross(
    { arrays: [train.store.rows], indices: parts.training },
    { arrays: [(validation ?? train).store.rows], indices: parts.validating },
    () => roles.features.length,
  );
  const suspects = rowNotes(roles, train, {
    training: { rows: train.store.rows, indices: parts.training },
    validation: { rows: (validation ?? train).store.rows, indices: parts.validating },
  });
  const found = { ...opened, duplicates, suspects, split: parts.how };
  const description = describe(kind, tables, preparation, found);
  const close = () => {
    for (const { store } of [train, validation].filter((part) => part !== undefined)) store.rows.close?.();
  };
  const notes = notesOf(first.file, roles, description, [train, validation], found);
  return { ...opened, description, notes, close };
}

interface Found extends Pick<OpenedData, "train" | "validation"> {
  readonly duplicates: readonly Duplicate[];
  readonly split: SplitRule;
  readonly suspects: readonly DataNote[];
}

function describe(
  kind: string,
  tables: readonly Table[],
  { features, target }: TablePreparation,
  { train, validation, duplicates, split }: Found,
): DataDescription {
  return {
    kind,
    files: tables.map(({ file }) => file),
    task: target.classes === null ? "regression" : "classification",
    target: { name: target.name, moments: target.moments },
    classNames: train.classNames,
    inputs: features,
    examples: { train: train.size, validation: validation.size },
    split: splitInEnglish(split),
    duplicates: new Set(duplicates.map((pair) => pair.validation)).size,
  };
}

async function chooseRoles(tables: readonly Table[], options: OpenOptions): Promise<Roles> {
  const [first, second] = tables;
  const { target, features, group, index } = chooseColumns(first!, options);
  const columns = [...features, target];
  const others = second && new Set(second.columns);
  const absent = others && columns.find((column) => !others.has(column));
  if (absent === target) throw noTarget(second!.file, first!.file, target);
  if (absent !== undefined)
    throw new DataError(
      `${second!.file}: expected the column "${absent}" as in ${first!.file}, got none; add it or leave it out with ${option("drop")}`,
    );
  const asTexts = options.task === "classification" ? [target] : [];
  const spelt = await summarizeSpelt(tables, columns, asTexts);
  const { summaries, ...coded } = await codedTables(spelt.tables, spelt.summaries, targetIs(target, options));
  const sizes = summaries.map((summary) => summary[0]!.size);
  const empty = tables.find((_, i) => sizes[i] === 0);
  if (empty !== undefined) throw new DataError(`${empty.file}: expected rows, got none; check the file`);
  const leftOut = options.features === undefined ? rowIds(summaries[0]!.slice(0, -1)) : [];
  const candidates = summaries[0]!.slice(0, -1).filter(({ name }) => !leftOut.includes(name));
  const unshared = options.features === undefined ? unsharedTexts(candidates, first!.file) : [];
  const out = new Set([...leftOut, ...unshared.flatMap((note) => note.columns)]);
  const used = summaries.map((summary) => summary.filter(({ name }) => !out.has(name)));
  if (options.missing === undefined || options.missing === "refuse") refuseMissing(used.flat());
  const chosen = featuresOf(used[0]!.slice(0, -1), first!.file);
  for (const [i, summary] of (used[1] ?? []).slice(0, -1).entries()) checkKind(summary, chosen[i]!, second!.file);
  if (options.missing === "mean") for (const summary of summaries) refuseMissing([summary.at(-1)!]);
  const targets = summaries.map((summary) => summary.at(-1)!);
  const chosenTarget = await targetIn(targets, first!.file, options);
  const numbers = [...chosen, chosenTarget].map(isNumber);
  const quantities = used.flatMap((summary) => summary.filter((_, c) => numbers[c]));
  const codes = new Set(coded.notes.flatMap((note) => (note.kind === "codes" ? [note.column] : [])));
  const named = textNotes(chosen, chosenTarget, codes);
  const said = [
    ...unshared,
    ...spelt.notes,
    ...coded.notes,
    ...named,
    ...roundedNotes(quantities),
    ...filledNotes(used, chosen, options),
  ];
  return {
    features: chosen,
    target: chosenTarget,
    group,
    sizes,
    leftOut: [...index, ...leftOut],
    tables: coded.tables,
    notes: said.filter((note) => !("column" in note && out.has(note.column))),
  };
}

async function targetIn(summaries: readonly ColumnSummary[], file: string, options: OpenOptions): Promise<Target> {
  const trained = await outputsOfTrained(options);
  // Without right answers nothing says what the model predicts but how much it gives.
  const bare = options.whole?.withTarget === false && !(Number(trained) > 1);
  const task = options.task ?? (bare ? "regression" : undefined);
  return targetOf(summaries, file, task, { ...options.targets, trained });
}

function isNumber(role: Feature | Target): boolean {
  return ("classes" in role ? role.classes : role.categories) === null;
}

function targetIs(target: string, { task, targets = {} }: OpenOptions) {
  const wanted = taskFor(task, targets);
  const as = wanted === undefined ? "what it looks like" : wanted === "classification" ? "class" : "number";
  return { target, as } as const;
}

export function checkKind(summary: ColumnSummary, { name, categories }: Feature, file: string): void {
  if (categories === null && kindOf(summary, file) === "texts")
    throw new DataError(
      `${summary.firstText!.place}: expected a number in "${name}" as in the training data, ` +
        `got ${JSON.stringify(summary.firstText!.text)}; correct it`,
    );
}

async function readPart(table: Table, roles: Roles, size: number, options: OpenOptions, held: number): Promise<Part> {
  const memory = Math.max(0, (options.dataMemory ?? defaultMemory) - held);
  const store = await storeTable(table, roles, { size, memory });
  if (options.missing !== "drop") return { store, kept: Uint32Array.from({ length: size }, (_, i) => i) };
  const kept: number[] = [];
  for (let i = 0; i < size; i++) if (!store.rows.at(i).some((value) => Number.isNaN(value))) kept.push(i);
  if (kept.length === 0)
    throw new DataError(
      `${table.file}: expected rows without missing values, got none; pass ${option("missing")} mean or fewer ${option("features")}`,
    );
  return { store, kept: Uint32Array.from(kept) };
}

interface Parts {
  readonly training: Uint32Array;
  readonly validating: Uint32Array;
  readonly how: SplitRule;
}

function givenParts(train: Part, validation: Part): Parts {
  return { training: train.kept, validating: validation.kept, how: { kind: "given", by: "files" } };
}

function splitPart({ store, kept }: Part, { target }: Roles, options: OpenOptions): Parts {
  const labels = target.classes === null ? [] : Array.from(kept, (i) => Number(store.rows.at(i).at(-1)));
  const groups = options.splitBy === undefined ? null : Array.from(kept, (i) => store.groups[i]!);
  const { split, how } = chooseSplit({ size: kept.length, labels, groups }, options);
  return { training: split.train.map((i) => kept[i]!), validating: split.validation.map((i) => kept[i]!), how };
}

function notesOf(
  file: string,
  { target, features, leftOut, notes }: Roles,
  { examples, duplicates }: DataDescription,
  parts: readonly (Part | undefined)[],
  { train, split, suspects, duplicates: [pair] }: Found,
): DataNote[] {
  const categories = features.filter((feature) => feature.categories !== null).map((feature) => feature.name);
  const left = parts.reduce((sum, part) => sum + (part ? part.store.rows.shape[0]! - part.kept.length : 0), 0);
  const onDisk = parts.some((part) => part && !part.store.rows.inMemory);
  return [
    {
      kind: "table",
      file,
      target: target.name,
      classes: target.classes === null ? null : target.classes.length,
      ...(target.probabilities && { probabilities: true }),
      features: features.length,
      inputs: train.inputs[0]!.shape[0]!,
      categories,
    },
    { kind: "parts", of: "rows", ...examples, split },
    ...(leftOut.length > 0 ? [{ kind: "rowNumbers", columns: leftOut } as const] : []),
    ...notes,
    ...suspects,
    ...(left > 0 ? [{ kind: "missingRows", rows: left } as const] : []),
    ...labelNotes({ positions: null, unlabelled: target.unlabelled, named: target.classes }),
    ...absentClasses(train),
    ...(onDisk ? [{ kind: "tableOnDisk" } as const] : []),
    ...(pair ? [duplicateRows(duplicates!, examples.validation, pair, parts)] : []),
  ];
}

function duplicateRows(
  duplicates: number,
  validation: number,
  pair: Duplicate,
  [train, other]: readonly (Part | undefined)[],
): DataNote {
  const places = [train!.store.place(pair.train), (other ?? train)!.store.place(pair.validation)] as const;
  return { kind: "duplicates", of: "rows", duplicates, validation, pair: places };
}
