import { readdirSync, readFileSync } from "node:fs";
import { expect, onTestFinished, test, vi } from "vitest";
import "./flagNames.ts";
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
  ["analyze: expected checkpoints, got none", "analyze: expected checkpoints, got none"],
])("at the command line, where nobody called it, no function is named: %s", (text, said) => {
  expect(inFlags(text)).toBe(said);
});

test("what was written on the command line stays", () => {
  const argv = vi.spyOn(process, "argv", "get").mockReturnValue(["node", "batchscope", "train", "--data", "my/myData"]);
  onTestFinished(() => argv.mockRestore());
  expect(inFlags("myData: expected a subset, got none; pass `subset`")).toMatch(/^myData: expected a subset/);
  expect(inFlags("yourData: expected a subset, got none; pass `subset`")).toMatch(/^--subset: expected a subset/);
});

test("every function that an error names first is known to be one", () => {
  const folder = new URL("../", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"));
  const functions = new Set(
    sources.flatMap((text) => [...text.matchAll(/^export (?:async )?function\*? (\w+)/gm)].map(([, name]) => name!)),
  );
  // Commands, formats and models are called as functions are; what they name is what was asked for.
  const words = [
    "train",
    "analyze",
    "resume",
    "gradients",
    "onnx",
    "model",
    "session",
    "export",
    "verify",
    "doctor",
    "compare",
    "profile",
    "worker",
    "sweep",
    "judge",
    "recommend",
  ];
  const models = ["dualgafnet", "gpt2", "lstm", "tcn", "vit"];
  const named = sources
    .flatMap((text) => [...text.matchAll(/[`"]([a-z]\w*): expected/g)].map(([, name]) => name!))
    .filter((name) => functions.has(name) && ![...words, ...models].includes(name));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => inFlags(`${name}: expected a`).startsWith(name))).toEqual([]);
});
