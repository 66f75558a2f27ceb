import { openParts, parquetTable } from "./fileSource.ts";
import { openCsv } from "./files/csv.ts";
import type { Table } from "./files/table.ts";
import { type Located, locate } from "./locate.ts";
import { guessedTarget } from "./tables/tableRoles.ts";

/** The table of a part of what is located; null of what is none. */
export function tableAt(located: Located, part: number, memory: number): Promise<Table> | null {
  if (located.kind === "csv") return openCsv(located.parts[part]!, memory);
  if (located.kind === "parquet") return parquetTable(located.parts[part]!, memory);
  return located.kind === "tableParts" ? openParts(located.parts[part]!, memory, located.roots?.[part]) : null;
}

/**
 * The columns of the table at `path`, or of one set in it, where none of them says by its name that it is the target;
 * none of other data. `memory`: bytes that it may take.
 */
export async function columnsWithoutTarget(
  path: string,
  subset: string | undefined,
  memory: number,
): Promise<readonly string[]> {
  const whole = await locate(path);
  const located = whole?.kind === "subsets" ? whole.subsets.get(subset ?? "") : whole;
  const table = located && (await tableAt(located, 0, memory));
  return table && guessedTarget(table.columns) === undefined ? table.columns : [];
}
