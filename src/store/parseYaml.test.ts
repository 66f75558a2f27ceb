import { expect, test } from "vitest";
import { parseYaml } from "./parseYaml.ts";

test("reads what a run writes", () => {
  const text = 'model: mlp\nwindow: [4, 4]\ndescription: "a: b"\nlearningRate: 1e-3\nlabel: "NaN"\n';
  const read = { model: "mlp", window: [4, 4], description: "a: b", learningRate: 0.001, label: "NaN" };
  expect(parseYaml("config.yaml", text)).toEqual(read);
});

test.each([
  ["a: [1", /: expected YAML, got: /],
  ["a: 1\nb: 2\na: 3", /got: "a" twice; restore the file$/],
  ["a: &a [*a]", /^config.yaml: expected YAML, got: /],
  [
    `a: &a [x]\n${Array.from({ length: 9 }, (_, i) => `b${i}: &b${i} [${Array(9).fill(i ? `*b${i - 1}` : "*a")}]`).join("\n")}`,
    /got: Excessive alias count/,
  ],
])("refuses what is damaged in one line: %#", (text, message) => {
  expect(() => parseYaml("config.yaml", text)).toThrow(message);
});

test("reads a hundred thousand keys, each once", () => {
  const text = Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join("\n");
  expect(Object.keys(parseYaml("config.yaml", text) as object)).toHaveLength(100_000);
});
