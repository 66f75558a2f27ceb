import { expect, test } from "vitest";
import { htmlTable } from "./htmlTable.ts";

const columns = [
  { name: "batch", unit: "examples" },
  { name: "says", unit: "" },
];

test("a cell of a list on a phone is one element, or its words and commands would stand in columns", () => {
  const rows = [
    ["0.28 [0.27, 0.29]", "not measured: `batchscope critical-batch RUN` trains branches from it"],
    ["≥ 30", "a<b"],
  ];
  const cells = [...htmlTable(columns, rows, { isStacked: true }).matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(
    ([, inside]) => inside,
  );
  expect(cells).toEqual([
    "<span>0.28 <small>[0.27, 0.29]</small></span>",
    "<span>not measured: <code>batchscope critical-batch RUN</code> trains branches from it</span>",
    "<span>≥ 30</span>",
    "<span>a&lt;b</span>",
  ]);
});
