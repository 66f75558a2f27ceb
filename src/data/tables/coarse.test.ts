import { expect, test } from "vitest";
import { dataFolder } from "../../../test/dataFolder.ts";
import { inWords } from "../../../test/fixtures/findings.ts";
import { fromNumbers } from "../../tensor/tensor.ts";
import { encodeNpz } from "../files/npz.ts";

const { put, open } = dataFolder();
const SIZE = 40;
const wave = (i: number) => Math.sin(7 * i);

test.each<[string, "float64" | "float32", (i: number) => number, RegExp | null]>([
  ["times in seconds", "float64", (i) => 1.7e9 + 300 * wave(i), /^x\[1\]: float32 rounds by \d+\.\d % of the standard/],
  [
    "numbers below those of float32",
    "float64",
    (i) => 1e-300 * wave(i),
    /rounds by 100\.0 % of the standard deviation/,
  ],
  ["a large mean", "float64", (i) => 2 ** 30 + wave(i), /^x\[1\]: float32 rounds/],
  ["years", "float64", (i) => 2000 + (i % 25), null],
  ["waves", "float64", wave, null],
  ["small waves", "float64", (i) => 1e-30 * wave(i), null],
  ["a constant", "float64", () => 0.1, null],
  ["what is float32 already", "float32", (i) => 2 ** 30 + wave(i), null],
])("features that float32 rounds by what they vary are named: %s", async (name, type, column, said) => {
  const x = Array.from({ length: 2 * SIZE }, (_, k) => (k % 2 ? column((k - 1) / 2) : wave(k + 0.5)));
  const y = Array.from({ length: SIZE }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const arrays = new Map([
    ["x", fromNumbers(type, [SIZE, 2], x)],
    ["y", fromNumbers("int64", [SIZE], y)],
  ]);
  const { notes } = await open(put(`${name}.npz`, encodeNpz(arrays)));
  const found = notes.filter(({ kind }) => kind === "coarse");
  expect(inWords(found)).toEqual(said === null ? [] : [expect.stringMatching(said)]);
});
