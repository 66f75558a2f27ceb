import { DataError, option, UsageError } from "../../tensor/errors.ts";
import type { Dataset } from "../dataset.ts";
import type { Table } from "../files/table.ts";
import type { Learned, NewDataOptions, Preparation } from "../preparation.ts";
import { textTable } from "../tables/codes.ts";
import { requireColumn, targetColumn } from "../tables/newTable.ts";
import { summarizeSpelt } from "../tables/speltTable.ts";
import { knownColumn, type Target, withoutTarget } from "../tables/tableRoles.ts";
import { piecesOf, readPart, requireMemory, requireNoMean, withColumn } from "./openSeries.ts";
import { checkReadings, type SeriesFile } from "./seriesTable.ts";
import { type SeriesRoles, windowDataset } from "./windowDataset.ts";
import { windowsOf } from "./windows.ts";

type SeriesPreparation = Extract<Preparation, { readonly kind: "series" }>;

/** Of classes any, of numbers one: nothing is compared with it. */
const NOTHING = 0;

/**
 * The windows of series in files as a model reads them, in their order: columns by their names, cut and scaled as in
 * training. Throws `DataError`, with the place, for a column that is missing, a class that the model does not know, a
 * text among numbers and a missing value unless `missing` is "drop", which cuts the series there; `UsageError` for
 * options that mean nothing here.
 */
export async function newSeries(
  files: readonly SeriesFile[],
  learned: Learned,
  preparation: SeriesPreparation,
  options: NewDataOptions,
): Promise<Dataset> {
  const { withTarget, memory, missing = options.trainedMissing } = options;
  const { scales, origin } = preparation;
  const { features } = origin;
  requireNoMean(missing);
  const classes = learned.target.type === "int64" ? learned.classNames : null;
  const tables = files.map(({ table }) => table);
  for (const table of tables) for (const name of features) requireColumn(table, name);
  const name = withTarget ? targetColumn(tables[0]!, options.target ?? origin.target) : origin.target;
  for (const table of withTarget ? tables : []) targetColumn(table, name);
  const roles = rolesIn(tables, origin, options);
  const sources = withTarget ? tables : tables.map((table) => withoutTarget(table, name, classes?.[0] ?? NOTHING));
  const spelt = await summarizeSpelt(sources, [...features, name], classes ? [name] : []);
  for (const [i, summary] of spelt.summaries.entries())
    for (const one of summary)
      checkReadings(one, tables[i]!, one.name === name && classes !== null, { missing: missing ?? "refuse" });
  const readings = spelt.summaries.reduce((sum, [first]) => sum + first!.size, 0);
  requireMemory(readings, features.length + 1, learned.name, memory);
  const unlabelled = { label: Number.NaN, labels: 0, of: readings };
  const target: Target = { name, classes, probabilities: false, unlabelled };
  const asTexts = new Set(classes ? [name] : []);
  const texts = files.map((file, i) => ({ ...file, table: textTable(spelt.tables[i]!, asTexts) }));
  const raw = await readPart(texts, { features, target, by: roles.by, group: null, time: roles.time });
  const pieces = raw.flatMap((one) => piecesOf(one, { features, target }, roles.gap ?? undefined));
  const stride = options.series?.stride ?? origin.stride;
  const windows = windowsOf(pieces, { length: origin.length, stride, rule: origin.rule });
  const x = learned.inputs.find((input) => input.name === "x")!;
  const data = windowDataset(learned.name, windows, {
    ...{ scales, fieldSize: x.shape.at(-1)!, origin: { ...origin, ...roles, stride } },
    ...{ classNames: learned.classNames, target: classes ? null : (learned.targetScale ?? { mean: 0, deviation: 1 }) },
  });
  return withColumn(data, roles.by);
}

/** What tells series and times apart here: as in training, unless it is said. */
function rolesIn(
  tables: readonly Table[],
  trained: SeriesRoles,
  { series = {} }: NewDataOptions,
): Pick<SeriesRoles, "by" | "time" | "gap"> {
  const { by, time, gap } = series;
  for (const table of tables) {
    const has = (name: string) => table.columns.includes(name);
    if (by !== undefined) knownColumn(table, option("seriesBy"), by);
    else if (trained.by !== null && !has(trained.by))
      throw new DataError(
        `${table.file}: expected the column "${trained.by}", which tells its series apart, got none; add it, or name another with ${option("seriesBy")}`,
      );
    if (time !== undefined) knownColumn(table, option("time"), time);
    else if (trained.time?.sorts && !has(trained.time.name))
      throw new DataError(
        `${table.file}: expected the column "${trained.time.name}", which its readings are sorted by, got none; add it, or name another with ${option("time")}`,
      );
  }
  const isThere = (name: string) => tables.every(({ columns }) => columns.includes(name));
  // One that nobody named says no more than that the rows stand in its order.
  const usual = trained.time !== null && isThere(trained.time.name) ? trained.time : null;
  const when = time === undefined ? usual : { name: time, sorts: true };
  const step = gap ?? trained.gap;
  if (gap !== undefined && when === null)
    throw new UsageError(
      `${option("seriesGap")}: expected ${option("time")} beside it, got none; name the column that says when`,
    );
  return { by: by ?? trained.by, time: when, gap: when === null ? null : step };
}
