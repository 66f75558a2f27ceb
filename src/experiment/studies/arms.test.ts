import { expect, test } from "vitest";
import { UsageError } from "../../tensor/errors.ts";
import { type ArmTexts, armsOf } from "./arms.ts";

const flags = { model: "mlp", data: "iris" };
const made = (texts: Partial<ArmTexts>) =>
  armsOf({ vary: [], arms: [], ...texts, flags: { ...flags, ...texts.flags } }, {});
const of = (texts: Partial<ArmTexts>, ...names: string[]) =>
  made(texts).map(({ name, configuration }) => [
    name,
    ...names.map((key) => (configuration as unknown as Record<string, unknown>)[key]),
  ]);

test.each<[string, Partial<ArmTexts>, string[], unknown[][]]>([
  [
    "a list of a flag, whose name is the batch",
    { flags: { batchSize: "2", gradientAccumulationSteps: "1,4" } },
    ["batchSize", "gradientAccumulationSteps"],
    [
      ["2x1", 2, 1],
      ["2x4", 2, 4],
    ],
  ],
  [
    "two lists, each choice of both",
    { flags: { batchSize: "2, 4" }, vary: ["learning-rate=1e-3,0.1"] },
    ["batchSize", "learningRate"],
    [
      ["batch-size=2,learning-rate=1e-3", 2, 0.001],
      ["batch-size=2,learning-rate=0.1", 2, 0.1],
      ["batch-size=4,learning-rate=1e-3", 4, 0.001],
      ["batch-size=4,learning-rate=0.1", 4, 0.1],
    ],
  ],
  [
    "words, and an optimizer whose options the other does not have",
    { flags: { optimizer: "sgd", momentum: "0.9" }, vary: ["optimizer=sgd,adamw"] },
    ["optimizer", "momentum"],
    [
      ["optimizer=sgd", "sgd", 0],
      ["optimizer=adamw", "adamw", undefined],
    ],
  ],
  [
    "one arm by name, against the options as they are",
    { flags: { batchSize: "8" }, arms: ["large: batch_size=64 learningRate=2e-3"] },
    ["batchSize", "learningRate"],
    [
      ["base", 8, 0.001],
      ["large", 64, 0.002],
    ],
  ],
  [
    "two by name alone",
    { arms: ["a: batch-size=8", "b:batch-size=9"] },
    ["batchSize"],
    [
      ["a", 8],
      ["b", 9],
    ],
  ],
  [
    "values with commas",
    { vary: ["augment=flip;flip,crop"], flags: { data: "mnist" } },
    ["augment"],
    [
      ["augment=flip", "flip"],
      ["augment=flip,crop", "flip,crop"],
    ],
  ],
])("%s", (_, texts, keys, expected) => {
  expect(of(texts, ...keys)).toEqual(expected);
});

test("times are those of training alone, unless somebody wants the noise scale", () => {
  expect(of({ flags: { batchSize: "2,4" } }, "noiseScale")[0]).toEqual(["2x1", "off"]);
  expect(of({ flags: { batchSize: "2,4", noiseScale: "on" } }, "noiseScale")[0]).toEqual(["2x1", "on"]);
});

test("arms that name their model need no other", () => {
  const arms = armsOf({ flags: { data: "iris" }, vary: ["model=mlp,linear"], arms: [] }, {});
  expect(arms.map(({ name, configuration: { model } }) => [name, model])).toEqual([
    ["model=mlp", "mlp"],
    ["model=linear", "linear"],
  ]);
});

test.each<[Partial<ArmTexts>, string]>([
  [{}, "compare: expected two arms or more, got mlp alone; give a list"],
  [{ vary: ["learning-rate=0.1"] }, "got learning-rate=0.1; give a list"],
  [{ flags: { batchSize: "2,2" } }, 'expected arms that differ, got "2x1" and "2x1"'],
  [
    { arms: ["a: batch-size=4", "b: batch-size=8", "a: batch-size=9"] },
    'a name of its own for each arm, got "a" twice',
  ],
  [{ arms: ["same: batch-size=4"] }, 'got "base" and "same"'],
  [{ flags: { batchSize: "2,,4" } }, "`batchSize`: expected values with commas between them"],
  [{ vary: ["learning-rate="] }, "`learningRate`: expected values with commas between them"],
  [{ vary: ["learning-rate"] }, "`vary`: expected key=value,value"],
  [{ vary: ["learnig-rate=1,2"] }, 'expected an option of train, got "learnig-rate"; did you mean "learning-rate"?'],
  [{ vary: ["seed=1,2"] }, "`seed`: expected an option in which arms may differ"],
  [{ arms: ["a: epochs=3"] }, "`epochs`: expected an option in which arms may differ"],
  [{ arms: ["a batch-size=3"] }, '`arm`: expected "name: key=value key=value"'],
  [{ arms: ["a: lerning-rate=1", "b: batch-size=2"] }, "`arm`: expected an option of train"],
  [
    { arms: ["a\u001b[31m: batch-size=3", "b: batch-size=2"] },
    "`arm`: expected a name of characters that can be printed",
  ],
  [{ arms: ["a\nb: batch-size=3", "b: batch-size=2"] }, "`arm`: expected a name of characters that can be printed"],
  [{ arms: ["a: 3"] }, '`arm`: expected "name: key=value key=value"'],
  [{ arms: ["a: batch-size=x"] }, '`arm` "a": `batchSize`: expected a whole number'],
  [{ flags: { batchSize: "2,x" } }, '`batchSize`: expected a whole number of at least 1, got "x"'],
  [{ flags: { batchSize: "2,4" }, vary: ["batch-size=8,9"] }, "`batchSize`: expected one list of values, got two"],
])("%j is refused", (texts, words) => {
  expect(() => made(texts)).toThrow(UsageError);
  expect(() => made(texts)).toThrow(words);
});
