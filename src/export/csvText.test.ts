import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import type { MetricRecord } from "../store/schema.ts";
import { csvText } from "./csvText.ts";
import { surveyMetrics } from "./metricFields.ts";
import { metricsCsv } from "./table.ts";

test.each([
  ["=1+2", "'=1+2"],
  ["+1", "'+1"],
  ["-1", "'-1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", "'\t=1"],
  ["\r=1", `"'\r=1"`],
  ["\n=1", `"'\n=1"`],
  ["＝1", "'＝1"],
  [`=HYPERLINK("http://x","y")`, `"'=HYPERLINK(""http://x"",""y"")"`],
  ["a,b", `"a,b"`],
  [`say "a"`, `"say ""a"""`],
  ["two\nlines", `"two\nlines"`],
  ["epoch", "epoch"],
  ["a=b", "a=b"],
  ["", ""],
])("%j is the cell %j", (text, cell) => {
  expect(csvText(text)).toBe(cell);
  expect((parse(`${cell},x\r\n`) as string[][])[0]?.[1]).toBe("x");
});

test("names in a table of metrics are texts, and numbers are not", () => {
  const record = { kind: "=cmd|' /C calc'!A0", step: 1, epoch: 1, "-sum(a),b": -1.5 } as unknown as MetricRecord;
  const [head, row] = parse(Buffer.concat([...metricsCsv(surveyMetrics([record]), [record])])) as string[][];
  expect(head).toEqual(["kind", "step", "epoch", "'-sum(a),b"]);
  expect(row).toEqual(["'=cmd|' /C calc'!A0", "1", "1", "-1.5"]);
});
