import { option, ShapeError, UsageError } from "../tensor/errors.ts";
import { shown } from "../tensor/shown.ts";
import type { Dataset } from "./dataset.ts";
import type { Cell, Table } from "./files/table.ts";
import { isRow, type NestedNumbers, nestedTensor, requireRows } from "./nestedNumbers.ts";
import { type NewData, openNewData } from "./newData.ts";
import { newDataset } from "./newDataset.ts";
import { type Learned, type NewDataOptions, preparationOf } from "./preparation.ts";
import { newTable } from "./tables/newTable.ts";
import { tensorDataset } from "./tensorDataset.ts";

/** A row of a table by the names of its columns, in the units of the file that the model was trained on. */
export type RowByName = Readonly<Record<string, Cell | undefined>>;

/** A path, a data set in memory, rows of a table by their columns, or bare examples as the model reads them. */
export type NewExamples = string | Dataset | readonly RowByName[] | readonly NestedNumbers[];

/** What examples in memory are called in errors. */
const NAME = "data";

/**
 * Examples for a model that `learned` from others, wherever they are. Throws as `openNewData` and `newDataset`, and
 * `UsageError` for what is none of these and for bare examples where right answers are needed.
 */
export async function openNewExamples(data: NewExamples, learned: Learned, options: NewDataOptions): Promise<NewData> {
  refuseSeriesOptions(learned, options);
  if (typeof data === "string") return openNewData(data, learned, options);
  const whole = { validationOnly: false, close: undefined };
  if (isDataset(data)) return { ...whole, data: await newDataset(data, learned, options) };
  requireRows(data, "the examples", NAME);
  if (isByName(data[0])) return { ...whole, ...(await tableRows(data, learned, options)) };
  if (options.withTarget)
    throw new UsageError(
      `${NAME}: expected examples with their right answers, got rows alone; pass datasetFromArrays(rows, targets)`,
    );
  const x = nestedTensor(data, "example", NAME);
  if (x.shape.length === 1)
    throw new ShapeError(`${NAME}: expected a row of numbers for each example, got numbers; write [[…], […]]`);
  const target = { type: "float32", shape: [data.length, 1], data: new Float32Array(data.length) } as const;
  return { ...whole, data: await newDataset(tensorDataset(NAME, { inputs: { x }, target }), learned, options) };
}

/** Throws `UsageError` for what is said of series to a model of other data. */
function refuseSeriesOptions({ preprocessing, name }: Learned, { series = {} }: NewDataOptions): void {
  const names = { by: "seriesBy", time: "time", gap: "seriesGap", stride: "windowStride" } as const;
  const given = (Object.keys(names) as (keyof typeof names)[]).find((key) => series[key] !== undefined);
  if (given === undefined || preparationOf(preprocessing, name).kind === "series") return;
  throw new UsageError(`${option(names[given])}: expected a model of series, got one of other data; leave it out`);
}

export function isDataset(value: unknown): value is Dataset {
  return typeof value === "object" && value !== null && typeof (value as Partial<Dataset>).read === "function";
}

function isByName(value: unknown): value is RowByName {
  return typeof value === "object" && value !== null && !isRow(value);
}

async function tableRows(rows: ArrayLike<unknown>, learned: Learned, options: NewDataOptions) {
  const preparation = preparationOf(learned.preprocessing, learned.name);
  if (preparation.kind === "series") {
    const { newSeries } = await import("./series/newSeries.ts");
    const data = await newSeries([{ table: tableOf(rows), name: NAME }], learned, preparation, options);
    return { data, close: undefined };
  }
  if (preparation.kind !== "table")
    throw new UsageError(
      `${NAME}: expected rows of numbers, as the model was not trained on a table, got an object; write [[…], […]]`,
    );
  return newTable(tableOf(rows), learned, preparation, options);
}

/** Each row must have the columns of the first. */
function tableOf(rows: ArrayLike<unknown>): Table {
  const columns = Object.keys(rows[0] as RowByName);
  return {
    file: NAME,
    columns,
    numbersAsText: true,
    async *scan(wanted) {
      const cells = wanted.map((name) => Array.from(rows, (row, i) => cellOf(row, name, i)));
      yield { size: rows.length, cells, place: (i) => `${NAME}[${i}]` };
    },
  };
}

function cellOf(row: unknown, column: string, i: number): Cell {
  if (!isByName(row))
    throw new UsageError(`${NAME}[${i}]: expected an object by columns, as the first is, got ${shown(row)}; write one`);
  const cell = row[column] ?? null;
  if (cell === null || ["string", "number", "boolean", "bigint"].includes(typeof cell)) return cell;
  throw new UsageError(`${NAME}[${i}]: expected a number or a text in "${column}", got ${shown(cell)}; write one`);
}
