import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { type OptimizerName, optimizers } from "../src/optimizer/optimizers.ts";
import { schedules } from "../src/optimizer/schedules.ts";
import { optimizerShapes } from "../src/session/options/schema.ts";

const page = readFileSync(new URL("../docs/optimizers.md", import.meta.url), "utf8");
const rows = page.split("\n").filter((line) => line.startsWith("| `"));

/** The row of docs/optimizers.md that the defaults of the command line make. */
function rowOf(name: OptimizerName): string {
  const defaults = z.object(optimizerShapes[name] as z.ZodRawShape).parse({});
  const { learningRate, decayWeightsOnly: _weights, parameterRates: _rates, ...options } = defaults;
  const words = Object.entries(options).map(([option, value]) => `\`${option}\` ${value}`);
  return `| \`${name}\` | ${learningRate} | ${words.join(", ")} |`;
}

test.each(Object.keys(optimizers) as OptimizerName[])(
  "the page gives the options and defaults of %s, and its formula",
  (name) => {
    expect(rows).toContain(rowOf(name));
    expect(page).toMatch(new RegExp(`^### .*\\b${name}\\b`, "m"));
  },
);

test("the page has every schedule", () => {
  const named = rows.map((row) => row.split("`")[1]!);
  expect(named).toEqual([...Object.keys(optimizers), ...Object.keys(schedules)]);
});
