import { join } from "node:path";
import type { RanSweep } from "../../experiment/sweeps/runSweep.ts";
import { plainCsv, plainParquet } from "../../export/plainTable.ts";
import { comparisonPage } from "../../report/page/comparisonPage.ts";
import { writeAtomically } from "../../store/document.ts";
import type { Text } from "../../text/text.ts";
import { said } from "../../text/words.ts";
import { settingRows } from "../terminal/showSweep.ts";
import type { SweepFacts } from "./sweepFacts.ts";
import { sweepTables } from "./sweepTables.ts";

/** Writes the tables, the figures and the page of a sweep into its folder, and gives their paths. */
export async function writeSweep(
  { path, file }: Pick<RanSweep, "path" | "file">,
  facts: SweepFacts,
  text: Text,
): Promise<string[]> {
  const written: string[] = [];
  const write = (name: string, contents: string | Uint8Array) => {
    const place = join(path, name);
    writeAtomically(place, contents);
    written.push(place);
  };
  for (const table of sweepTables(file, facts.result)) {
    write(join("tables", `${table.name}.csv`), plainCsv(table));
    write(join("tables", `${table.name}.parquet`), plainParquet(table));
  }
  write("report.html", pageOf(file, facts, text));
  return written;
}

function pageOf(file: RanSweep["file"], facts: SweepFacts, text: Text): string {
  const { sweep: words } = text;
  const { given } = file.specification;
  const title = words.title(String(given.model), String(given.data));
  return comparisonPage(
    {
      title,
      answer: [said(facts.answer, words.answers)],
      figures: [],
      tables: [{ title: words.settings, rows: settingRows(file, facts, text) }],
      findings: facts.findings.map((found) => said(found, words.findings)),
      commands: [`batchscope sweep resume ${file.id}`],
    },
    text,
  );
}
