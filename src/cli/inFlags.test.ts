import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import "./flagNames.ts";
import { functionNames } from "./functionNames.ts";
import { inFlags } from "./inFlags.ts";

test.each([
  [
    'openData: expected a file or folder that exists, got "x.csv"',
    '--data: expected a file or folder that exists, got "x.csv"',
  ],
  [
    "createSampler: expected at most 5, got 9; lower `batchSize`",
    "--batch-size: expected at most 5, got 9; lower --batch-size",
  ],
  ["segmentMeans: expected less; lower `windowLength`", "--field-size: expected less; lower --window-length"],
  ["openRun: expected the beginning of one run, got several", "expected the beginning of one run, got several"],
  ["rows.csv: expected a column, got none", "rows.csv: expected a column, got none"],
  ["toString: expected a column, got none", "toString: expected a column, got none"],
  ["analyze: expected checkpoints, got none", "analyze: expected checkpoints, got none"],
])("at the command line, where nobody called it, no function is named: %s", (text, said) => {
  expect(inFlags(text)).toBe(said);
});

test("every function that an error names first is known", () => {
  const folder = new URL("../", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const named = sources.flatMap((name) =>
    [...readFileSync(new URL(name, folder), "utf8").matchAll(/[`"]([a-z]+[A-Z]\w*): expected/g)].map(
      ([, name]) => name!,
    ),
  );
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !Object.hasOwn(functionNames, name))).toEqual([]);
});
