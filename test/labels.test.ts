import { describe, expect, test } from "vitest";
import { newBatch } from "../src/data/dataset.ts";
import { encodeNpz } from "../src/data/files/npz.ts";
import { nativeEngine } from "../src/runtime/native.ts";
import { resolveConfiguration } from "../src/session/configuration.ts";
import { prepareTraining } from "../src/session/prepare.ts";
import type { ClassificationScores } from "../src/statistics/classification.ts";
import { random } from "../src/tensor/random.ts";
import { fromNumbers, toNumbers } from "../src/tensor/tensor.ts";
import { textIn } from "../src/text/text.ts";
import { said } from "../src/text/words.ts";
import { train } from "../src/training/train.ts";
import { tryHere } from "./cli/inProcess.ts";
import { dataFolder } from "./dataFolder.ts";
import { smallNetwork } from "./smallNetwork.ts";

const { put, open, root } = dataFolder();
const SIZE = 40;
const { normal } = random(1);
const points = fromNumbers(
  "float32",
  [SIZE, 4],
  Array.from({ length: SIZE * 4 }, () => normal()),
);

/** A file of 40 examples with these labels, over and over. */
function labelled(name: string, labels: readonly number[], perExample = 1): string {
  const y = Array.from({ length: SIZE * perExample }, (_, i) => labels[i % labels.length]!);
  const shape = perExample === 1 ? [SIZE] : [SIZE, perExample];
  return put(
    `${name}.npz`,
    encodeNpz(
      new Map([
        ["x", points],
        ["y", fromNumbers("int64", shape, y)],
      ]),
    ),
  );
}

const three = put("three.onnx", smallNetwork());

const prepared = (model: string, data: string, flags: Readonly<Record<string, string>> = {}) =>
  prepareTraining(resolveConfiguration({ model, data, batchSize: "8", epochs: "1", ...flags }, {}));

describe("labels that are no output of the model are refused before anything is written", () => {
  const cases: readonly (readonly [string, readonly number[], RegExp])[] = [
    [
      "five classes",
      [0, 1, 2, 3, 4],
      /^five_classes: expected labels from 0 to 2, as three has 3 outputs, got [34] in /,
    ],
    ["one too many", [0, 1, 2, 3], /got 3 in example \d+, of labels up to 3; choose a model of 4 outputs$/],
    ["a mark far away", [0, 1, 2, 255], /3 outputs, got 255 in example 3; .* or pass `ignoreIndex` 255/],
    ["minus one", [0, 1, 2, -1], /3 outputs, got -1 in example 3; .* or pass `ignoreIndex` -1/],
    ["years of other number", [2019, 2022], /3 outputs, got 2022 in example 1/],
  ];
  test.each(cases)("%s", async (about, labels, message) => {
    const data = labelled(about.replaceAll(" ", "_"), labels);
    await expect(prepared(three, data)).rejects.toThrow(message);
    const verified = await tryHere("verify", "--model", three, "--data", data);
    expect(verified.text).toMatch(/^batchscope: error: .*3 outputs, got /);
    expect(verified.code).toBe(1);
  });
});

test.each<[string, readonly number[], readonly number[], Readonly<Record<string, string>>]>([
  ["from 1 on", [1, 2, 3], [0, 1, 2], {}],
  ["the first absent", [1, 2], [1, 2], {}],
  ["years", [2021, 2019, 2020], [2, 0, 1], {}],
  ["-1 as no label", [0, -1, 2], [0, -1, 2], { ignoreIndex: "-1" }],
  ["255 as no label", [1, 255], [1, 255], { ignoreIndex: "255" }],
])("what the outputs of a file are for labels %s", async (_about, labels, given, flags) => {
  const data = labelled("fitting", labels);
  const { options } = await prepared(three, data, flags);
  const { from, indices } = options.train.selected!;
  const batch = newBatch(from, SIZE);
  await from.read(
    Uint32Array.from({ length: SIZE }, (_, i) => i),
    batch,
  );
  expect(toNumbers(batch.y!).slice(0, labels.length)).toEqual(given);
  expect(indices.length).toBe(SIZE * 0.8);
});

/** Labels of two classes, every fourth of which is `mark`. */
const marked = (mark: number, [no, yes]: readonly [number, number]) => [no, yes, yes, mark, yes, no, no, mark];

describe("a label that stands for none counts neither in the loss nor in the table of classes", () => {
  const cases: readonly (readonly [string, number, readonly [number, number], Readonly<Record<string, string>>])[] = [
    ["minus one", -1, [0, 1], { ignoreIndex: "-1" }],
    ["minus a hundred", -100, [0, 1], {}],
    ["255", 255, [0, 1], { ignoreIndex: "255" }],
    ["zero", 0, [1, 2], { ignoreIndex: "0" }],
    ["one, beside years", 1, [2019, 2022], { ignoreIndex: "1" }],
    ["with focal loss", -1, [0, 1], { ignoreIndex: "-1", loss: "focal" }],
    ["with weights of the classes", -1, [0, 1], { ignoreIndex: "-1", classWeights: "balanced" }],
  ];
  test.each(cases)("%s", async (_about, mark, classes, flags) => {
    const { options, remarks } = await prepared("mlp", labelled("marked", marked(mark, classes)), flags);
    const words = remarks.map((remark) => said(remark, textIn("en").remarks)).join("\n");
    expect(words).toContain(`10 of 40 labels are ${mark}, which stands for none`);
    let scores: ClassificationScores | undefined;
    for await (const event of train(nativeEngine(), options))
      if (event.kind === "scores") scores = event.scores.classification;
    const unmarked = options.validation.labels.filter((label) => label >= 0).length;
    expect(scores!.labels).toBe(unmarked);
    expect(unmarked).toBeLessThan(options.validation.size);
    const named = options.train.classNames.filter((_, i) => scores!.classes[i]!.support > 0);
    expect(named).toEqual(classes.map(String));
  });

  test("nor in an inspection", async () => {
    const flags = ["--data", labelled("inspected", marked(-1, [0, 1])), "--ignore-index", "-1", "--json"];
    const { code, printed } = await tryHere("inspect-data", ...flags, "--epochs", "1", "--threads", "1");
    expect(code).toBe(0);
    const { summary, examples } = JSON.parse(printed);
    expect([summary.examples, summary.classes]).toEqual([30, 2]);
    expect(examples.index.slice(0, 6)).toEqual([0, 1, 2, 4, 5, 6]);
  });
});

test("a table leaves a label that stands for none out of its classes", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${Math.sin(i)},${["0", "1", "-1", "2"][i % 4]}`);
  const table = put("table.csv", `a,label\n${rows.join("\n")}\n`);
  const { options } = await prepared("mlp", table, { ignoreIndex: "-1" });
  expect(options.train.classNames).toEqual(["0", "1", "2"]);
  const { from } = options.train.selected!;
  const batch = newBatch(from, 4);
  await from.read(Uint32Array.of(0, 1, 2, 3), batch);
  expect(toNumbers(batch.y!)).toEqual([0, 1, -100, 2]);
  expect(options.loss!.options.ignoreIndex).toBeUndefined();
  // A class is not left out because it has the number of the mark.
  const named = put("named.csv", `a,label\n${rows.map((row) => row.replace(/-?\d$/, (x) => `c${x}`)).join("\n")}\n`);
  const others = await prepared("mlp", named, { ignoreIndex: "1" });
  expect(others.options.train.classes).toBe(4);
  expect(others.options.loss!.options.ignoreIndex).toBeUndefined();
});

describe("one label for each position", () => {
  const tokens = (name: string, ids: readonly number[]) =>
    put(
      `${name}.npz`,
      encodeNpz(
        new Map([
          ["x", fromNumbers("int64", [SIZE, 2], Array(2 * SIZE).fill(1))],
          [
            "y",
            fromNumbers(
              "int64",
              [SIZE, 2],
              Array.from({ length: 2 * SIZE }, (_, i) => ids[i % ids.length]!),
            ),
          ],
        ]),
      ),
    );

  test("-1 is never the last class", async () => {
    await expect(open(tokens("negative", [3, -1]))).rejects.toThrow(
      /negative\.npz: .* got -1 in example 0; pass .* -1/,
    );
    const { train: masks, notes } = await open(labelled("masks", [0, 1, -1], 2));
    expect(notes.map(({ kind }) => kind)).toContain("numberedLabels");
    const batch = newBatch(masks, masks.size);
    await masks.read(
      Uint32Array.from({ length: masks.size }, (_, i) => i),
      batch,
    );
    expect([masks.classes, new Set(toNumbers(batch.y!))]).toEqual([3, new Set([0, 1, 2])]);
  });

  test("the padding of a text is what the loss ignores", async () => {
    const text = put("lines.txt", "ab\nabcdef\n".repeat(20));
    const flags = { tokenizer: "bytes", sequenceLength: "4", textExamples: "lines", ignoreIndex: "7" };
    const { options } = await prepared("gpt2:nano", text, flags);
    const batch = newBatch(options.train, 2);
    await options.train.read(Uint32Array.of(0, 1), batch);
    expect(toNumbers(batch.y!)).toContain(7);
    expect(toNumbers(batch.y!)).not.toContain(-100);
  });
});

test("gradients of one batch refuse what is no label", async () => {
  const batch = (labels: readonly number[]) =>
    labelled(`batch${labels.join("_")}`, [...labels, ...Array(SIZE - labels.length).fill(0)]);
  const gradients = (labels: readonly number[], ...flags: string[]) =>
    tryHere("gradients", "--model", three, "--batch", batch(labels), ...flags);
  for (const [labels, wrong] of [
    [[0, 1, 2, 3], 3],
    [[0, 1, -1, 2], -1],
    [[0, 255], 255],
  ] as const)
    expect((await gradients(labels)).text).toContain(
      `gradients: expected labels from 0 to 2 in "y", one for each of the 3 outputs, got ${wrong} in example ${labels.indexOf(wrong as never)}`,
    );
  expect((await gradients([0, 1, -1, 2], "--ignore-index", "-1")).code).toBe(0);
  const many = await gradients([0, 2], "--loss", "bce_with_logits");
  expect(many.text).toContain("expected");
});

test("images in MNIST's files are numbered as they occur", async () => {
  const idx = (shape: readonly number[], bytes: readonly number[]) =>
    Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255]), ...bytes]);
  const write = (part: string, labels: readonly number[]) => {
    put(`letters/${part}-images-idx3-ubyte`, idx([labels.length, 2, 2], Array(4 * labels.length).fill(9)));
    put(`letters/${part}-labels-idx1-ubyte`, idx([labels.length], labels));
  };
  write("train", [1, 2, 3, 1, 255]);
  write("t10k", [3, 255, 1]);
  const { options } = await prepared("mlp", `${root}/letters`, { ignoreIndex: "255", batchSize: "2" });
  expect(options.train.classNames).toEqual(["1", "2", "3"]);
  expect([...options.validation.labels]).toEqual([2, -1, 0]);
});
